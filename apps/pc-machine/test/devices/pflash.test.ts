/** Flash chips with the firmware: Intel's commands, and what becomes of the image. */
import { describe, expect, it } from "vitest";

import { PcOptionsError } from "../../src/board/errors.js";
import { FLASH_SECTOR_BYTES } from "../../src/devices/pflash/index.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { Rig } from "../support/board-rig.js";

const SIZE = 0x2_0000;
const BASE = 2 ** 32 - SIZE;

class Bench {
  readonly image: MemoryImage;
  readonly rig: Rig;

  constructor(readonly = false) {
    const bytes = new Uint8Array(SIZE).map((_byte, at) => at & 0xff);
    this.image = new MemoryImage(bytes, { readonly });
    this.rig = new Rig({ flash: [this.image] });
  }

  write(offset: number, ...bytes: readonly number[]): void {
    for (const byte of bytes) this.rig.pc.memory.store(BASE + offset, 1, byte);
  }

  read(offset: number): number {
    return Number(this.rig.pc.memory.load(BASE + offset, 1));
  }
}

describe("a flash chip", () => {
  it("is read at the top of 4 GiB, and as a copy below 1 MiB", () => {
    const { rig } = new Bench();
    const { memory } = rig.pc;
    expect([memory.load(BASE + 0x1234, 1), memory.load(0xfffff, 1)]).toEqual([0x34, 0xff]);
    expect(rig.pc.machine.objects.resolve("/machine/system.flash0")?.klass.name).toBe(
      "cfi.pflash01",
    );
  });

  it("says what it is", () => {
    const bench = new Bench();
    bench.write(0, 0x98);
    expect([0x10, 0x11, 0x12, 0x27, 0x2d].map((at) => bench.read(at))).toEqual([
      0x51, 0x52, 0x59, 17, 31,
    ]);
    expect([0x33, 0x3f].map((at) => bench.read(at))).toEqual([0x49, 1]);
    bench.write(0, 0x20, 0xd0);
    expect(bench.read(0x10)).toBe(0x51);
    bench.write(0, 0xff);
    expect(bench.read(0x10)).toBe(0x10);
    bench.write(0, 0x70);
    const { memory } = bench.rig.pc;
    expect(([1, 2, 4] as const).map((width) => memory.load(BASE, width))).toEqual([
      0x80, 0x80, 0x80_0080,
    ]);
  });

  it("programs bytes and erases sectors; the image follows", () => {
    const bench = new Bench();
    bench.write(0x1fff, 0x40, 0x0f);
    expect(bench.read(0)).toBe(0x80);
    bench.write(0, 0xff);
    expect([bench.read(0x1fff), bench.image.bytes[0x1fff]]).toEqual([0x0f, 0x0f]);
    bench.write(0x1abc, 0x20, 0xd0, 0xff);
    expect([0x0fff, 0x1000, 0x1fff, 0x2000].map((at) => bench.read(at))).toEqual([
      0xff, 0xff, 0xff, 0,
    ]);
    expect(bench.image.bytes.subarray(0x1000, 0x1000 + FLASH_SECTOR_BYTES)).toEqual(
      new Uint8Array(FLASH_SECTOR_BYTES).fill(0xff),
    );
  });

  it("takes a buffer at once", () => {
    const bench = new Bench();
    bench.write(0x2000, 0x20, 0xd0, 0xe8, 2);
    for (const at of [0, 1, 2]) bench.write(0x2010 + at, 0xa0 + at);
    bench.write(0x2010, 0xd0);
    expect(bench.read(0)).toBe(0x80);
    bench.write(0, 0xff);
    expect([0x200f, 0x2010, 0x2012, 0x2013].map((at) => bench.read(at))).toEqual([
      0xff, 0xa0, 0xa2, 0xff,
    ]);
    expect(bench.image.bytes[0x2011]).toBe(0xa1);
  });

  it("keeps a buffer within its block, and drops one that is not confirmed", () => {
    const bench = new Bench();
    bench.write(0x2000, 0xe8, 1);
    bench.write(0x2100, 1);
    bench.write(0x2001, 2);
    expect(bench.read(0)).toBe(0x90);
    bench.write(0x2000, 0xd0);
    expect([0x2001, 0x2100].map((at) => bench.read(at))).toEqual([1, 0]);
    bench.write(0x2000, 0x50, 0xe8, 0, 0x77, 0x10);
    expect(bench.read(0x2000)).toBe(0);
    bench.write(0x2000, 0xe8, 0, 0x77, 0xd0);
    expect(bench.read(0)).toBe(0x80);
    bench.write(0, 0xff);
    expect([0x2000, 0x2001].map((at) => bench.read(at))).toEqual([0x77, 1]);
  });

  it("erases before it is asked whether to, and tells of no lock", () => {
    const bench = new Bench();
    bench.write(0x1abc, 0x20);
    expect(bench.read(0)).toBe(0x80);
    bench.write(0, 0x33);
    expect([0x1000, 0x2001].map((at) => bench.read(at))).toEqual([0xff, 1]);
    bench.write(0, 0x60, 0x01);
    expect(bench.read(0)).toBe(0x80);
    bench.write(0, 0xff, 0x60, 0x33);
    expect(bench.read(0x2001)).toBe(1);
  });

  it("tells errors until they are cleared, and stays as it is where it is read-only", () => {
    const bench = new Bench(true);
    bench.write(0x10, 0x40, 0x00);
    expect(bench.read(0)).toBe(0x90);
    bench.write(0x10, 0x20, 0xd0);
    expect(bench.read(0)).toBe(0xb0);
    bench.write(0, 0x50);
    expect(bench.read(0x10)).toBe(0x10);
    bench.write(0, 0x70);
    expect(bench.read(0)).toBe(0);
    bench.write(0, 0x20);
    expect(bench.read(0)).toBe(0x20);
    bench.write(0, 0x00);
    expect(bench.read(0x10)).toBe(0x10);
    bench.rig.pc.reset();
    expect(bench.read(0x11)).toBe(0x11);
  });

  it("fits below 4 GiB, or is refused", () => {
    const chip = (size: number): MemoryImage => new MemoryImage(new Uint8Array(size));
    const rig = new Rig({ flash: [chip(SIZE), chip(0x1000)] });
    expect(rig.pc.memory.load(BASE - 1, 1)).toBe(0);
    expect(rig.pc.machine.objects.resolve("/machine/system.flash1")).not.toBeNull();
    for (const flash of [[chip(512)], [chip(0x1000), chip(0x80_0000)]]) {
      expect(() => new Rig({ flash })).toThrow(PcOptionsError);
    }
  });
});
