import { Data64, memOp, type Endianness, type MemTxAttrs, type MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { attrsOf } from "../attributes.js";
import { hex, hexBytes } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { loadWord, storeWord } from "../word-access.js";
import type { OpTable } from "./handler.js";

/** What read buffers hold beforehand, so that untouched bytes show. */
const UNTOUCHED = 0xee;

const space = (harness: Harness, op: OpFields) => harness.spaces.get(op.text("as"));
const region = (harness: Harness, op: OpFields) => harness.regions.get(op.text("mr"));

/** The "Access" table: reads and writes through an address space, or directly on a region. */
export const accessOps: OpTable = {
  read: (harness, op) =>
    readBytes(op, (into) => space(harness, op).read(at(op), into, attrsOf(op))),
  write: (harness, op) => ({
    res: space(harness, op).write(at(op), op.bytes("data"), attrsOf(op)),
  }),
  rw: (harness, op) => readOrWrite(space(harness, op), op),
  write_rom: (harness, op) => ({
    res: space(harness, op).writeRom(at(op), op.bytes("data"), attrsOf(op)),
  }),
  set: (harness, op) => ({
    res: space(harness, op).set(at(op), op.integer("byte"), op.address("len"), attrsOf(op)),
  }),
  ld: (harness, op) => loadWord(harness.busOf(space(harness, op)), at(op), op, attrsOf(op)),
  st: (harness, op) => storeWord(harness.busOf(space(harness, op)), at(op), op, attrsOf(op)),
  dispatch_read: (harness, op) => {
    const data = new Data64();
    const res = region(harness, op).dispatchRead(at(op), dispatchOp(op), data, attrsOf(op));
    return { res, val: hex(data.value64) };
  },
  dispatch_write: (harness, op) => {
    const data = new Data64();
    data.value64 = op.address("val");
    return { res: region(harness, op).dispatchWrite(at(op), dispatchOp(op), data, attrsOf(op)) };
  },
  access_valid: (harness, op) =>
    space(harness, op).accessValid(at(op), op.address("len"), op.flag("write"), attrsOf(op)),
  mr_access_valid: (harness, op) =>
    region(harness, op).accessValid(at(op), op.integer("size"), op.flag("write"), attrsOf(op)),
  translate: (harness, op) => {
    const found = space(harness, op).translate(
      at(op),
      op.address("len"),
      op.flag("write"),
      attrsOf(op),
    );
    return { mr: harness.regionId(found.region), xlat: hex(found.xlat), len: hex(found.length) };
  },
  iotlb: (harness, op) => {
    const entry = space(harness, op).iotlbEntry(at(op), op.flag("write"), attrsOf(op));
    return {
      target: harness.idOf(entry.targetAs),
      iova: hex(entry.iova),
      xlat: hex(entry.translatedAddr),
      mask: hex(entry.addrMask),
      perm: entry.perm,
    };
  },
  is_io: (harness, op) => space(harness, op).isIo(at(op)),
};

/** An address, as a number where that is exact: both forms of the API are used. */
export function narrowAddress(address: bigint): number | bigint {
  return address <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(address) : address;
}

function at(op: OpFields): number | bigint {
  return narrowAddress(op.address("addr"));
}

/** Reads `len` bytes with `read`, into a buffer that shows what was not touched. */
export function readBytes(op: OpFields, read: (into: Uint8Array) => MemTxResult): Json {
  const into = new Uint8Array(op.integer("len")).fill(UNTOUCHED);
  const res = read(into);
  return { res, data: hexBytes(into) };
}

function readOrWrite(as: AddressSpace, op: OpFields): Json {
  const attrs: MemTxAttrs = attrsOf(op);
  if (op.flag("write")) return { res: as.rw(at(op), op.bytes("data"), true, attrs) };
  return readBytes(op, (into) => as.rw(at(op), into, false, attrs));
}

function dispatchOp(op: OpFields) {
  return memOp(op.integer("size"), endOf(op));
}

/** The byte order of an access: `le`, `be`, or `native` when it says nothing. */
function endOf(op: OpFields): Endianness {
  const end = op.text("end", "native");
  if (end === "le") return "little";
  if (end === "be") return "big";
  if (end === "native") return "native";
  throw new TypeError(`unknown byte order "${end}"`);
}
