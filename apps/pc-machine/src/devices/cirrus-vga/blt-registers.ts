/** The engine's registers in memory: each is a graphics register, in another order. */

/** Offsets, from the first, of runs of registers, with the graphics registers there. */
const RUNS: readonly (readonly [offset: number, registers: readonly number[]])[] = [
  [0x00, [0x00, 0x10, 0x12, 0x14, 0x01, 0x11, 0x13, 0x15]],
  [0x08, [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a]],
  [0x14, [0x2c, 0x2d, 0x2e, 0x2f, 0x30]],
  [0x1a, [0x32, 0x33, 0x34, 0x35]],
  [0x20, [0x38, 0x39]],
  [0x40, [0x31]],
];

const REGISTERS: ReadonlyMap<number, number> = new Map(
  RUNS.flatMap(([offset, registers]) =>
    registers.map((register, n) => [offset + n, register] as const),
  ),
);

/** The graphics register at an offset, `null` where there is none. */
export function bltRegister(offset: number): number | null {
  return REGISTERS.get(offset) ?? null;
}
