import { describe, expect, it } from "vitest";
import { TranslatorGroup } from "../src/index.js";
import { COUNT, type FlatGuest, flatGuest } from "./support/flat-guest.js";

interface Guest extends FlatGuest {
  readonly group: TranslatorGroup;
}

/** A flat guest with its own group of translators; a byte to any port calls `out`. */
function guest(code: readonly number[], out: (guest: FlatGuest) => void = () => undefined): Guest {
  const group = new TranslatorGroup();
  return { ...flatGuest(code, { translation: { batch: 1, group }, out }), group };
}

/** The byte that is added. */
const ADDEND = 0x1002;

describe("a translator learns of stores to code", () => {
  it.each<[string, (guest: Guest) => void]>([
    ["a device's transfer", ({ dma }) => dma.write(ADDEND, Uint8Array.of(5))],
    ["a device's store of a word", ({ dma }) => dma.store(ADDEND, 1, 5)],
    ["a transfer across pages", ({ dma }) => dma.write(0xff0, transfer(0x20))],
    ["the host's write to the block", ({ ram }) => ram.ramBlock?.write(ADDEND, Uint8Array.of(5))],
  ])("by %s", (_, change) => {
    const made = guest(COUNT);
    const { cpu, translator: t } = made;
    cpu.run(1000);
    expect(t.counters.units).toBe(1);
    cpu.setState({ eax: 0, eip: 0x1000 });
    change(made);
    cpu.run(1000);
    expect(cpu.state().eax).toBe(2500);
    expect(t.counters.dropped).toBe(1);
  });

  it("by a transfer that a unit has begun, which stores into the unit itself", () => {
    let addend = 0;
    // again: out 80h, al; add ebx, 0; jmp again: each round the device stores what is added.
    const code = [0xe6, 0x80, 0x83, 0xc3, 0x00, 0xeb, 0xf9];
    const { cpu, translator: t } = guest(code, ({ dma }) => {
      addend = (addend + 1) & 0x7f;
      dma.write(0x1004, Uint8Array.of(addend));
    });
    cpu.run(3 * 100);
    expect(cpu.state().ebx).toBe((100 * 101) / 2);
    expect(t.counters.dropped).toBeGreaterThan(1);
  });

  it("and keeps what lies beside the bytes that were stored", () => {
    const { cpu, dma, translator: t } = guest(COUNT);
    cpu.run(1000);
    dma.write(0x1800, transfer(0x100));
    expect(t.counters.dropped).toBe(0);
  });

  it("of pages that it has units of, and of no others", () => {
    const { cpu, ram, dma, group } = guest(COUNT);
    const block = ram.ramBlock;
    const told: number[] = [];
    const watch = block?.watchCode((offset) => told.push(offset));
    watch?.mark(0x2000);
    cpu.run(1000);
    dma.store(0x2000, 1, 0);
    dma.store(0x3000, 1, 0);
    expect(told).toEqual([0x2000]);
    watch?.[Symbol.dispose]();
    expect(ram.plainWrite).toBe(false);
    expect(dma.lookup(0).besideCode.plainWrite).toBe(true);
    group[Symbol.dispose]();
    expect(ram.plainWrite).toBe(true);
  });

  it("while its processor stores to other pages directly", () => {
    // again: mov [2000], eax; inc eax; jmp again
    const { cpu, ram } = guest([0xa3, 0, 0x20, 0, 0, 0x40, 0xeb, 0xf8]);
    cpu.run(3000);
    expect(ram.plainWrite).toBe(false);
    const before = cpu.instructionCount;
    cpu.run(3000);
    expect(cpu.instructionCount - before).toBe(3000);
    expect(
      new DataView(ram.ramBytes().buffer, ram.ramBytes().byteOffset).getUint32(0x2000, true),
    ).toBe(1999);
  });
});

/** `length` bytes of which that for {@link ADDEND} adds 5, and the others repeat the code. */
function transfer(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set([0x83, 0xc0, 5, 0xeb, 0xfb], 0x10);
  return bytes;
}
