import { describe, expect, it } from "vitest";
import { flatGuest } from "./support/flat-guest.js";
import { CODE, PAGE, pagedGuest, word } from "./support/paged-guest.js";

const DIRECTORY = 0x10000;
const TABLE = DIRECTORY + PAGE;
const OTHER_CODE = 0x30000;
const DATA = 0x40000;
const ROUNDS = 500;

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

/** A processor whose ESI and EDI are entries of the two pages that `page` may show. */
function guest(code: readonly number[], pages: readonly [number, number], threshold: number) {
  const made = pagedGuest(code, [DIRECTORY], threshold);
  const [esi, edi] = pages.map((page) => page | 7);
  made.cpu.setState({ eax: 0, ebx: 0, ecx: ROUNDS, edx: 0, esi, edi });
  return made;
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
    const { cpu, bytes } = guest(code, [DATA, DATA + PAGE], threshold);
    bytes[DATA] = 1;
    bytes[DATA + PAGE + 1] = 1;
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

  // The second page: in the midst of the address space, and where addresses are negative as 32-bit numbers.
  it.each([
    [0x400000, 1],
    [0x80000000, 1],
    [0x80000000, 4],
    [0x80000000, 65535],
  ])(
    "of the page in which an instruction ends, at %i, leads to its other end, after %d runs",
    (page, threshold) => {
      const [first, second] = [0x20000, 0x30000];
      const entry = (linear: number): number => TABLE + 4 * ((linear >>> 12) & 0x3ff);
      const made = guest([], [second, second + PAGE], threshold);
      const { cpu, bytes } = made;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (const [linear, memory] of [
        [page - PAGE, first],
        [page, second],
      ]) {
        view.setUint32(DIRECTORY + 4 * (linear >>> 22), TABLE | 7, true);
        view.setUint32(entry(linear), memory | 7, true);
      }
      // add edx, 1 or 10001h, of which the last two bytes are in the second page
      const head = [
        ...[0x89, 0x35, ...word(entry(page)), 0x0f, 0x01, 0x3d, ...word(page)],
        ...[0x81, 0xc2, 1, 0],
      ];
      bytes.set(head, first + PAGE - head.length);
      for (const k of [0, 1]) {
        const tail = [k, 0, 0x87, 0xfe, 0x49];
        const loop = [...tail, 0x75, -(head.length + tail.length + 2) & 0xff, 0xf4];
        bytes.set(loop, second + k * PAGE);
      }
      cpu.setState({ eip: page - head.length });
      cpu.run(7 * ROUNDS);
      expect(cpu.state()).toMatchObject({ ecx: 0, edx: (ROUNDS / 2) * 0x10002 });
    },
  );
});
