/** What a hostile guest begins in: every mode of the processor, with tables that are whole at first. */
import type { CpuState } from "@mem/x86";
import { type Guest, type Mode, MODES, type StartRegisters } from "../lockstep/machine.js";

/** Modes beside those of the lockstep tester: virtual-8086, three levels of page tables, compatibility code. */
const OTHER_MODES = ["v86", "pae", "compatibility"] as const;
/** Every mode. */
export const HOSTILE_MODES = [...MODES, ...OTHER_MODES] as const;
export type HostileMode = (typeof HOSTILE_MODES)[number];

const POINTERS = 0x1b000;
const DIRECTORY = 0x1c000;
const PAGE_TABLE = 0x1d000;

/** The mode of the lockstep tester that a mode is made from. */
export function plainMode(mode: HostileMode): Mode {
  if (mode === "v86") return "flat";
  if (mode === "pae") return "paged";
  return mode === "compatibility" ? "longUser" : mode;
}

/** Brings a guest into a mode. */
export function enterMode(guest: Guest, mode: HostileMode, registers: StartRegisters): void {
  guest.prepare(plainMode(mode), registers);
  const { cpu } = guest;
  if (mode === "v86") cpu.setState(virtual8086(registers.narrow.eflags ?? 2));
  if (mode === "pae") {
    writePaeTables(guest.ram.ramBytes());
    cpu.setState({ cr0: cpu.state().cr0 & 0x7fffffff, cr4: 0x6a0, cr3: POINTERS });
    cpu.setState({ efer: 0x800, cr0: 0xe0010011 });
  }
  if (mode === "compatibility") {
    const { cs } = cpu.state();
    cpu.setState({ cs: { ...cs, selector: 0x1b, flags: 0xcffb00 }, ...registers.narrow });
  }
}

function virtual8086(eflags: number): Partial<CpuState> {
  const data = { selector: 0, base: 0, limit: 0xffff, flags: 0xf300 };
  const all = { es: data, cs: data, ss: data, ds: data, fs: data, gs: data };
  return { ...all, cpl: 3, eflags: (eflags & 0xcd5) | 0x23002 };
}

function writePaeTables(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(POINTERS, DIRECTORY | 1, true);
  view.setUint32(DIRECTORY, PAGE_TABLE | 7, true);
  for (let page = 0; page < 64; page++) {
    view.setUint32(PAGE_TABLE + 8 * page, (page << 12) | (page === 0xa ? 0 : 7), true);
  }
}
