import { Machine } from "@mem/flat";
import { X86Cpu } from "../src/index.js";
import { programs } from "./programs.js";

/**
 * Instructions a second of hand-assembled loops, on RAM of a real address space. The limit is V8's
 * own: the same arithmetic, memory accesses and jumps as a plain JavaScript loop over a typed array.
 */
const ROUNDS = 5;

function build(code: readonly number[]): { cpu: X86Cpu; start(): void } {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 1n << 32n });
  const ram = machine.ram({ name: "ram", size: 16 << 20 });
  system.addSubregion(0, ram);
  const ports = machine.container({ name: "io", size: 1 << 16 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "cpu-memory"),
    io: machine.addressSpace(ports, "I/O"),
    acknowledgeInterrupt: () => 0,
  });
  const start = (): void => {
    ram.ramBytes().set(code, 0x7c00);
    cpu.reset();
    cpu.setState({
      cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 },
      eip: 0x7c00,
      esp: 0x7000,
    });
  };
  return { cpu, start };
}

for (const program of programs) {
  const { cpu, start } = build(program.code);
  let best = Infinity;
  let limit = Infinity;
  let instructions = 0;
  for (let round = 0; round < ROUNDS; round++) {
    start();
    const from = performance.now();
    instructions = 0;
    while (!cpu.halted && !cpu.shutdown) instructions += cpu.run(1_000_000);
    best = Math.min(best, performance.now() - from);
    const limitFrom = performance.now();
    program.limit();
    limit = Math.min(limit, performance.now() - limitFrom);
  }
  const mips = instructions / best / 1000;
  console.log(
    `${program.name}: ${mips.toFixed(1)} million instructions/s ` +
      `(${(1000 / mips).toFixed(1)} ns each), ${(best / limit).toFixed(1)} times a plain JS loop`,
  );
}
