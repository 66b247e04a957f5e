/** A PC whose processor does nothing, driven through its address spaces as a guest would. */
import type { CpuWiring, PcCpu } from "../../src/board/processor/cpu.js";
import type { PcOptions } from "../../src/board/options/options.js";
import { PcMachine } from "../../src/board/pc-machine.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";

export const MIB = 2 ** 20;

/** A processor that runs what a test tells it to. */
export class FakeCpu implements PcCpu {
  halted = false;
  shutdown = false;
  instructionCount = 0;
  interruptFlag = true;
  intr = false;
  a20 = true;
  resets = 0;
  stops = 0;
  smis = 0;
  readonly wiring: CpuWiring;
  /** Called for each instruction; returning `false` ends the run. */
  execute: (() => boolean | void) | null = null;

  constructor(wiring: CpuWiring) {
    this.wiring = wiring;
  }

  reset(): void {
    this.resets++;
    this.halted = false;
    this.shutdown = false;
  }

  run(maxInstructions: number): number {
    if (this.halted && this.intr && this.interruptFlag) {
      this.halted = false;
    }
    const stops = this.stops;
    let ran = 0;
    while (ran < maxInstructions && !this.halted && !this.shutdown && stops === this.stops) {
      ran++;
      this.instructionCount++;
      if (this.execute?.() === false) {
        break;
      }
    }
    return ran;
  }

  setIntr(level: boolean): void {
    this.intr = level;
  }

  setA20(enabled: boolean): void {
    this.a20 = enabled;
  }

  requestStop(): void {
    this.stops++;
  }

  raiseSmi(): void {
    this.smis++;
  }

  state(): { eflags: number } {
    return { eflags: this.interruptFlag ? 0x202 : 0x2 };
  }
}

/** A firmware image: each 4-byte word holds its own offset. */
export function markedFirmware(size = 256 * 1024): Uint8Array {
  const image = new Uint8Array(size);
  const words = new DataView(image.buffer);
  for (let at = 0; at < size; at += 4) {
    words.setUint32(at, at, true);
  }
  return image;
}

/** A machine for a test, and short ways to its ports and memory. */
export class Rig {
  readonly clock: InstructionClock;
  readonly pc: PcMachine;
  readonly cpu: FakeCpu;
  readonly messages: string[] = [];

  constructor(
    options: Partial<PcOptions> = {},
    cpuOf: (wiring: CpuWiring) => FakeCpu = (wiring) => new FakeCpu(wiring),
  ) {
    this.clock = new InstructionClock();
    const made: FakeCpu[] = [];
    this.pc = new PcMachine({
      ramSize: 64 * MIB,
      bios: markedFirmware(),
      vga: false,
      clock: this.clock,
      startTimeMs: 0,
      log: (_category, message) => this.messages.push(message),
      createCpu: (wiring) => {
        const cpu = cpuOf(wiring);
        made.push(cpu);
        return cpu;
      },
      ...options,
    });
    const [cpu] = made;
    if (cpu === undefined) {
      throw new Error("no processor was made");
    }
    this.cpu = cpu;
  }

  in(port: number, size: 1 | 2 | 4): number {
    return this.pc.io.load(port, size);
  }

  out(port: number, size: 1 | 2 | 4, value: number): void {
    this.pc.io.store(port, size, value);
  }

  read(address: number, size: 1 | 2 | 4 = 4): number {
    return this.cpu.wiring.memory.load(address, size);
  }

  write(address: number, value: number, size: 1 | 2 | 4 = 4): void {
    const { memory } = this.cpu.wiring;
    const { readonly, region } = memory.lookup(address);
    // What a processor does: RAM that shows read-only drops its stores.
    if (!(readonly && region.isRam)) memory.store(address, size, value);
  }

  /** Read a register of configuration space through the ports. */
  config(slot: number, fn: number, offset: number, size: 1 | 2 | 4 = 4): number {
    this.out(0xcf8, 4, (0x8000_0000 | (slot << 11) | (fn << 8) | (offset & 0xfc)) >>> 0);
    return this.in(0xcfc + (offset & 3), size);
  }

  /** Write a register of configuration space through the ports. */
  setConfig(slot: number, fn: number, offset: number, value: number, size: 1 | 2 | 4 = 4): void {
    this.out(0xcf8, 4, (0x8000_0000 | (slot << 11) | (fn << 8) | (offset & 0xfc)) >>> 0);
    this.out(0xcfc + (offset & 3), size, value);
  }
}
