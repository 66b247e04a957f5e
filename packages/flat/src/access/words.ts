import { AddressError, ArgumentError, type MemOp, MemOp as Op } from "@mem/core";
import { shown } from "@mem/qom/plumbing";
import type { AccessWindow } from "../view/access-window.js";

const PAGE = 4096;
/** Bits of a page's entry that number the page within its run of host memory. */
const ENTRY_SHIFT = 19;
const ENTRY_MASK = (1 << ENTRY_SHIFT) - 1;
/** Offsets in a run that an entry can name are below this. */
const MAX_OFFSET = (ENTRY_MASK * PAGE) >>> 0;
const MIN_PAGES = 1024;
/** Runs that entries can name. */
export const MAX_RUNS = 1 << (31 - ENTRY_SHIFT);

// Constants rather than declarations: what is inlined is then not checked to be still the same.

/** True if a word has so many bytes that a number holds it. */
export const isWordSize = (size: number): boolean => size === 4 || size === 1 || size === 2;

/** True if a word lies in the page of its address. */
export const isInPage = (addr: number, size: number): boolean =>
  (addr & 4095) <= 4096 - size && isWordSize(size);

/** @throws AddressError for a size that no load or store has. */
export const refuseSize = (size: number): never => {
  throw new AddressError(
    `a word of ${String(size)} bytes is not 1, 2 or 4; load64 and store64 have 8`,
    { rule: "access-size" },
  );
};

/**
 * Refuses a value of 64 bits that is none.
 * @param call the call as people write it
 * @throws ArgumentError
 * @see {@link AddressSpace}
 */
export const refuseNoBigint = (value: unknown, call: string): never => {
  const hint = typeof value === "number" && Number.isInteger(value) ? `: write ${value}n` : "";
  return refuseValue(value, call, `a bigint${hint}`);
};

/**
 * Refuses a value of at most 32 bits that is none.
 * @param call the call as people write it
 * @throws ArgumentError
 * @see {@link AddressSpace}
 */
export const refuseNoNumber = (value: unknown, call: string): never => {
  const hint = typeof value === "bigint" ? `: write Number(${value}n)` : "";
  return refuseValue(value, call, `a number${hint}`);
};

/** @throws ArgumentError */
const refuseValue = (value: unknown, call: string, wanted: string): never => {
  throw new ArgumentError(`${call}: the value is ${shown(value)}, but must be ${wanted}`, {
    rule: value === undefined ? "option-missing" : "option-kind",
    option: "value",
  });
};

/**
 * Refuses attributes that are none, where an access has left the fast paths.
 * @throws ArgumentError
 */
export const checkAttrs = (attrs: unknown): void => {
  if (typeof attrs === "object" && attrs !== null) return;
  throw new ArgumentError(`an access: the attributes are ${shown(attrs)}, but must be an object`, {
    rule: "option-kind",
    option: "attrs",
  });
};

/** Offset of a page's beginning in the memory of a window; -1 if an entry cannot name that. */
export const pageInRun = ({ bias, start, last }: AccessWindow, page: number): number => {
  const first = page * PAGE;
  const at = first - bias;
  const isWhole = first >= start && first + PAGE - 1 <= last;
  return isWhole && at % PAGE === 0 && at <= MAX_OFFSET ? at : -1;
};

/** The entry of the page at `at` of a run. */
export const entryOf = (run: number, at: number): number => (run << ENTRY_SHIFT) | (at / PAGE);

/** The run that an entry of a page names. */
export const runOf = (entry: number): number => entry >>> 19;

/** Offset of an address in its run. */
export const offsetIn = (entry: number, addr: number): number =>
  ((entry & 0x7ffff) << 12) | (addr & 4095);

export const getWord = (view: DataView, at: number, size: 1 | 2 | 4): number => {
  if (size === 4) return view.getUint32(at, true);
  return size === 1 ? view.getUint8(at) : view.getUint16(at, true);
};

export const putWord = (view: DataView, at: number, size: 1 | 2 | 4, value: number): void => {
  if (size === 4) view.setUint32(at, value, true);
  else if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else refuseSize(size);
};

/** Number of bytes that an access is longer than 4. */
export const wider = (op: MemOp): number => ((op & Op.SIZE_MASK) === Op.SIZE_64 ? 4 : 0);

/** More pages of the same kind, at least `count`: a power of two. */
export const grown = (pages: Int32Array<ArrayBuffer>, count: number): Int32Array<ArrayBuffer> => {
  let size = Math.max(MIN_PAGES, pages.length);
  while (size < count) size *= 2;
  const all = new Int32Array(size).fill(-1, pages.length);
  all.set(pages);
  return all;
};
