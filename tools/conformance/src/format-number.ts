/** 2^64, the size that the recorded language writes as 0xffffffffffffffff on input. */
export const TWO_64 = 1n << 64n;

const U64_MAX = TWO_64 - 1n;

/** A value as the recordings print 64-bit numbers: lower-case hex, `0x` prefix, no padding. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** A region size as `query` prints it: 2^64 does not fit the C type and shows as 2^64-1. */
export function querySize(size: bigint): string {
  return hex(size > U64_MAX ? U64_MAX : size);
}

/** A region size as scripts give it: 2^64-1 stands for 2^64. */
export function regionSize(value: bigint): bigint {
  return value === U64_MAX ? TWO_64 : value;
}

/** A flag of a log entry or a flat view: 0 or 1. */
export function bit(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** Bytes as lower-case hex without prefix. */
export function hexBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/**
 * The bytes of a hex string without prefix.
 *
 * @throws {RangeError} when `text` is not an even number of hex digits.
 */
export function parseHexBytes(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RangeError(`not hex bytes: "${text}"`);
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** Byte `index` of the pattern that fills RAM and scripted MMIO stores. */
export function patternByte(index: number, seed: number): number {
  return (index * 7 + (index >> 8) * 13 + seed) & 0xff;
}

/** Writes the pattern of `seed` over all of `bytes`. */
export function fillPattern(bytes: Uint8Array, seed: number): void {
  for (let index = 0; index < bytes.length; index++) bytes[index] = patternByte(index, seed);
}
