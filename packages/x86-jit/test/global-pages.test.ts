import { Machine } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { expect, it } from "vitest";
import { translator } from "../src/index.js";

const DIRECTORIES = [0x10000, 0x12000] as const;
const LOCAL = 0x40000;
const GLOBAL = 0x50000;
const PAGE = 0x1000;
const ROUNDS = 1000;

const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);

/** ECX times: ESI to CR3, the pages' words to EAX and EBX; EDI to CR3, to EDX and EBP. */
const PROGRAM = [
  [0x0f, 0x22, 0xde],
  [0xa1, ...word(GLOBAL)],
  [0x8b, 0x1d, ...word(LOCAL)],
  [0x0f, 0x22, 0xdf],
  [0x8b, 0x15, ...word(GLOBAL)],
  [0x8b, 0x2d, ...word(LOCAL)],
  [0x49],
  [0x75, 0xe0],
  [0xf4],
].flat();

/** ECX times: ESI to CR3, a call of the page at LOCAL; EDI to CR3, the same. */
const CALLS = [
  [0x0f, 0x22, 0xde],
  [0xe8, ...word(LOCAL - PAGE - 8)],
  [0x0f, 0x22, 0xdf],
  [0xe8, ...word(LOCAL - PAGE - 16)],
  [0x49],
  [0x75, 0xed],
  [0xf4],
].flat();

/** A processor with two address spaces, whose pages at LOCAL and GLOBAL differ. */
function guest(program = PROGRAM) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 32n });
  const ram = machine.ram({ name: "ram", size: 1 << 20, memory, memoryOffset: 1 << 20 });
  system.addSubregion(0, ram);
  const translation = translator({ memory, threshold: 4, batch: 1, patience: 1 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(machine.container({ name: "ports", size: 0x10000 }), "ports"),
    acknowledgeInterrupt: () => 0,
    ...translation,
  });
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  DIRECTORIES.forEach((directory, k) => {
    const table = directory + PAGE;
    view.setUint32(directory, table | 7, true);
    for (let page = 0; page < 256; page++) view.setUint32(table + 4 * page, (page << 12) | 7, true);
    view.setUint32(table + 4 * (LOCAL >> 12), (LOCAL + k * PAGE) | 7, true);
    view.setUint32(table + 4 * (GLOBAL >> 12), (GLOBAL + k * PAGE) | 0x107, true);
    view.setUint32(LOCAL + k * PAGE, 0x10 + k, true);
    view.setUint32(GLOBAL + k * PAGE, 0x20 + k, true);
  });
  bytes.set(program, 0x1000);
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...data, selector: 8, flags: 0xcf9b00 };
  const [esi, edi] = DIRECTORIES;
  const paging = { cr0: 0xe0000011, cr3: esi, cr4: 0x80 };
  cpu.setState({ ...paging, cs, ds: data, es: data, ss: data, eip: 0x1000, ecx: ROUNDS, esi, edi });
  return { cpu, bytes, counters: translation.translator.counters };
}

it("a load of CR3 leaves what units know of global pages, and takes the others", () => {
  const { cpu, counters } = guest();
  cpu.run(10 * ROUNDS);
  expect(cpu.state()).toMatchObject({ ecx: 0, eax: 0x20, ebx: 0x10, edx: 0x20, ebp: 0x11 });
  expect(counters.interpreted).toBeGreaterThan(ROUNDS);
  // Of the four words of a round two are looked up anew.
  expect(counters.misses).toBeGreaterThan(1.8 * ROUNDS);
  expect(counters.misses).toBeLessThan(2.1 * ROUNDS);
});

it("without global pages in CR4 a load of CR3 takes all", () => {
  const { cpu } = guest();
  cpu.setState({ ...cpu.state(), cr4: 0 });
  cpu.run(10 * ROUNDS);
  expect(cpu.state()).toMatchObject({ ecx: 0, eax: 0x20, ebx: 0x10, edx: 0x21, ebp: 0x11 });
});

it("runs the code of each address space, though both have units at the same address", () => {
  const { cpu, bytes } = guest(CALLS);
  // add eax, 1; test eax, eax; js, never; ret: and the same of EBX
  bytes.set([0x83, 0xc0, 0x01, 0x85, 0xc0, 0x78, 0xfe, 0xc3], LOCAL);
  bytes.set([0x83, 0xc3, 0x01, 0x85, 0xdb, 0x78, 0xfe, 0xc3], LOCAL + PAGE);
  cpu.setState({ eax: 0, ebx: 0, esp: 0x8000 });
  cpu.run(20 * ROUNDS);
  expect(cpu.state()).toMatchObject({ ecx: 0, eax: ROUNDS, ebx: ROUNDS });
});
