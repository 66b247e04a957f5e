/** A translated region. */
import type { CodePage } from "@mem/x86";
import type { UnitMode } from "../emit/unit-mode.js";
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
  /** Bytes of the page from `first` up to `last`, which lies in the next page if there is an `end`. */
  readonly first: number;
  readonly last: number;
  /** The next page, in which an instruction of the unit ends, or `null`: none does. */
  readonly end: UnitEnd | null;
  readonly instructionCount: number;
  /** Offset in the page of each of its instructions, in the order of the region's blocks. */
  readonly starts: Uint16Array;
  /** The place of its page: the byte `at` of `bytes` is the page's first. */
  readonly code: CodePage;
  readonly mode: UnitMode;
  /** Its number among all units ever made, by which its runs are counted. */
  readonly number: number;
  /** Linear address of its first instruction when it was made, signed; in 64-bit code all 48 bits. */
  readonly linear: number;
}

/** The page in which an instruction ends that begins in the page before. */
export interface UnitEnd {
  /** Number of the page. */
  readonly page: number;
  readonly code: CodePage;
}

/** The pages that a unit was made from. */
export function codePages({ code, end }: Unit): readonly CodePage[] {
  return end === null ? [code] : [code, end.code];
}

/**
 * The key of a unit in its page: the mode it was translated for, and the low 32 bits of its linear address.
 * In 64-bit code another unit may have the same.
 */
export function unitKey(context: number, linear: number): number {
  return context * 2 ** 32 + (linear >>> 0);
}
