import type { Address, MemTxAttrs } from "@mem/core";
import { TxStatus, type WordAccess } from "@mem/ldst";
import { hex } from "./format-number.js";
import type { OpFields } from "./op-fields.js";
import type { Json } from "./script.js";

/** The widths and byte orders of up to 32 bits, as methods end in them. */
const WORDS = ["8", "16", "16le", "16be", "32", "32le", "32be"] as const;
/** Those of 64 bits, whose values are `bigint`. */
const QUADS = ["64", "64le", "64be"] as const;

/** Loads what `size` and `end` of the operation say, and answers `{res,val}`. */
export function loadWord<A extends Address>(
  access: WordAccess<A>,
  addr: A,
  op: OpFields,
  attrs?: MemTxAttrs,
): Json {
  const status = new TxStatus();
  const format = oneOf([...WORDS, ...QUADS], op);
  const value = access[`ld${format}`](addr, attrs, status);
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
  const value = op.address("val");
  if (op.integer("size") === 8) {
    access[`st${oneOf(QUADS, op)}`](addr, value, attrs, status);
  } else {
    access[`st${oneOf(WORDS, op)}`](addr, Number(value & 0xffffffffn), attrs, status);
  }
  return { res: status.result };
}

/**
 * The one of `formats` that the operation names, e.g. "32be"; no suffix stands for the target's
 * order, and for single bytes, which have none.
 */
function oneOf<F extends string>(formats: readonly F[], op: OpFields): F {
  const bits = op.integer("size") * 8;
  const end = op.text("end", "native");
  const named = bits === 8 || end === "native" ? `${bits}` : `${bits}${end}`;
  const format = formats.find((known) => known === named);
  if (format === undefined) {
    throw new TypeError(`no such width and byte order: ${JSON.stringify(op.record)}`);
  }
  return format;
}
