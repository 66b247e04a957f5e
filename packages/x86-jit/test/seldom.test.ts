import { describe, expect, it } from "vitest";
import { areEqual } from "./lockstep/compare.js";
import { type FlatGuest, flatGuest } from "./support/flat-guest.js";

/** Nothing, flat code as selector 8, flat data as 10h, and 64 KiB of data as 18h. */
const GDT = [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0x40, 0],
];

/** The same code translated, and never. */
function both(code: readonly number[]): readonly [FlatGuest, FlatGuest] {
  const guests = [4, 65535].map((threshold) => flatGuest(code, { translation: { threshold } }));
  for (const { cpu, ram } of guests) {
    for (let k = 0; k < 256; k++) ram.ramBytes()[0x4000 + k] = 255 - k;
    ram.ramBytes().set(GDT, 0x500);
    cpu.setState({ ebx: 0x4000, ecx: 0x8000_0001, edx: 0x1234_5678, esi: 5, edi: 6, ebp: 7 });
    cpu.setState({ gdtr: { base: 0x500, limit: GDT.length - 1 } });
  }
  const [translated, interpreted] = guests;
  if (translated === undefined || interpreted === undefined) throw new Error("two were made");
  return [translated, interpreted];
}

function expectSame([translated, interpreted]: readonly [FlatGuest, FlatGuest]): void {
  expect(translated.cpu.state()).toEqual(interpreted.cpu.state());
  expect(areEqual(translated.ram.ramBytes(), interpreted.ram.ramBytes())).toBe(true);
}

/** So far away that the interpreter takes it for a jump. */
const FAR = Array.from({ length: 16 }, () => 0x90);

