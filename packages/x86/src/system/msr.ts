/** Model specific registers. Unknown ones read 0 and ignore writes, as on the reference system. */
import type { Cpu } from "../state/cpu.js";

const TSC = 0x10;
const APIC_BASE = 0x1b;
const MTRR_CAP = 0xfe;

/** RDMSR's value. */
export function readMsr(c: Cpu, index: number): bigint {
  const stored = c.msr.get(index);
  switch (index) {
    case TSC:
      return c.host.readTsc();
    case APIC_BASE:
      // Boot processor; no local APIC is claimed, so it reads disabled unless written.
      return stored ?? 0xfee00100n;
    case MTRR_CAP:
      // Eight variable ranges, fixed ranges, write combining.
      return 0x508n;
    default:
      return stored ?? 0n;
  }
}

/** Is it a register that keeps what is written: SYSENTER, MTRRs, PAT, APIC base, microcode? */
function keeps(index: number): boolean {
  return (
    index === APIC_BASE ||
    (index >= 0x174 && index <= 0x176) ||
    index === 0x277 ||
    index === 0x2ff ||
    index === 0x250 ||
    index === 0x258 ||
    index === 0x259 ||
    index === 0x8b ||
    (index >= 0x268 && index <= 0x26f) ||
    (index >= 0x200 && index <= 0x20f) ||
    index === 0x1a0
  );
}

/** WRMSR. */
export function writeMsr(c: Cpu, index: number, value: bigint): void {
  if (keeps(index)) c.msr.set(index, value);
}
