/** Parts of the machine that a command cannot do without. */
import type { PcBoard } from "../board/pc-board.js";
import type { PcCpu } from "../board/processor/cpu.js";
import type { CommandContext } from "./command.js";
import { MonitorError } from "./monitor-error.js";
import type { MonitorTarget } from "./target.js";

/** All processors by number; none where the machine has none. */
export function cpusOf({ pc }: MonitorTarget): readonly PcCpu[] {
  return pc.board?.processors.all ?? [];
}

/** The processor that `cpu` chose, `null` where the machine has none. */
export function chosenCpu({ target, chosen }: CommandContext): PcCpu | null {
  const cpus = cpusOf(target);
  return (cpus.length > 1 ? cpus[chosen.cpu] : null) ?? target.pc.cpu;
}

/** The processor that `cpu` chose. @throws MonitorError in QEMU's words where there is none */
export function needCpu(context: CommandContext): PcCpu {
  const cpu = chosenCpu(context);
  if (cpu === null) throw new MonitorError("No CPU available", { usage: false });
  return cpu;
}

/** The board. @throws MonitorError where there is none */
export function needBoard({ pc }: MonitorTarget): PcBoard {
  if (pc.board === null) {
    throw new MonitorError("Error: the machine has no devices", { usage: false });
  }
  return pc.board;
}
