/** A processor as `console.log` and JSON show it. */
import type { Outline } from "@mem/qom";
import { CR0_PE, F_VM } from "../constants.js";
import { formatState } from "./format-state.js";
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
  const place = `${hex(state.cs.selector, 4)}:${hex(state.eip, 4)}`;
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
  return { mode: modeOf(state), halted, shutdown, instructionCount, registers: state };
}

/** General registers, segments, and what paging is told: the first lines of the monitor's. */
function shortRegisters(state: CpuState): string[] {
  return formatState(state)
    .split("\n")
    .filter((line) => /^(E|[C-GS]S|CR)/.test(line) && !line.startsWith("EFER"));
}

function modeOf({ cr0, eflags, smm }: CpuState): string {
  const mode =
    (cr0 & CR0_PE) === 0
      ? "real mode"
      : (eflags & F_VM) !== 0
        ? "virtual 8086 mode"
        : "protected mode";
  return smm ? `system management, ${mode}` : mode;
}

function conditionsOf({ halted, shutdown }: ShownCpu): string[] {
  return [halted ? "halted" : "", shutdown ? "shut down" : ""].filter((word) => word !== "");
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
