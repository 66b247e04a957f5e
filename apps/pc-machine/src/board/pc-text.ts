/** A PC as `console.log` and JSON show it. */
import { hex } from "@mem/core";
import type { Ink, Outline } from "@mem/qom";
import { X86Cpu } from "@mem/x86";

import type { PluggedDevice } from "../device/plugged.js";
import type { PcCpu } from "./processor/cpu.js";
import type { MachineEnd } from "./run-result.js";

/** Most devices that the data of a machine lists. */
const MOST_DEVICES = 256;

/** A machine as far as it is shown. */
interface ShownPc {
  readonly cpu: PcCpu;
  readonly devices: readonly PluggedDevice[];
  readonly end: MachineEnd | null;
  readonly running: boolean;
}

/** Memory, devices and condition, then the processor and each device. */
export function pcOutline(pc: ShownPc, ramSize: number): Outline {
  const { devices } = pc;
  return {
    head: (ink) => {
      const facts = [
        `${hex(ramSize)} bytes of RAM`,
        `${devices.length} device(s)`,
        conditionOf(pc),
      ];
      return [ink("PcMachine", "kind"), ...facts].join(", ");
    },
    lines: (ink) => linesOf(pc, ink),
    total: devices.length + 1,
  };
}

/** State of the PC as plain data. */
export function pcData(pc: ShownPc, ramSize: number): object {
  const devices = pc.devices.slice(0, MOST_DEVICES).map(({ definition, devfn, id }) => {
    return { type: definition.name, id, devfn };
  });
  const cpu = pc.cpu instanceof X86Cpu ? pc.cpu.toJSON() : null;
  return { ramSize, condition: conditionOf(pc), end: pc.end, cpu, devices };
}

function* linesOf({ cpu, devices }: ShownPc, ink: Ink): Generator<string> {
  // Another processor is somebody's own: it is not asked.
  yield cpu instanceof X86Cpu ? String(cpu) : cpu.constructor.name;
  for (const { definition, devfn, id } of devices) {
    const named = id === null ? "" : ` ${ink(id, "name")}`;
    const slot = devfn === null ? "" : `, PCI ${slotText(devfn)}`;
    yield `${ink(definition.name, "kind")}${named}${slot}`;
  }
}

function conditionOf({ end, running }: ShownPc): string {
  if (end === null) return running ? "running" : "stopped";
  return end.kind === "halted" ? `ended: ${end.reason}` : `ended: ${end.kind}`;
}

/** Slot and function as QEMU writes them: `01.3`. */
function slotText(devfn: number): string {
  return `${(devfn >> 3).toString(16).padStart(2, "0")}.${devfn & 7}`;
}
