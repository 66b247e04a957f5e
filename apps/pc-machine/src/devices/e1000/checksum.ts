/** The Internet's checksum: ones' complement sums of 16-bit words. */

/** Sum of bytes `start` to `end - 1`, an odd last one as the upper half of a word; folded to 16 bits. */
export function wordSum(bytes: Uint8Array, start: number, end: number, sum = 0): number {
  let total = sum;
  let at = start;
  for (; at + 1 < end; at += 2) total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (at < end) total += (bytes[at] ?? 0) << 8;
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x1_0000);
  return total;
}