describe("what code has seldom", () => {
  it.each([
    ["PUSHA and POPA", [0x60, 0x83, 0x2c, 0x24, 0x03, 0x83, 0x6c, 0x24, 0x18, 0x05, 0x61]],
    ["PUSH of segment registers", [0x0e, 0x1e, 0x06, 0x16, 0x0f, 0xa0, 0x0f, 0xa8, 0x83, 0xc4, 24]],
    ["MOV of segment registers", [0x8c, 0xd8, 0x66, 0x8c, 0xca, 0x8c, 0x53, 0x40]],
    // mov eax, ds; mov es, eax; push ds; pop fs; push es; pop ds; mov [ebx], ds; mov gs, [ebx]
    [
      "loads of segment registers",
      [0x8c, 0xd8, 0x8e, 0xc0, 0x1e, 0x0f, 0xa1, 0x06, 0x1f, 0x8c, 0x1b, 0x8e, 0x2b],
    ],
    ["XLAT", [0xd7, 0x2e, 0xd7, 0x04, 0x03]],
    ["ENTER and LEAVE", [0xc8, 0x20, 0, 0, 0x01, 0x4d, 0xfc, 0x83, 0x45, 0xf0, 0x05, 0xc9]],
    ["DAA and DAS", [0x04, 0x17, 0x27, 0x01, 0xc2, 0x2c, 0x35, 0x2f, 0x83, 0xd2, 0x00]],
    ["AAA and AAS", [0x04, 0x17, 0x37, 0x01, 0xc2, 0x2c, 0x35, 0x3f, 0x83, 0xd2, 0x00]],
    ["AAM and AAD", [0x04, 0x17, 0xd4, 0x0a, 0x01, 0xc2, 0xd5, 0xf3, 0x83, 0xd2, 0x00]],
    ["RCL and RCR by one", [0xd1, 0xd1, 0xd1, 0xda, 0x66, 0xd1, 0xd6, 0xd0, 0x1b, 0x11, 0xd0]],
  ])("is translated: %s", (_, body) => {
    // again: the body; jmp again
    const guests = both([...body, 0xeb, -(body.length + 2) & 0xff]);
    for (const { cpu } of guests) cpu.run(5003);
    expectSame(guests);
    const { counters } = guests[0].translator;
    expect(counters).toMatchObject({ called: 0, units: 1 });
    expect(counters.interpreted).toBeLessThan(3);
  });

  it.each([
    // push 18h; pop es; inc eax; push ds; pop es; dec edx; jmp again
    ["is another", [0x6a, 0x18, 0x07, 0x40, 0x1e, 0x07, 0x4a, 0xeb, 0xf7]],
    // push 0; pop ds; inc eax; push 10h; pop ds; dec edx; jmp again
    ["is another, as a segment is null", [0x6a, 0, 0x1f, 0x40, 0x6a, 0x10, 0x1f, 0x4a, 0xeb, 0xf6]],
    // mov es, [ebx]; inc eax; jmp again: the selector is beyond the table, and so is everything: it shuts down
    ["faults", [0x8e, 0x03, 0x40, 0xeb, 0xfb]],
  ])("loads segments where the mode %s, exactly", (_, code) => {
    const guests = both(code);
    for (let count = 1; count < 400; count++) {
      const [one, other] = guests.map(({ cpu }) => cpu.run(count % 23));
      expect(one).toBe(other);
      expectSame(guests);
    }
  });

  it.each([
    // call f; inc ecx; call f; jmp again; f: inc eax; ret: f is hot before the rest, and has a unit of its own
    ["to either call", [0xe8, 8, 0, 0, 0, 0x41, 0xe8, 2, 0, 0, 0, 0xeb, 0xf3, 0x40, 0xc3], 6],
    // call f; inc ecx; inc edx; jmp again; f: inc dword [esp]; ret
    ["elsewhere", [0xe8, 20, 0, 0, 0, 0x41, 0x42, 0xeb, 0xf7, ...FAR, 0xff, 0x04, 0x24, 0xc3], 6],
    // call f; jmp again; f: call g; ret; g: inc eax; ret: the interpreter takes neither call for a jump
    [
      "so near that nobody counts the calls",
      [0xe8, 2, 0, 0, 0, 0xeb, 0xf9, 0xe8, 1, 0, 0, 0, 0xc3, 0x40, 0xc3],
      6,
    ],
    // call f; jmp again; f: test al, 1; jz g; ret; g: inc eax; jmp f, whose return is within a loop
    [
      "from a loop",
      [0xe8, 4, 0, 0, 0, 0x42, 0xeb, 0xf8, 0x90, 0xa8, 1, 0x74, 3, 0x34, 1, 0xc3, 0x40, 0xeb, 0xf6],
      9,
    ],
  ])("has functions in the units that call them, which return %s", (_, code, instructions) => {
    const guests = both(code);
    for (const { cpu } of guests) cpu.run(20_000);
    expectSame(guests);
    const { translator } = guests[0];
    expect(Math.max(...translator.units().map((unit) => unit.instructions))).toBe(instructions);
    expect(translator.counters.entries).toBeLessThan(10);
    for (let count = 1; count < 30; count++) {
      for (const { cpu } of guests) expect(cpu.run(101 + count)).toBe(101 + count);
      expectSame(guests);
    }
  });

  it.each([4, 65535])("tells of PAUSE where it is, translated after %d runs", (threshold) => {
    const counts: number[] = [];
    // again: inc eax; pause; repne nop; jmp again
    const guest = flatGuest([0x40, 0xf3, 0x90, 0xf2, 0x90, 0xeb, 0xf9], {
      translation: { threshold },
      pause: ({ cpu }) => {
        counts.push(cpu.instructionCount);
        if (counts.length % 7 === 0) cpu.requestStop();
      },
    });
    const ran = Array.from({ length: 30 }, () => guest.cpu.run(1000));
    // It is the second of four, and ends the run behind itself.
    expect(ran).toEqual([26, ...Array.from({ length: 29 }, () => 28)]);
    expect(counts.length).toBe(210);
    expect(counts.every((count, k) => count === 2 + 4 * k)).toBe(true);
    expect(guest.cpu.state().eax).toBe(210);
  });

  it("takes PAUSE for a NOP where nobody is told", () => {
    const guests = both([0x40, 0xf3, 0x90, 0xeb, 0xfb]);
    for (const { cpu } of guests) expect(cpu.run(5000)).toBe(5000);
    expectSame(guests);
    expect(guests[0].translator.counters.called).toBe(0);
  });

  it("lets units go on behind an access that is the interpreter's", () => {
    // again: mov eax, [2fff], which lies in two pages; inc ecx; jmp again
    const guests = both([0xa1, 0xff, 0x2f, 0, 0, 0x41, 0xeb, 0xf8]);
    for (const { cpu } of guests) cpu.run(9000);
    expectSame(guests);
    const { counters } = guests[0].translator;
    expect(counters.interpreted).toBeGreaterThan(2900);
    expect(counters.entries).toBeLessThan(20);
  });

  it("ends the run at an access that is the interpreter's, exactly", () => {
    const guests = both([0xa1, 0xff, 0x2f, 0, 0, 0x41, 0xeb, 0xf8]);
    for (let count = 1; count < 20; count++) {
      for (const { cpu } of guests) expect(cpu.run(count)).toBe(count);
      expectSame(guests);
    }
  });
});

describe("RDTSCP", () => {
  it("is executed in the midst of a unit", () => {
    // again: rdtscp; inc ebx; jmp again
    const { cpu, translator } = flatGuest([0x0f, 0x01, 0xf9, 0x43, 0xeb, 0xfa]);
    cpu.run(3000);
    expect(cpu.state()).toMatchObject({ ebx: 1000, ecx: 0 });
    expect(translator.counters.called).toBeGreaterThan(900);
    expect(translator.counters.interpreted).toBeLessThan(10);
  });
});
