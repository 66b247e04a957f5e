import { Machine } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { translator } from "../src/index.js";
import { type LongLoop, longLoops } from "./long-loops.js";
import { accesses, loops } from "./loops.js";
import { plainAlu, plainCrc, plainLoadStore, type PlainLoop } from "./plain.js";

/**
 * Nanoseconds for an instruction of translated loops, beside the interpreter's and those of the same
 * work as plain WebAssembly. Each is the least of many short runs, so that what else the machine
 * does counts little.
 */
/** Time of processors that each takes: on a busy host that of the wall is not enough to compile. */
const MILLISECONDS = 1500;
const SLICE = 100_000;

const plain = new Map<string, () => PlainLoop>([
  ["alu", plainAlu],
  ["loadstore", plainLoadStore],
  ["crc", plainCrc],
]);

function processor(isTranslated: boolean): { cpu: X86Cpu; bytes: Uint8Array } {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 256 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 1n << 32n });
  const ram = machine.ram({ name: "ram", size: 4 << 20, memory, memoryOffset: 1 << 20 });
  system.addSubregion(0, ram);
  let written = 0;
  const device = (name: string, size: number) =>
    machine.mmio({ name, size, read: () => written, write: (_, value) => void (written = value) });
  system.addSubregion(0xa0000, device("device", 0x1000), { priority: 1 });
  const ports = device("ports", 1 << 16);
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(ports, "I/O"),
    acknowledgeInterrupt: () => 0,
    ...(isTranslated ? translator({ memory }) : {}),
  });
  return { cpu, bytes: ram.ramBytes() };
}

const FLAT = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };

/** A processor in protected mode. */
function flatProcessor(code: readonly number[], isTranslated: boolean): X86Cpu {
  const { cpu, bytes } = processor(isTranslated);
  bytes.set(code, 0x100000);
  cpu.setState({
    cr0: 0x60000011,
    cr4: 0x600,
    cs: { ...FLAT, selector: 8, flags: 0xcf9b00 },
    ds: FLAT,
    es: FLAT,
    ss: FLAT,
    eip: 0x100000,
    esp: 0x80000,
  });
  return cpu;
}

/** A processor in long mode, all memory mapped as it is; GS begins at 0x20000. */
function longProcessor({ pieces }: LongLoop, isTranslated: boolean): X86Cpu {
  const { cpu, bytes } = processor(isTranslated);
  for (const [offset, text] of pieces) {
    const code = (text.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
    bytes.set(code, 0x100000 + offset);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0x10000, 0x11007, true);
  view.setUint32(0x11000, 0x12007, true);
  view.setUint32(0x12000, 0x87, true);
  view.setUint32(0x12008, 0x200087, true);
  cpu.setState({
    cr0: 0x80000031,
    cr3: 0x10000,
    cr4: 0x6a0,
    efer: 0x100,
    cs: { ...FLAT, selector: 8, flags: 0xaf9b00 },
    ds: FLAT,
    es: FLAT,
    ss: FLAT,
    gs: { ...FLAT, base: 0x20000 },
    eip: 0x100000,
    esp: 0x80000,
  });
  return cpu;
}

/** The least time of a slice, in nanoseconds for one of what `run` answers a count of. */
function least(run: () => number): number {
  const begun = process.cpuUsage();
  const spent = (): number => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
  let best = Infinity;
  while (spent() < MILLISECONDS) {
    const from = performance.now();
    const count = run();
    best = Math.min(best, ((performance.now() - from) * 1e6) / count);
  }
  return best;
}

/** Loops that are wanted: MEM_LOOPS names some. */
const wanted = process.env["MEM_LOOPS"]?.split(",");
const isWanted = ({ name }: { readonly name: string }): boolean => wanted?.includes(name) ?? true;

function row(name: string, columns: readonly number[]): void {
  console.log(name.padEnd(10) + columns.map((ns) => ns.toFixed(3).padStart(12)).join(""));
}

console.log("loop        translated  interpreted  plain wasm   ns an instruction");
for (const { name, code } of loops.filter(isWanted)) {
  const fast = flatProcessor(code, true);
  const slow = flatProcessor(code, false);
  const columns = [least(() => fast.run(SLICE)), least(() => slow.run(SLICE))];
  const make = plain.get(name);
  if (make !== undefined) {
    const loop = make();
    columns.push(least(() => (loop.run(SLICE / 10), (SLICE / 10) * loop.instructions)));
  }
  row(name, columns);
}
console.log("access      translated  interpreted   ns an access, jump and all");
for (const { name, code } of accesses.filter(isWanted)) {
  const fast = flatProcessor(code, true);
  const slow = flatProcessor(code, false);
  row(
    name,
    [fast, slow].map((cpu) => least(() => cpu.run(SLICE) / 2)),
  );
}
console.log("64 bits     translated  interpreted   ns an instruction");
for (const loop of longLoops.filter(isWanted)) {
  const fast = longProcessor(loop, true);
  const slow = longProcessor(loop, false);
  row(loop.name, [least(() => fast.run(SLICE)), least(() => slow.run(SLICE))]);
}
