import { Machine } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { translator } from "../src/index.js";
import { loops } from "./loops.js";
import { plainAlu, plainCrc, plainLoadStore, type PlainLoop } from "./plain.js";

/**
 * Nanoseconds for an instruction of translated loops, beside the interpreter's and those of the same
 * work as plain WebAssembly. Each is the least of many short runs, so that what else the machine
 * does counts little.
 */
const MILLISECONDS = 1500;
const SLICE = 100_000;

const plain = new Map<string, () => PlainLoop>([
  ["alu", plainAlu],
  ["loadstore", plainLoadStore],
  ["crc", plainCrc],
]);

function processor(code: readonly number[], isTranslated: boolean): X86Cpu {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 256 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 1n << 32n });
  const ram = machine.ram({ name: "ram", size: 4 << 20, memory, memoryOffset: 1 << 20 });
  system.addSubregion(0, ram);
  const ports = machine.container({ name: "ports", size: 1 << 16 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(ports, "I/O"),
    acknowledgeInterrupt: () => 0,
    ...(isTranslated ? translator({ memory }) : {}),
  });
  ram.ramBytes().set(code, 0x100000);
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...data, selector: 8, flags: 0xcf9b00 };
  cpu.setState({
    cr0: 0x60000011,
    cr4: 0x600,
    cs,
    ds: data,
    es: data,
    ss: data,
    eip: 0x100000,
    esp: 0x80000,
  });
  return cpu;
}

/** The least time of a slice, in nanoseconds for one of what `run` answers a count of. */
function least(run: () => number): number {
  const end = performance.now() + MILLISECONDS;
  let best = Infinity;
  while (performance.now() < end) {
    const from = performance.now();
    const count = run();
    best = Math.min(best, ((performance.now() - from) * 1e6) / count);
  }
  return best;
}

console.log("loop        translated  interpreted  plain wasm   ns an instruction");
for (const { name, code } of loops) {
  const fast = processor(code, true);
  const slow = processor(code, false);
  const columns = [least(() => fast.run(SLICE)), least(() => slow.run(SLICE))];
  const make = plain.get(name);
  if (make !== undefined) {
    const loop = make();
    columns.push(least(() => (loop.run(SLICE / 10), (SLICE / 10) * loop.instructions)));
  }
  console.log(name.padEnd(10) + columns.map((ns) => ns.toFixed(3).padStart(12)).join(""));
}
