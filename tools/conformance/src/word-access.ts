import type { Address, MemTxAttrs } from "@mem/core";
import { TxStatus, type WordAccess } from "@mem/ldst";
import { hex } from "./format-number.js";
import type { OpFields } from "./op-fields.js";
import type { Json } from "./script.js";

/** Loads what `size` and `end` of the operation say, and answers `{res,val}`. */
export function loadWord<A extends Address>(
  access: WordAccess<A>,
  addr: A,
  op: OpFields,
  attrs?: MemTxAttrs,
): Json {
  const status = new TxStatus();
  const value = load(access, addr, op, attrs, status);
  return { res: status.result, val: hex(value) };
}

/** Stores `val` as `size` and `end` of the operation say, and answers `{res}`. */
export function storeWord<A extends Address>(
  access: WordAccess<A>,
  addr: A,
  op: OpFields,
  attrs?: MemTxAttrs,
): Json {
  const status = new TxStatus();
  store(access, addr, op, attrs, status);
  return { res: status.result };
}

function load<A extends Address>(
  access: WordAccess<A>,
  addr: A,
  op: OpFields,
  attrs: MemTxAttrs | undefined,
  status: TxStatus,
): number | bigint {
  switch (widthAndOrder(op)) {
    case "1":
      return access.ld8(addr, attrs, status);
    case "2":
      return access.ld16(addr, attrs, status);
    case "2le":
      return access.ld16le(addr, attrs, status);
    case "2be":
      return access.ld16be(addr, attrs, status);
    case "4":
      return access.ld32(addr, attrs, status);
    case "4le":
      return access.ld32le(addr, attrs, status);
    case "4be":
      return access.ld32be(addr, attrs, status);
    case "8":
      return access.ld64(addr, attrs, status);
    case "8le":
      return access.ld64le(addr, attrs, status);
    case "8be":
      return access.ld64be(addr, attrs, status);
    default:
      return unknownWidth(op);
  }
}

function store<A extends Address>(
  access: WordAccess<A>,
  addr: A,
  op: OpFields,
  attrs: MemTxAttrs | undefined,
  status: TxStatus,
): void {
  const wide = op.address("val");
  const value = Number(wide & 0xffffffffn);
  switch (widthAndOrder(op)) {
    case "1":
      return access.st8(addr, value, attrs, status);
    case "2":
      return access.st16(addr, value, attrs, status);
    case "2le":
      return access.st16le(addr, value, attrs, status);
    case "2be":
      return access.st16be(addr, value, attrs, status);
    case "4":
      return access.st32(addr, value, attrs, status);
    case "4le":
      return access.st32le(addr, value, attrs, status);
    case "4be":
      return access.st32be(addr, value, attrs, status);
    case "8":
      return access.st64(addr, wide, attrs, status);
    case "8le":
      return access.st64le(addr, wide, attrs, status);
    case "8be":
      return access.st64be(addr, wide, attrs, status);
    default:
      return unknownWidth(op);
  }
}

/** E.g. "4be"; no suffix stands for the target's order, and for single bytes, which have none. */
function widthAndOrder(op: OpFields): string {
  const size = op.integer("size");
  const end = op.text("end", "native");
  return size === 1 || end === "native" ? `${size}` : `${size}${end}`;
}

function unknownWidth(op: OpFields): never {
  throw new TypeError(`no such width and byte order: ${JSON.stringify(op.record)}`);
}
