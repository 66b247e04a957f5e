import { describe, expect, it } from "vitest";
import { type GuestPair, guestPair, runSame } from "./support/both-engines.js";
import { flatGuest } from "./support/flat-guest.js";

const GDT = 0x500;
/** Another table, 18h of which has another base. */
const OTHER_GDT = 0x580;
/** Operands of LGDT for either, and for one that ends before 18h. */
const POINTERS = 0x600;
/** Offset 0 of segment 18h. */
const FAR_POINTER = 0x620;
const DATA = 0x18;
const dword = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
/** Nothing, flat code as 8, flat data as 10h, and data from a base on as 18h. */
const table = (base: number): number[] => [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0, 0xff, 0xff, base & 0xff, base >> 8, 0, 0x92, 0x40, 0],
];
const pointer = (limit: number, base: number): number[] => [limit, 0, ...dword(base)];

/** mov es, ecx; push fs; pop fs; add eax, es:[ebx]; the rest; jmp to the beginning */
function code(rest: readonly number[]): number[] {
  const body = [0x8e, 0xc1, 0x0f, 0xa0, 0x0f, 0xa1, 0x26, 0x03, 0x03, ...rest];
  return [...body, 0xe9, ...dword(-(body.length + 5))];
}
/** test edx, 7fh; jnz over; what is done every 128th time; inc edx */
const atTimes = (...what: number[]): number[] => [
  ...[0xf7, 0xc2, ...dword(0x7f), 0x75, what.length, ...what, 0x42],
];

/** The same code translated, and never. */
function both(rest: readonly number[]): GuestPair {
  return guestPair((threshold) => {
    const guest = flatGuest(code(rest), { translation: { threshold } });
    const bytes = guest.ram.ramBytes();
    bytes.set(table(0x100), GDT);
    bytes.set(table(0x300), OTHER_GDT);
    [pointer(31, GDT), pointer(31, OTHER_GDT), pointer(23, GDT)].forEach((p, k) => {
      bytes.set(p, POINTERS + 8 * k);
    });
    bytes.set([...dword(0), DATA, 0], FAR_POINTER);
    for (let k = 0; k < 0x1000; k++) bytes[0x4000 + k] = k >> 3;
    guest.cpu.setState({ ebx: 0x4000, ecx: DATA, edx: 1, gdtr: { base: GDT, limit: 31 } });
    guest.cpu.setState({ fs: { selector: DATA, base: 0x100, limit: 0xffff, flags: 0x409300 } });
    return guest;
  });
}

describe("a segment register that is loaded again", () => {
  it.each([
    ["the same descriptor", []],
    // inc byte [GDT + 1ah]: the base; inc word [GDT + 18h]: the limit
    ["a descriptor that changes", atTimes(0xfe, 0x05, ...dword(GDT + DATA + 2))],
    ["one whose limit changes", atTimes(0x66, 0xff, 0x05, ...dword(GDT + DATA))],
    // xor byte [GDT + 1dh], 1
    ["one whose accessed bit is cleared", atTimes(0x80, 0x35, ...dword(GDT + DATA + 5), 1)],
    // xor byte [GDT + 1dh], 80h: #NP, and without a table of interrupts it shuts down
    ["one that goes", atTimes(0x80, 0x35, ...dword(GDT + DATA + 5), 0x80)],
    // lgdt [the pointers + (edx >> 7 & 1) * 8], by way of esi
    [
      "another table",
      atTimes(0x89, 0xd6, 0xc1, 0xee, 4, 0x83, 0xe6, 8, 0x0f, 0x01, 0x96, ...dword(POINTERS)),
    ],
    ["a table that ends before", atTimes(0x0f, 0x01, 0x15, ...dword(POINTERS + 16))],
    // xor ecx, 8: 10h and 18h in turns; or a null selector
    // xor byte [GDT + 1ah], 40h; les esi, [the far pointer]; the first of these again
    [
      "a descriptor that was another one at the last load",
      atTimes(
        ...[0x80, 0x35, ...dword(GDT + DATA + 2), 0x40, 0xc4, 0x35, ...dword(FAR_POINTER)],
        ...[0x80, 0x35, ...dword(GDT + DATA + 2), 0x40],
      ),
    ],
    ["another selector", atTimes(0x83, 0xf1, 0x08)],
    ["a null selector at times", atTimes(0x83, 0xf1, DATA)],
  ])("has what the interpreter loads: %s", (_, rest) => {
    const guests = both(rest);
    runSame(guests, 600);
    expect(guests[0].translator.counters.units).toBeGreaterThan(0);
  });

  it("has it after the host has set its hidden part", () => {
    const guests = both([]);
    for (let round = 1; round < 6; round++) {
      runSame(guests, 60);
      for (const { cpu } of guests) {
        cpu.setState({
          es: { selector: DATA, base: 0x10 * round, limit: 0xffff, flags: 0x409300 },
        });
      }
    }
    runSame(guests, 60);
    expect(guests[0].cpu.state().es.base).toBe(0x100);
  });
});
