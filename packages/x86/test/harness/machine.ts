import { readFileSync } from "node:fs";
import { type CpuModel, type LocalApic, LocalApics, X86Cpu } from "../../src/index.js";
import { MemoryBus } from "./bus.js";
import { PortBus } from "./ports.js";

const RAM_SIZE = 4 << 20;
const SLICE = 1_000_000;

/** How a run on the interpreter ended, and what it wrote. */
export interface MachineRun {
  readonly stream: Uint8Array;
  readonly end: "finished" | "shutdown" | "halted" | "too long";
  readonly instructions: number;
  /** The processor's registers when it stopped. */
  readonly registers: string;
}

/** An APIC whose timer never fires. */
function localApic(): LocalApic {
  const timer = { arm: () => undefined, cancel: () => undefined };
  const clock = { nowNs: () => 0, timer: () => timer };
  return new LocalApics().add({ id: 0, isBootstrap: true, clock, acknowledgeExternal: () => 0 });
}

/**
 * Runs a 64 KiB BIOS image on an `X86Cpu` with 4 MiB of RAM; the image lies below 4 GiB and, as
 * ROM, below 1 MiB. Ends when the program writes its exit port, halts, shuts the processor down or
 * used up `maxInstructions`. With a `model` it has that, and a local APIC.
 */
export function runOnMachine(
  image: string,
  maxInstructions = 60_000_000,
  model?: CpuModel,
): MachineRun {
  const rom = new Uint8Array(readFileSync(image));
  const ram = new Uint8Array(RAM_SIZE);
  const memory = new MemoryBus([
    { start: 0, bytes: ram.subarray(0, 0xa0000), writable: true },
    { start: 0xf0000, bytes: rom, writable: false },
    { start: 0x100000, bytes: ram.subarray(0x100000), writable: true },
    { start: 0xffff0000, bytes: rom, writable: false },
  ]);
  let finished = false;
  let vector = 0xff;
  let wakeVector = -1;
  const interrupt = (raised: number): void => {
    vector = raised;
    cpu.setIntr(true);
  };
  const ports = new PortBus({
    exit: () => {
      finished = true;
      cpu.requestStop();
    },
    interrupt,
    nmi: () => cpu.raiseNmi(),
    a20: (enabled) => cpu.setA20(enabled),
    wakeLater: (raised) => {
      wakeVector = raised;
    },
  });
  const cpu: X86Cpu = new X86Cpu({
    memory,
    io: ports,
    acknowledgeInterrupt: () => {
      cpu.setIntr(false);
      return vector;
    },
    ...(model === undefined ? {} : { model, apic: localApic() }),
  });
  cpu.reset();
  let instructions = 0;
  while (!finished && !cpu.shutdown && instructions < maxInstructions) {
    instructions += cpu.run(SLICE);
    if (!cpu.halted) continue;
    if (wakeVector < 0) break;
    interrupt(wakeVector);
    wakeVector = -1;
  }
  const end = finished
    ? "finished"
    : cpu.shutdown
      ? "shutdown"
      : cpu.halted
        ? "halted"
        : "too long";
  return { stream: ports.stream, end, instructions, registers: cpu.formatRegisters() };
}
