/** A translated region. */
import type { UnitCode } from "./modules.js";

/** A unit: its code, and the bytes of the page it was made from. */
export interface Unit extends UnitCode {
  live: boolean;
  /** Is it in the table yet? Until then it waits for others to be compiled with. */
  compiled: boolean;
  /** Number of its page. */
  readonly page: number;
  /** Its place in the page's units. */
  readonly key: number;
  /** Bytes of the page from `first` up to `last`. */
  readonly first: number;
  readonly last: number;
  readonly instructionCount: number;
  /** Linear address of its first instruction when it was made. */
  readonly linear: number;
}

/** The key of a unit in its page: the mode it was translated for, the linear page, the offset. */
export function unitKey(context: number, linear: number): number {
  return context * 2 ** 32 + (linear >>> 0);
}
