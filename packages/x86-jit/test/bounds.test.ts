import { Machine, type MemoryRegion } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { describe, expect, it } from "vitest";
import { type Translator, translator } from "../src/index.js";

/** Rounds of each guest; `MEM_JIT_SECONDS=600` goes on for so long, and looks at the process's memory. */
const { process } = globalThis as {
  process?: { env: Record<string, string | undefined>; memoryUsage(): { rss: number } };
};
const seconds = Number(process?.env["MEM_JIT_SECONDS"] ?? 0);
const ROUNDS = 8;
const LONG = 2 ** 30;
/** Bytes that the process may grow by after a quarter of the time, garbage included. */
const GROWTH = 96 << 20;

interface Guest {
  readonly cpu: X86Cpu;
  readonly ram: MemoryRegion;
  readonly translator: Translator;
}

/** A flat 32-bit processor, with paging that shows each address at itself. */
function guest(): Guest {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 32n });
  const ram = machine.ram({ name: "ram", size: 1 << 20, memory, memoryOffset: 1 << 20 });
  system.addSubregion(0, ram);
  const ports = machine.container({ name: "ports", size: 0x10000 });
  const translation = translator({ memory, threshold: 4, batch: 4, patience: 8 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(ports, "ports"),
    acknowledgeInterrupt: () => 0,
    ...translation,
  });
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(DIRECTORY, TABLE | 7, true);
  for (let page = 0; page < 256; page++) view.setUint32(TABLE + 4 * page, (page << 12) | 7, true);
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...data, selector: 8, flags: 0xcf9b00 };
  const paging = { cr0: 0xe0000011, cr3: DIRECTORY };
  cpu.setState({ ...paging, cs, ds: data, es: data, ss: data, eip: 0x1000, esp: 0x8000 });
  return { cpu, ram, translator: translation.translator };
}

const DIRECTORY = 0x10000;
const TABLE = 0x11000;

const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);

/** Has a guest run for long, and looks at what the translator keeps. */
function soak({ cpu, translator: t }: Guest): void {
  const end = Date.now() + 1000 * seconds;
  const quarter = Date.now() + 250 * seconds;
  let level = 0;
  for (let round = 0; round < ROUNDS || Date.now() < end; round++) {
    cpu.run(20_000);
    if (level === 0 && Date.now() > quarter) level = process?.memoryUsage().rss ?? 0;
  }
  expect(t.counters.modules).toBeLessThan(100);
  expect(t.units().length).toBeLessThan(1000);
  if (seconds === 0) return;
  const rss = process?.memoryUsage().rss ?? 0;
  console.log(`${t.counters.dropped} units dropped, ${level >> 20} MiB, then ${rss >> 20} MiB`);
  expect(rss - level).toBeLessThan(GROWTH);
}

describe("a guest cannot make the translator grow", () => {
  it("by changing its code", { timeout: LONG }, () => {
    const made = guest();
    const { cpu, ram, translator: t } = made;
    // 64 functions of a page each: add eax, n; ret. again: inc byte [n of one of them]; call it; ...
    const functions = 64;
    const code: number[] = [];
    for (let k = 0; k < functions; k++) {
      const at = 0x20000 + k * 0x1000;
      ram.ramBytes().set([0x05, ...word(k), 0xc3], at);
      for (let calls = 0; calls < 12; calls++) {
        code.push(0xe8, ...word(at - (0x1000 + code.length) - 5));
      }
      code.push(0xfe, 0x05, ...word(at + 1));
    }
    code.push(0xe9, ...word(-code.length - 5));
    ram.ramBytes().set(code, 0x1000);
    soak(made);
    expect(t.counters.dropped).toBeGreaterThan(20);
    expect(cpu.shutdown).toBe(false);
  });

  it("by changing its page tables", { timeout: LONG }, () => {
    const made = guest();
    const { cpu, ram } = made;
    const shown = 0x30000;
    const other = 0x31000;
    ram.ramBytes().set([0x83, 0xc3, 0x01, 0xc3], shown);
    ram.ramBytes().set([0x83, 0xc1, 0x01, 0xc3], other);
    // again: CR3 is loaded; the entry of a page changes; INVLPG; what it shows now is called.
    const code = [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8];
    code.push(0x81, 0x35, ...word(TABLE + 4 * (shown >> 12)), ...word(0x1000));
    code.push(0x0f, 0x01, 0x3d, ...word(shown));
    code.push(0xe8, ...word(shown - (0x1000 + code.length) - 5));
    code.push(0xe9, ...word(-code.length - 5));
    ram.ramBytes().set(code, 0x1000);
    soak(made);
    const { ebx, ecx } = cpu.state();
    expect(ebx).toBeGreaterThan(1000);
    expect(Math.abs(ecx - ebx)).toBeLessThanOrEqual(1);
  });
});
