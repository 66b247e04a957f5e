/** The modes that units are translated for. */
import {
  MODE_CODE32,
  MODE_FLAT_CS,
  MODE_FLAT_DS,
  MODE_FLAT_ES,
  MODE_FLAT_SS,
  MODE_LONG,
  MODE_STACK32,
  MODE_USER,
} from "@mem/x86";
import type { UnitMode } from "../emit/unit-mode.js";

/** Segments and the mode bit that says that they are flat. */
const FLAT_SEGMENTS = [
  [MODE_FLAT_ES, 1 << 0],
  [MODE_FLAT_SS, 1 << 2],
  [MODE_FLAT_DS, 1 << 3],
] as const;

/** Code so near to addresses that are not canonical is interpreted. */
const CANONICAL_REACH = 2 ** 47 - 2 ** 32;

/** A mode, and its jump cache. */
export interface Context {
  readonly mode: number;
  readonly number: number;
  readonly unitMode: UnitMode;
  /** Of a code segment that is not flat: what it was when jumps were entered. */
  base: number;
  limit: number;
}

/** The contexts of one translator, numbered as they are met. */
export class Contexts {
  readonly #contexts = new Map<number, Context>();

  /** The context of the `MODE_` bits. */
  of(mode: number): Context {
    let context = this.#contexts.get(mode);
    if (context === undefined) {
      context = newContext(mode, this.#contexts.size);
      this.#contexts.set(mode, context);
    }
    return context;
  }
  /** Forgets all of them. */
  clear(): void {
    this.#contexts.clear();
  }
}

/**
 * Do some pages from that of a linear address on lie in the code segment as a whole, without wrapping, and what is
 * near them?
 */
export function areInside(context: Context, linear: number, pages: 1 | 2): boolean {
  const { unitMode, base, limit } = context;
  if (unitMode.isLong) return Math.abs(linear) < CANONICAL_REACH;
  if (unitMode.flatCode) return true;
  const first = ((linear & -4096) - base) >>> 0;
  const bound = unitMode.code32 ? limit : Math.min(limit, 0xffff);
  return first + 4096 * pages - 1 <= bound;
}

function newContext(mode: number, number: number): Context {
  const has = (bit: number): boolean => (mode & bit) !== 0;
  let flatSegments = 0;
  for (const [bit, mask] of FLAT_SEGMENTS) if (has(bit)) flatSegments |= mask;
  const unitMode: UnitMode = {
    isLong: has(MODE_LONG),
    code32: has(MODE_CODE32),
    stack32: has(MODE_STACK32),
    user: has(MODE_USER),
    flatCode: has(MODE_LONG) || has(MODE_FLAT_CS),
    flatSegments,
    context: number,
  };
  return { mode, number, unitMode, base: 0, limit: 0 };
}
