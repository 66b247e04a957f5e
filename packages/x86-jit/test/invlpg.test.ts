import { Machine } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { describe, expect, it } from "vitest";
import { translator } from "../src/index.js";
import { flatGuest } from "./support/flat-guest.js";

const TABLE = 0x11000;
const CODE = 0x1000;
const OTHER_CODE = 0x30000;
const DATA = 0x40000;
const ROUNDS = 500;

const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);

/** ECX times: ESI to the table's entry of `page`, INVLPG of it, `body`; ESI and EDI are exchanged. */
function program(page: number, body: readonly number[]): number[] {
  const loop = [
    ...[0x89, 0x35, ...word(TABLE + 4 * (page >> 12))],
    ...[0x0f, 0x01, 0x3d, ...word(page)],
    ...body,
    ...[0x87, 0xfe, 0x49],
  ];
  return [...loop, 0x75, -(loop.length + 2) & 0xff, 0xf4];
}

/** A processor with paging, whose ESI and EDI are entries of the two pages that `page` may show. */
function guest(code: readonly number[], pages: readonly [number, number], threshold: number) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 32n });
  const ram = machine.ram({ name: "ram", size: 1 << 20, memory, memoryOffset: 1 << 20 });
  system.addSubregion(0, ram);
  const translation = translator({ memory, threshold, batch: 1, patience: 1 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(machine.container({ name: "ports", size: 0x10000 }), "ports"),
    acknowledgeInterrupt: () => 0,
    ...translation,
  });
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(TABLE - 0x1000, TABLE | 7, true);
  for (let page = 0; page < 256; page++) view.setUint32(TABLE + 4 * page, (page << 12) | 7, true);
  bytes.set(code, CODE);
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...data, selector: 8, flags: 0xcf9b00 };
  const [esi, edi] = pages.map((page) => page | 7);
  const paging = { cr0: 0xe0000011, cr3: TABLE - 0x1000, cr4: 0x80 };
  const segments = { cs, ds: data, es: data, ss: data };
  cpu.setState({ ...paging, ...segments, eip: CODE, ecx: ROUNDS, edx: 0, esi, edi });
  return { cpu, bytes };
}

describe("INVLPG", () => {
  it("of a page of data lets the unit go on", () => {
    // again: invlpg [50000h]; inc eax; jmp again
    const { cpu, translator: made } = flatGuest([0x0f, 0x01, 0x3d, 0, 0, 5, 0, 0x40, 0xeb, 0xf6]);
    cpu.run(3000);
    expect(cpu.state().eax).toBe(1000);
    expect(made.counters.entries).toBeLessThan(10);
    expect(made.counters.interpreted).toBeLessThan(10);
    expect(made.counters.called).toBeGreaterThan(900);
  });

  it.each([1, 4, 65535])("shows what the page holds now, translated after %d runs", (threshold) => {
    // add eax, [the page]
    const code = program(DATA, [0x03, 0x05, ...word(DATA)]);
    const { cpu, bytes } = guest(code, [DATA, DATA + 0x1000], threshold);
    bytes[DATA] = 1;
    bytes[DATA + 0x1001] = 1;
    cpu.run(10 * ROUNDS);
    expect(cpu.state()).toMatchObject({ ecx: 0, eax: (ROUNDS / 2) * 0x101 });
  });

  it.each([1, 4, 65535])(
    "of the code's own page leads to other code, after %d runs",
    (threshold) => {
      // inc edx in one page, inc ebx in the other
      const { cpu, bytes } = guest(program(CODE, [0x42]), [OTHER_CODE, CODE], threshold);
      bytes.set(program(CODE, [0x43]), OTHER_CODE);
      cpu.run(10 * ROUNDS);
      expect(cpu.state()).toMatchObject({ ecx: 0, edx: ROUNDS / 2, ebx: ROUNDS / 2 });
    },
  );
});
