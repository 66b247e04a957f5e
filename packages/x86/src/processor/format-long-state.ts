/** The registers of 64-bit code as text: what QEMU's monitor prints for `info registers` then. */
import type { CpuState } from "./register-state.js";

const NAMES = [
  ...["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI"],
  ...["R8 ", "R9 ", "R10", "R11", "R12", "R13", "R14", "R15"],
];
/** Numbers of the registers in each line. */
const LINES = [
  [0, 3, 1, 2],
  [6, 7, 5, 4],
  [8, 9, 10, 11],
  [12, 13, 14, 15],
];

/** A value of 64 bits in sixteen digits. */
export function hex64(value: bigint): string {
  return value.toString(16).padStart(16, "0");
}

/** The lines of the general registers. */
export function generalLines({ long }: CpuState): string[] {
  return LINES.map((numbers) =>
    numbers.map((n) => `${NAMES[n]}=${hex64(long.registers[n] ?? 0n)}`).join(" "),
  );
}
