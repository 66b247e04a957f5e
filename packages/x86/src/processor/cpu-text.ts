/** A processor as `console.log` and JSON show it. */
import type { Outline } from "@mem/qom";
import { CR0_PE, EFER_LMA, F_VM } from "../constants.js";
import { formatState } from "./format-state.js";
import type { LongCpuState } from "./long-register-state.js";
import type { CpuState } from "./register-state.js";

/** A processor as far as it is shown. */
interface ShownCpu {
  readonly halted: boolean;
  readonly shutdown: boolean;
  readonly instructionCount: number;
  state(): CpuState;
}

/** Its place and condition, then its registers. */
export function cpuOutline(cpu: ShownCpu): Outline {
  const { instructionCount } = cpu;
  const state = cpu.state();
  const place = `${hex(state.cs.selector, 4)}:${state.long.rip.toString(16).padStart(4, "0")}`;
  return {
    head: (ink) => {
      const facts = [modeOf(state), `${instructionCount} instruction(s)`, ...conditionsOf(cpu)];
      return `${ink("X86Cpu", "kind")} at ${ink(place, "number")}, ${facts.join(", ")}`;
    },
    lines: () => shortRegisters(state),
  };
}

/** The registers and counts as data. */
export function cpuData(cpu: ShownCpu): object {
  const { halted, instructionCount, shutdown } = cpu;
  const state = cpu.state();
  const registers = { ...state, long: textual(state.long) };
  return { mode: modeOf(state), halted, shutdown, instructionCount, registers };
}

/** Values of 64 bits, which JSON's numbers do not hold, as hexadecimal text. */
function textual(long: LongCpuState): object {
  const text = (value: unknown): unknown =>
    typeof value === "bigint"
      ? `0x${value.toString(16)}`
      : Array.isArray(value)
        ? value.map(text)
        : value;
  return Object.fromEntries(Object.entries(long).map(([name, value]) => [name, text(value)]));
}

/** General registers, segments, and what paging is told: the first lines of the monitor's. */
function shortRegisters(state: CpuState): string[] {
  return formatState(state)
    .split("\n")
    .filter((line) => /^(E|R|[C-GS]S|CR)/.test(line) && !line.startsWith("EFER"));
}

function modeOf(state: CpuState): string {
  const { smm } = state;
  const mode = state.long.code64 ? "64-bit mode" : narrowMode(state);
  return smm ? `system management, ${mode}` : mode;
}

function narrowMode({ cr0, eflags, efer }: CpuState): string {
  if ((cr0 & CR0_PE) === 0) return "real mode";
  if ((efer & EFER_LMA) !== 0) return "compatibility mode";
  return (eflags & F_VM) !== 0 ? "virtual 8086 mode" : "protected mode";
}

function conditionsOf({ halted, shutdown }: ShownCpu): string[] {
  return [halted ? "halted" : "", shutdown ? "shut down" : ""].filter((word) => word !== "");
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
