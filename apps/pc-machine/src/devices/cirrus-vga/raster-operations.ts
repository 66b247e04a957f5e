/** The sixteen raster operations of the BitBLT engine: what a bit of the source makes of one of the destination. */

/** Combines bits of the destination with bits of the source. Both may be of any width: bits do not touch each other. */
export type RasterOperation = (destination: number, source: number) => number;

/** Code of the operation that copies. */
export const ROP_COPY = 0x0d;

/** By the codes of register GR32. */
const OPERATIONS: ReadonlyMap<number, RasterOperation> = new Map<number, RasterOperation>([
  [0x00, () => 0],
  [0x05, (d, s) => s & d],
  [0x06, (d) => d],
  [0x09, (d, s) => s & ~d],
  [0x0b, (d) => ~d],
  [ROP_COPY, (_d, s) => s],
  [0x0e, () => ~0],
  [0x50, (d, s) => ~s & d],
  [0x59, (d, s) => s ^ d],
  [0x6d, (d, s) => s | d],
  [0x90, (d, s) => ~(s & d)],
  [0x95, (d, s) => ~(s ^ d)],
  [0xad, (d, s) => s | ~d],
  [0xd0, (_d, s) => ~s],
  [0xd6, (d, s) => ~s | d],
  [0xda, (d, s) => ~(s | d)],
]);

const KEEP: RasterOperation = (d) => d;

/** The operation of a code; a code that means none leaves the destination alone. */
export function rasterOperation(code: number): RasterOperation {
  return OPERATIONS.get(code) ?? KEEP;
}
