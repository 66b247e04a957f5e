/** Sizes as they are typed: a number with a suffix. */

const SUFFIXES = "bkmgtpe";

/**
 * Bytes of a size such as `64M`, `1.5G` or `0x40`. In a hexadecimal number B and E are digits.
 *
 * @param unit the suffix meant when none is typed: one of B, K, M, G, T, P, E in either case
 * @returns the bytes, rounded down, or `null` when `text` is no size
 */
export function parseSize(text: string, unit: string): number | null {
  const match = /^(0x[0-9a-f]+|\d+(?:\.\d+)?)([bkmgtpe]?)$/i.exec(text);
  const digits = match?.[1];
  if (digits === undefined) {
    return null;
  }
  const suffix = (match?.[2] === "" ? unit : (match?.[2] ?? unit)).toLowerCase();
  const bytes = Number(digits) * 1024 ** SUFFIXES.indexOf(suffix);
  return Number.isFinite(bytes) ? Math.floor(bytes) : null;
}

/** A number as C writes it: decimal, `0x` hexadecimal, leading-zero octal; `null` when it is none. */
export function parseNumber(text: string): number | null {
  if (/^0[0-7]+$/.test(text)) {
    return Number.parseInt(text, 8);
  }
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : null;
}
