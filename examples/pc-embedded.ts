/**
 * Runs the PC inside a program: its serial line and its disk are objects of the program.
 *
 * The firmware that comes with the package prints its tour and gives a prompt; the program types at
 * it. In a page the same lines run in a worker.
 */
import {
  embeddedFirmware,
  InstructionClock,
  MemoryBackend,
  MemoryImage,
  PcMachine,
} from "@mem/pc-machine";

const lines: string[] = [];
const serial = new MemoryBackend((line) => lines.push(line));
const pc = new PcMachine({
  ramSize: 32 * 2 ** 20,
  bios: embeddedFirmware(),
  accel: "jit",
  clock: new InstructionClock(),
  serial: [serial],
  disks: [{ kind: "disk", backend: new MemoryImage(2 ** 20) }],
});

pc.step(1_500_000);
serial.send("d f0000 16\r");
pc.step(500_000);
console.log(lines.slice(-4).join("\n"));
console.log(String(pc));
pc.dispose();
