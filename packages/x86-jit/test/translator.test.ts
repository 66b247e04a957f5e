import { ArgumentError } from "@mem/core";
import { describe, expect, it } from "vitest";
import {
  translator,
  TRANSLATOR_BYTES,
  type TranslatorOptions,
  whyNotTranslate,
} from "../src/index.js";
import { COUNT, type FlatGuest, flatGuest } from "./support/flat-guest.js";

/** A flat guest whose translator has these settings. */
const guest = (
  code: readonly number[],
  translation: Partial<TranslatorOptions> = {},
  elsewhere = false,
): FlatGuest => flatGuest(code, { translation, elsewhere });

describe("a translator", () => {
  it("can be had here", () => {
    expect(whyNotTranslate()).toBeNull();
  });

  it("wants room for its tables", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    expect(() => translator({ memory })).toThrow(String(TRANSLATOR_BYTES));
    const large = new WebAssembly.Memory({ initial: 64 });
    expect(() => translator({ memory: large, offset: 8 })).toThrow(ArgumentError);
  });

  it("runs exactly as many instructions as it is given", () => {
    const { cpu, translator: t } = guest(COUNT);
    let sum = 0;
    for (const count of [1, 2, 3, 50, 51, 1000, 1001, 7]) {
      expect(cpu.run(count)).toBe(count);
      sum += count;
      expect(cpu.state().eax).toBe(3 * Math.ceil(sum / 2));
    }
    expect(t.counters.entries).toBeGreaterThan(0);
  });

  it("notices that another writer changed code, if it is told", () => {
    const { cpu, ram, translator: t } = guest(COUNT);
    cpu.run(1000);
    cpu.setState({ eax: 0 });
    ram.ramBytes()[0x1002] = 5;
    t.stored(ram.ramBytes(), 0x1002, 1);
    cpu.run(1000);
    expect(cpu.state().eax).toBe(2500);
    ram.ramBytes()[0x1002] = 7;
    t.clear();
    cpu.setState({ eax: 0 });
    cpu.run(1000);
    expect(cpu.state().eax).toBe(3500);
  });

  it("notices that the guest changed code, from the unit that runs as well", () => {
    // again: inc byte [1009]; nop; add eax, 1; jmp again: the addend grows each round
    const code = [0xfe, 0x05, 0x09, 0x10, 0, 0, 0x90, 0x83, 0xc0, 0x00, 0xeb, 0xf4];
    const { cpu } = guest(code);
    cpu.run(4 * 100);
    expect(cpu.state().eax).toBe((100 * 101) / 2);
  });

  it("interprets accesses to RAM that lies elsewhere", () => {
    // again: inc dword [2000]; jmp again
    const { cpu, ram } = guest([0xff, 0x05, 0, 0x20, 0, 0, 0xeb, 0xf8], {}, true);
    cpu.run(1000);
    expect(
      new DataView(ram.ramBytes().buffer, ram.ramBytes().byteOffset).getUint32(0x2000, true),
    ).toBe(500);
  });

  it("keeps few units when it is told to", () => {
    // A hundred pieces in a ring: inc eax; jmp to the next.
    const code: number[] = [];
    for (let k = 0; k < 100; k++) {
      const back = k === 99 ? -99 * 32 : 32;
      const distance = back - 6;
      code.push(
        0x40,
        0xe9,
        ...[0, 8, 16, 24].map((s) => (distance >> s) & 255),
        ...Array(26).fill(0x90),
      );
    }
    const { cpu, translator: t } = guest(code, { units: 10, instructions: 2 });
    cpu.run(10_000);
    expect(cpu.state().eax).toBe(5000);
    expect(t.units().length).toBeLessThanOrEqual(10);
    expect(t.counters.clears).toBeGreaterThan(1);
  });

  it("tells of each unit its size, its runs and both its listings", () => {
    const { cpu, translator: t } = guest(COUNT, { countRuns: true, links: false });
    cpu.run(2000);
    const [unit] = t.units();
    expect(unit).toMatchObject({
      linear: 0x1000,
      bits: 32,
      isUser: false,
      instructions: 2,
      isCompiled: true,
    });
    expect(unit?.runs).toBe(t.counters.entries);
    const listing = t.listing(0x1000);
    expect(listing?.guest.map(({ address, text }) => `${address.toString(16)} ${text}`)).toEqual([
      "1000 addl     $3, %eax",
      "1003 jmp      0x1000",
    ]);
    expect(listing?.wasm).toMatch(/^\s*i32\.add$/m);
    expect(t.listing(0x1003)).toBeNull();
  });

  it("leaves out what a branch leads to that was never taken, and takes it up when it is", () => {
    // again: inc eax; cmp eax, 5000; jz there; jmp again; 1018: there: add ebx, 100; inc eax; jmp again
    const code = [0x40, 0x3d, 0x88, 0x13, 0, 0, 0x74, 0x10, 0xeb, 0xf6, ...Array(14).fill(0x90)];
    code.push(0x83, 0xc3, 0x64, 0x40, 0xeb, 0xe2);
    const { cpu, translator: t } = guest(code);
    cpu.run(4 * 4999);
    expect(t.units().map(({ linear, instructions }) => [linear, instructions])).toEqual([
      [0x1000, 4],
    ]);
    for (let k = 0; k < 10; k++) {
      cpu.run(3 + 3 + 4 * 9);
      expect(cpu.state()).toMatchObject({ eip: 0x1000, eax: 5010, ebx: 100 * (k + 1) });
      cpu.setState({ eax: 4999 });
    }
    expect(t.units().some(({ linear }) => linear === 0x1018)).toBe(true);
  });

  it("does not count runs unless it is told to", () => {
    const { cpu, translator: t } = guest(COUNT);
    cpu.run(2000);
    expect(t.units().map(({ runs }) => runs)).toEqual([null]);
  });

  it("goes from unit to unit by itself, unless links are off", () => {
    // again: call 1010; jmp again; 1010: inc eax; ret
    const code = [0xe8, 0x0b, 0, 0, 0, 0xeb, 0xf9, ...Array(9).fill(0x90), 0x40, 0xc3];
    const entries = [true, false].map((links) => {
      const { cpu, translator: t } = guest(code, { links });
      cpu.run(10_000);
      expect(cpu.state().eax).toBe(2500);
      return t.counters.entries;
    });
    expect(entries[1]).toBeGreaterThan(10 * (entries[0] ?? 0));
  });

  it("keeps to the bytes it may have, and few modules, however much code changes", () => {
    const { cpu, ram, translator: t } = guest(COUNT, { bytes: 4000 });
    for (let round = 0; round < 60; round++) {
      ram.ramBytes()[0x1002] = round;
      t.stored(ram.ramBytes(), 0x1002, 1);
      cpu.run(3000);
    }
    expect(t.counters.bytes).toBeLessThanOrEqual(4000);
    expect(t.counters.dropped).toBeGreaterThan(10);
    expect(t.counters.modules).toBeLessThan(30);
  });
});
