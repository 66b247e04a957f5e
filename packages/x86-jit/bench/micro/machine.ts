/** A board for the micro programs: memory, the firmware, and the two ports that they write. */
import { Machine } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { translator } from "../../src/index.js";

const MIB = 1 << 20;
const LIMIT = 4_000_000_000;

/** Outcome of a program. */
export interface MicroRun {
  /** Its checksum, 32 bits. */
  readonly checksum: number;
  /** Time of the second run of its loop. */
  readonly milliseconds: number;
  /** Instructions of it. */
  readonly instructions: number;
}

/**
 * Runs a program on this processor.
 * @throws Error when it does not end
 */
export function runMicro(image: Uint8Array, isTranslated: boolean): MicroRun {
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 1n << 32n });
  const ram = machine.ram({ name: "ram", size: 16 * MIB, memory, memoryOffset: MIB });
  system.addSubregion(0, ram);
  const high = machine.ram({ name: "firmware", size: image.length });
  high.ramBytes().set(image);
  system.addSubregion(2 ** 32 - image.length, high);
  ram.ramBytes().set(image, 0xf0000);
  const sent: number[] = [];
  let begun = 0;
  let ended = 0;
  let first = 0;
  const ports = machine.container({ name: "ports", size: 1 << 16 });
  const log = machine.mmio({
    name: "log",
    size: 1,
    write: (_, byte) => {
      if (begun === 0) {
        // It is asked for where the run ends: the count is exact there.
        cpu.requestStop();
        begun = performance.now();
        return;
      }
      if (sent.length === 0) ended = performance.now();
      sent.push(byte);
    },
  });
  ports.addSubregion(0xe9, log);
  let isDone = false;
  const exit = machine.mmio({
    name: "exit",
    size: 1,
    write: () => {
      isDone = true;
      cpu.requestStop();
    },
  });
  ports.addSubregion(0xf4, exit);
  const cpu: X86Cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(ports, "I/O"),
    acknowledgeInterrupt: () => 0,
    ...(isTranslated ? translator({ memory }) : {}),
  });
  cpu.reset();
  while (!isDone && cpu.instructionCount < LIMIT && !cpu.shutdown && !cpu.halted) {
    cpu.run(1_000_000);
    if (begun !== 0 && first === 0) first = cpu.instructionCount;
  }
  if (!isDone) throw new Error(`it ends nowhere: ${cpu.formatRegisters()}`);
  const checksum = new DataView(Uint8Array.from(sent).buffer).getUint32(0, true);
  return { checksum, milliseconds: ended - begun, instructions: cpu.instructionCount - first };
}
