import {
  type AddressSpace,
  Data64,
  MEMTXATTRS_UNSPECIFIED,
  memOp,
  type MemTxAttrs,
  memTxAttrs,
} from "@mem/flat";
import { Bus, defineLayout, TxStatus, u16be, u32le, u64be, u8 } from "@mem/ldst";
import type { Attrs, Operation } from "../operation.js";
import { pattern, summary, wideValue, wordSize } from "../world.js";

type Access = Extract<Operation, { op: "access" }>;

/** A structure whose members are accessed one by one. */
const descriptor = defineLayout({ id: u16be, length: u32le, address: u64be, flags: u8 });

const ATTRS: Readonly<Record<Attrs, MemTxAttrs>> = {
  none: MEMTXATTRS_UNSPECIFIED,
  memory: memTxAttrs({ memory: true }),
  debug: memTxAttrs({ debug: true }),
  plain: memTxAttrs({ requesterId: 7 }),
};

/** A load or store of 1, 2, 4 or 8 bytes by the family of `ld` and `st`. */
export type Words = Pick<
  Bus,
  | "ld8"
  | "ld16le"
  | "ld16be"
  | "ld32le"
  | "ld32be"
  | "ld64le"
  | "ld64be"
  | "st8"
  | "st16le"
  | "st16be"
  | "st32le"
  | "st32be"
  | "st64le"
  | "st64be"
>;

/** Loads, by name. */
export function loadWord(
  words: Words,
  at: number | bigint,
  size: number,
  big: boolean,
  attrs?: MemTxAttrs,
): string {
  const status = new TxStatus();
  const a = at as number;
  const value =
    size === 1
      ? words.ld8(a, attrs, status)
      : size === 2
        ? words[big ? "ld16be" : "ld16le"](a, attrs, status)
        : size === 4
          ? words[big ? "ld32be" : "ld32le"](a, attrs, status)
          : words[big ? "ld64be" : "ld64le"](a, attrs, status);
  return `${status.result} ${value.toString(16)}`;
}

/** Stores, by name. */
export function storeWord(
  words: Words,
  at: number | bigint,
  size: number,
  big: boolean,
  wide: bigint,
  attrs?: MemTxAttrs,
): string {
  const status = new TxStatus();
  const a = at as number;
  const value = Number(BigInt.asUintN(32, wide));
  if (size === 1) words.st8(a, value, attrs, status);
  else if (size === 2) words[big ? "st16be" : "st16le"](a, value, attrs, status);
  else if (size === 4) words[big ? "st32be" : "st32le"](a, value, attrs, status);
  else words[big ? "st64be" : "st64le"](a, wide, attrs, status);
  return `${status.result}`;
}

/** Names for what accesses find. */
export interface Names {
  region(region: object): string;
  space(space: object | null): number;
  /** Where addresses of a space begin. */
  origin(space: object | null): bigint;
}

/** Makes an access to a space, at an address that is also given as it is on the bus. */
export function access(space: AddressSpace, where: bigint, step: Access, names: Names): string {
  const { big, form, isWrite, size } = step;
  const attrs = ATTRS[step.attrs];
  const isExact = where <= BigInt(Number.MAX_SAFE_INTEGER);
  const at = isExact && step.value % 3 !== 0 ? Number(where) : where;
  const near = isExact ? Number(where) : null;
  const word = wordSize(size);
  const value = wideValue(step.value);
  switch (form) {
    case "load": {
      const width = word === 8 ? 4 : word;
      if (near === null) return loadData(space, at, width, false, attrs);
      const loaded = space.load(near, width, attrs);
      return `${space.lastResult} ${loaded.toString(16)}`;
    }
    case "loadData":
      return loadData(space, at, word, big, attrs);
    case "busLoad":
      return loadWord(new Bus(space), at, word, big, attrs);
    case "store": {
      const width = word === 8 ? 4 : word;
      if (near === null) return storeData(space, at, width, false, attrs, value);
      return `${space.store(near, width, Number(BigInt.asUintN(32, value)), attrs)}`;
    }
    case "storeData":
      return storeData(space, at, word, big, attrs, value);
    case "busStore":
      return storeWord(new Bus(space), at, word, big, value, attrs);
    case "read": {
      const into = new Uint8Array(size).fill(0xee);
      return `${space.read(at, into, attrs)} ${summary(into)}`;
    }
    case "write":
      return `${space.write(at, Uint8Array.from(pattern(step.value, size)), attrs)}`;
    case "writeRom":
      return `${space.writeRom(at, Uint8Array.from(pattern(step.value, size)), attrs)}`;
    case "set":
      return `${space.set(at, step.value & 0xff, size, attrs)}`;
    case "valid":
      return `${space.accessValid(at, size, isWrite, attrs)}`;
    case "translate": {
      const { region, xlat, length } = space.translate(at, size, isWrite, attrs);
      const name = names.region(region);
      return `${name} ${name === "none" ? "-" : xlat} ${length}`;
    }
    case "iotlb": {
      const entry = space.iotlbEntry(at, isWrite, attrs);
      if (entry.perm === 0) return "none";
      const offset = BigInt.asUintN(64, entry.translatedAddr - names.origin(entry.targetAs));
      return `${names.space(entry.targetAs)} ${offset} ${entry.addrMask + 1n}`;
    }
    case "isIo":
      return `${space.isIo(at)}`;
    case "structRead": {
      const view = descriptor.view(new Bus(space), at, { attrs });
      const { id, length, address, flags } = view;
      return [id, length, address, flags].map((member) => member.toString(16)).join(" ");
    }
    case "structWrite": {
      const view = descriptor.view(new Bus(space), at, { attrs });
      const low = Number(BigInt.asUintN(32, value));
      view.id = low & 0xffff;
      view.length = low;
      view.address = value;
      view.flags = low & 0xff;
      return "ok";
    }
  }
}

function loadData(
  space: AddressSpace,
  at: number | bigint,
  size: 1 | 2 | 4 | 8,
  big: boolean,
  attrs: MemTxAttrs,
): string {
  const data = new Data64();
  data.value64 = 0xeeeeeeeeeeeeeeeen;
  const result = space.loadData(at, memOp(size, big ? "big" : "little"), data, attrs);
  return `${result} ${data.value64.toString(16)}`;
}

function storeData(
  space: AddressSpace,
  at: number | bigint,
  size: 1 | 2 | 4 | 8,
  big: boolean,
  attrs: MemTxAttrs,
  value: bigint,
): string {
  const data = new Data64();
  data.value64 = value;
  return `${space.storeData(at, memOp(size, big ? "big" : "little"), data, attrs)}`;
}
