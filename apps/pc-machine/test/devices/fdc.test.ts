/** The floppy controller, driven as QEMU's own test drives it. */
import { describe, expect, it } from "vitest";

import { BlockGraph } from "../../src/block/block-graph.js";
import { BlockOptions } from "../../src/block/block-options.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { SECTOR_BYTES } from "../../src/storage/block-backend.js";
import type { PcOptions } from "../../src/board/options/options.js";
import { Rig } from "../support/board-rig.js";

const SECTORS = 2880;
const Port = { DOR: 0x3f2, MSR: 0x3f4, FIFO: 0x3f5, DIR: 0x3f7 } as const;
const READ = 0xe6;
const BUFFER = 0x8000;

function image(readonly = false): MemoryImage {
  const bytes = new Uint8Array(SECTORS * SECTOR_BYTES);
  for (let sector = 0; sector < SECTORS; sector++) {
    bytes.fill(sector & 0xff, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
    bytes[sector * SECTOR_BYTES] = sector >> 8;
  }
  return new MemoryImage(bytes, { readonly });
}

class Bench {
  readonly rig: Rig;

  constructor(floppies: NonNullable<PcOptions["floppies"]>) {
    this.rig = new Rig({ floppies });
  }

  send(...bytes: readonly number[]): void {
    for (const byte of bytes) {
      if ((this.rig.in(Port.MSR, 1) & 0xc0) !== 0x80) throw new Error("no byte is taken");
      this.rig.out(Port.FIFO, 1, byte);
    }
  }

  result(): number[] {
    const bytes: number[] = [];
    while ((this.rig.in(Port.MSR, 1) & 0xd0) === 0xd0 && bytes.length < 32) {
      bytes.push(this.rig.in(Port.FIFO, 1));
    }
    return bytes;
  }

  /** IRQ 6, as the controller of interrupts sees it. */
  get irq(): boolean {
    this.rig.out(0x20, 1, 0x0a);
    return (this.rig.in(0x20, 1) & 0x40) !== 0;
  }

  get changed(): boolean {
    return (this.rig.in(Port.DIR, 1) & 0x80) !== 0;
  }

  /** Program DMA channel 2. */
  dma(address: number, bytes: number, mode: number): void {
    const { rig } = this;
    rig.out(0x0a, 1, 0x06);
    rig.out(0x0c, 1, 0);
    rig.out(0x0b, 1, mode | 2);
    for (const value of [address & 0xff, (address >> 8) & 0xff]) rig.out(0x04, 1, value);
    rig.out(0x81, 1, address >> 16);
    for (const value of [(bytes - 1) & 0xff, (bytes - 1) >> 8]) rig.out(0x05, 1, value);
    rig.out(0x0a, 1, 0x02);
  }

  seek(track: number): number[] {
    this.send(0x0f, 0, track);
    if (!this.irq) throw new Error("no interrupt after a seek");
    this.send(0x08);
    return this.result();
  }

  bytes(address: number, length: number): Uint8Array {
    const into = new Uint8Array(length);
    this.rig.pc.memory.read(address, into);
    return into;
  }
}

describe("isa-fdc", () => {
  it("tells CMOS memory of its drives", () => {
    const kinds = (floppies: NonNullable<PcOptions["floppies"]>): readonly number[] => {
      const { rig } = new Bench(floppies);
      return [0x10, 0x14].map((cell) => {
        rig.out(0x70, 1, cell);
        return rig.in(0x71, 1);
      });
    };
    expect(kinds([])).toEqual([0x00, 0x06]);
    expect(kinds([null])).toEqual([0x50, 0x07]);
    expect(kinds([image(), null])).toEqual([0x45, 0x47]);
  });

  it("is as QEMU's after power-on", () => {
    const { rig } = new Bench([null]);
    const ports = [0x3f1, 0x3f2, 0x3f3, 0x3f4, 0x3f5, 0x3f7].map((port) => rig.in(port, 1));
    expect(ports).toEqual([0xc0, 0x0c, 0x00, 0x80, 0x00, 0x80]);
  });

  it("finds nothing to read without a medium", () => {
    const bench = new Bench([null]);
    expect(bench.changed).toBe(true);
    bench.send(READ, 0, 0, 0, 1, 2, 1, 0x1b, 0xff);
    expect(bench.result().slice(0, 6)).toEqual([0x40, 0, 0, 0, 0, 1]);
  });

  it("tells of another medium until the head moves", () => {
    const graph = new BlockGraph({
      emit: () => undefined,
      stop: () => undefined,
      note: () => undefined,
    });
    const drive = graph.addDrive({ id: "a", medium: null });
    const bench = new Bench([drive]);
    const disk = new BlockOptions({ driver: "null-co", size: SECTORS * SECTOR_BYTES });
    graph.change(drive, graph.openNode(disk));
    expect(bench.changed).toBe(true);
    bench.seek(0);
    expect(bench.changed).toBe(true);
    expect(bench.seek(1)).toEqual([0x20, 1]);
    expect(bench.changed).toBe(false);
    graph.change(drive, null);
    expect(bench.changed).toBe(true);
    bench.seek(0);
    expect(bench.changed).toBe(true);
  });

  it("has an interrupt to sense for each drive after a reset, and none else", () => {
    const bench = new Bench([image()]);
    bench.send(0x08);
    expect(bench.result()).toEqual([0x80]);
    bench.rig.out(Port.DOR, 1, 0x08);
    bench.rig.out(Port.DOR, 1, 0x0c);
    expect(bench.irq).toBe(true);
    for (const unit of [0, 1, 2, 3]) {
      bench.send(0x08);
      expect(bench.result()).toEqual([0xc0 | unit, 0]);
    }
    expect(bench.irq).toBe(false);
  });

  it("seeks to a track, by so many, and back", () => {
    const bench = new Bench([image()]);
    expect(bench.seek(8)).toEqual([0x20, 8]);
    const by = (command: number, tracks: number): number[] => {
      bench.send(command, 0, tracks);
      bench.send(0x08);
      return bench.result();
    };
    expect(by(0xcf, 10)).toEqual([0x20, 18]);
    expect(by(0x8f, 8)).toEqual([0x20, 10]);
    bench.send(0x07, 0);
    bench.send(0x08);
    expect(bench.result()).toEqual([0x20, 0]);
    bench.send(0x04, 4);
    expect(bench.result()).toEqual([0x3c]);
  });

  it("reads an ID within a revolution", () => {
    const bench = new Bench([image()]);
    bench.seek(8);
    bench.send(0x4a, 4);
    expect(bench.irq).toBe(false);
    expect(bench.rig.in(Port.MSR, 1) & 0xf0).toBe(0x10);
    bench.rig.clock.advance(20_000_000);
    bench.rig.clock.runDue();
    expect(bench.irq).toBe(true);
    const ids = Array.from({ length: 6 }, () => bench.rig.in(Port.FIFO, 1));
    const [st0, st1, st2, track, head] = ids;
    expect(bench.irq).toBe(true);
    expect(bench.result()).toEqual([2]);
    expect(bench.irq).toBe(false);
    expect([st0, st1, st2, track, head]).toEqual([0x04, 0, 0, 8, 1]);
  });

  it("reads by DMA, over sides and pages of the address, and stops at the count", () => {
    const bench = new Bench([image()]);
    bench.dma(BUFFER, 20 * SECTOR_BYTES, 0x44);
    bench.send(READ, 0, 1, 0, 17, 2, 18, 0x1b, 0xff);
    expect(bench.irq).toBe(true);
    expect(bench.result().slice(0, 3)).toEqual([0x20, 0, 0]);
    const bytes = bench.bytes(BUFFER, 20 * SECTOR_BYTES);
    const first = 36 + 16;
    const sectors = Array.from({ length: 20 }, (_none, index) => bytes[index * SECTOR_BYTES + 1]);
    expect(sectors).toEqual(Array.from({ length: 20 }, (_none, index) => first + index));
    expect(bench.rig.in(0x08, 1) & 0x04).toBe(0x04);
  });

  it("waits for the channel to open", () => {
    const bench = new Bench([image()]);
    bench.dma(BUFFER, SECTOR_BYTES, 0x44);
    bench.rig.out(0x0a, 1, 0x06);
    bench.send(READ, 0, 0, 0, 3, 2, 18, 0x1b, 0xff);
    expect([bench.irq, bench.rig.in(Port.MSR, 1)]).toEqual([false, 0x10]);
    bench.rig.out(0x0a, 1, 0x02);
    expect(bench.irq).toBe(true);
    expect(bench.bytes(BUFFER, 2)).toEqual(Uint8Array.of(0, 2));
  });

  it("writes by DMA, and refuses where the medium is protected", () => {
    const medium = image();
    const bench = new Bench([medium, image(true)]);
    bench.rig.pc.memory.write(BUFFER, new Uint8Array(SECTOR_BYTES).fill(0xa5));
    bench.dma(BUFFER, SECTOR_BYTES, 0x48);
    bench.send(0x45, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 3)).toEqual([0, 0, 0]);
    const sector = new Uint8Array(SECTOR_BYTES);
    medium.read(1, sector);
    expect(sector.every((byte) => byte === 0xa5)).toBe(true);
    bench.rig.out(Port.DOR, 1, 0x1d);
    bench.dma(BUFFER, SECTOR_BYTES, 0x48);
    bench.send(0x45, 1, 0, 0, 2, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 3)).toEqual([0x41, 0x02, 0]);
  });

  it.each([
    { count: 1, result: [0x04, 0, 0, 0, 1, 1] },
    { count: 18, result: [0x04, 0, 0, 0, 1, 18] },
    { count: 19, result: [0x20, 0, 0, 1, 0, 2] },
  ])("reads $count sectors of each side byte by byte", ({ count, result }) => {
    const bench = new Bench([image()]);
    bench.send(0x03, 0xdf, 0x03);
    bench.send(READ, 0, 0, 0, 1, 2, count, 0x1b, 0xff);
    for (let sector = 0; sector < 2 * count; sector++) {
      expect(bench.rig.in(Port.MSR, 1)).toBe(0xf0);
      for (let at = 0; at < SECTOR_BYTES; at++) bench.rig.in(Port.FIFO, 1);
    }
    expect(bench.result().slice(0, 6)).toEqual(result);
  });

  it("verifies, formats, compares", () => {
    const medium = image();
    const bench = new Bench([medium]);
    bench.send(0x16, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 3)).toEqual([0x20, 0, 0]);
    bench.seek(2);
    const ids = Array.from({ length: 18 }, (_none, index) => [2, 0, index + 1, 2]).flat();
    bench.rig.pc.memory.write(BUFFER, Uint8Array.from(ids));
    bench.dma(BUFFER, ids.length, 0x48);
    bench.send(0x4d, 0, 2, 18, 0x1b, 0xf6);
    expect(bench.result().slice(0, 3)).toEqual([0, 0, 0]);
    const track = new Uint8Array(18 * SECTOR_BYTES);
    medium.read(72, track);
    expect(track.every((byte) => byte === 0xf6)).toBe(true);
    bench.rig.pc.memory.write(BUFFER, track.subarray(0, SECTOR_BYTES));
    bench.dma(BUFFER, SECTOR_BYTES, 0x48);
    bench.send(0x11, 0, 2, 0, 5, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 3)).toEqual([0, 0, 0x08]);
  });

  it("says what it is, and what it does not know", () => {
    const bench = new Bench([image()]);
    const ask = (...bytes: readonly number[]): number[] => {
      bench.send(...bytes);
      return bench.result();
    };
    expect(ask(0x10)).toEqual([0x90]);
    expect(ask(0x18)).toEqual([0x41]);
    expect(ask(0x94)).toEqual([0x10]);
    expect(ask(0x14)).toEqual([0x00]);
    expect(ask(0x1f)).toEqual([0x80]);
    bench.send(0x13, 0, 0x57, 0);
    expect(ask(0x0e)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0x57, 0]);
    bench.send(0x03, 0xdf, 0x02);
    expect(ask(0x0e)).toEqual([0, 0, 0, 0, 0xdf, 0x02, 0, 0, 0x57, 0]);
  });

  it("fails where there is no sector", () => {
    const bench = new Bench([image()]);
    bench.send(READ, 0, 80, 0, 1, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 2)).toEqual([0x40, 0]);
    bench.send(READ, 0, 0, 0, 19, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 2)).toEqual([0x40, 0x80]);
    bench.rig.out(Port.DIR, 1, 2);
    bench.send(READ, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    expect(bench.result().slice(0, 2)).toEqual([0x40, 0x01]);
  });
});
