import { describe, expect, it } from "vitest";

import { BlockError, type BlockBackend } from "../../src/storage/index.js";
import { setUp } from "./ide-rig.js";

const SECTOR = 512;
/** 2 TiB. */
const HUGE = 2 ** 32;
const LBA28_END = 2 ** 28;
const Command = {
  WRITE_EXT: 0x34,
  WRITE_DMA_EXT: 0x35,
  READ_EXT: 0x24,
  READ: 0x20,
  FLUSH_EXT: 0xea,
} as const;
const READY = 0x50;
const DATA = 0x58;
const FAILED = 0x41;
const ABORTED = 0x04;
const NO_SUCH_SECTOR = 0x10;

/** A medium of any size that takes so many sectors, and then is full, as a sparse file on a full host. */
class SparseDisk implements BlockBackend {
  readonly readonly = false;
  readonly stored = new Map<number, Uint8Array>();
  readonly sectors: number;
  room: number;
  flushes = 0;

  constructor(sectors: number, room: number) {
    this.sectors = sectors;
    this.room = room;
  }

  read(lba: number, into: Uint8Array): void {
    into.fill(0);
    for (let at = 0; at < into.length; at += SECTOR) {
      into.set(this.stored.get(lba + at / SECTOR) ?? [], at);
    }
  }
  write(lba: number, from: Uint8Array): void {
    for (let at = 0; at < from.length; at += SECTOR) {
      const sector = lba + at / SECTOR;
      if (!this.stored.has(sector) && this.stored.size >= this.room) {
        throw new BlockError("no space left on device", { rule: "test" });
      }
      this.stored.set(sector, from.slice(at, at + SECTOR));
    }
  }
  flush(): void {
    this.flushes += 1;
  }
}

function withDisk(sectors: number, room: number) {
  const disk = new SparseDisk(sectors, room);
  const setup = setUp(disk);
  const { rig, commandExt, ide } = setup;
  const ram = rig.machine.ram({ name: "ram", size: 0x10000 });
  rig.memory.addSubregion(0, ram);
  ide.configWrite(0x20, 0xc000, 4);
  ide.configWrite(0x04, 0x0005, 2);
  const bytes = ram.ramBytes(0, 0x10000);
  const outcome = (): number[] => [rig.in(0x1f7), rig.in(0x1f1)];
  /** Sectors full of a byte, by PIO; ends when the drive asks for no more. */
  const write = (lba: number, byte: number, count = 1): number[] => {
    commandExt(Command.WRITE_EXT, lba, count);
    for (let left = count; left > 0 && rig.in(0x3f6) === DATA; left--) {
      for (let n = 0; n < SECTOR / 4; n++) rig.out(0x1f0, byte * 0x0101_0101, 4);
    }
    return outcome();
  };
  const read = (lba: number): number => {
    commandExt(Command.READ_EXT, lba, 1);
    const word = rig.in(0x1f0, 2);
    for (let n = 1; n < SECTOR / 2; n++) rig.in(0x1f0, 2);
    return word;
  };
  /** Sectors full of a byte, by the bus master. */
  const writeByDma = (lba: number, byte: number, count = 1): number[] => {
    bytes.fill(byte, 0x2000, 0x2000 + count * SECTOR);
    const list = new DataView(bytes.buffer, bytes.byteOffset + 0x1000, 8);
    list.setUint32(0, 0x2000, true);
    list.setUint32(4, (0x8000_0000 | (count * SECTOR)) >>> 0, true);
    rig.out(0xc002, 0x06);
    rig.out(0xc004, 0x1000, 4);
    commandExt(Command.WRITE_DMA_EXT, lba, count);
    rig.out(0xc000, 0x01);
    const engine = rig.in(0xc002);
    rig.out(0xc000, 0x00);
    return [...outcome(), engine];
  };
  return { ...setup, disk, write, read, writeByDma, outcome };
}

describe("a disk of 2 TiB", () => {
  it("says how large it is in the words for 48 bits, and 128 GiB in those for 28", () => {
    const { command, readWords } = withDisk(HUGE, 0);
    command(0xec);
    const words = readWords(256);
    const wide = [100, 101, 102, 103].reduce(
      (sum, n, k) => sum + (words[n] ?? 0) * 2 ** (16 * k),
      0,
    );
    expect(wide).toBe(HUGE);
    expect((words[60] ?? 0) + (words[61] ?? 0) * 2 ** 16).toBe(LBA28_END - 1);
  });

  it.each([LBA28_END - 1, LBA28_END, 2 ** 31, HUGE - 1])("keeps sector %d, and no other", (lba) => {
    const { write, read, writeByDma, disk } = withDisk(HUGE, 8);
    expect(write(lba, 0x5a)[0]).toBe(READY);
    expect([...disk.stored.keys()]).toEqual([lba]);
    expect(read(lba)).toBe(0x5a5a);
    expect(writeByDma(lba, 0x77)).toEqual([READY, 0, 0x04]);
    expect([...disk.stored.keys()]).toEqual([lba]);
    expect(read(lba)).toBe(0x7777);
    expect(read(lba % LBA28_END === lba ? 0 : lba % LBA28_END)).toBe(0);
  });

  it("has nothing behind its last sector", () => {
    const { write, disk, commandExt, outcome, rig } = withDisk(HUGE, 8);
    expect(write(HUGE, 1)).toEqual([FAILED, NO_SUCH_SECTOR]);
    expect(write(2 ** 47, 1)).toEqual([FAILED, NO_SUCH_SECTOR]);
    expect(disk.stored.size).toBe(0);
    commandExt(Command.READ_EXT, HUGE, 1);
    expect(outcome()).toEqual([FAILED, NO_SUCH_SECTOR]);
    expect(rig.messages).toEqual([]);
  });
});

describe("a disk whose host is full", () => {
  it("fails a write with an error, and loses nothing else", () => {
    const { write, read, writeByDma, disk, rig, primaryIrq } = withDisk(1000, 2);
    expect(write(10, 0x11)[0]).toBe(READY);
    expect(write(11, 0x22)[0]).toBe(READY);
    const edges = primaryIrq.edges;
    expect(write(12, 0x33)).toEqual([FAILED, ABORTED]);
    expect(primaryIrq.edges).toBeGreaterThan(edges);
    expect(writeByDma(13, 0x44).slice(0, 2)).toEqual([FAILED, ABORTED]);
    // What is there can be written over, and is told apart from what is not.
    expect(write(10, 0x55)[0]).toBe(READY);
    expect(writeByDma(11, 0x66)).toEqual([READY, 0, 0x04]);
    expect([10, 11, 12, 13].map(read)).toEqual([0x5555, 0x6666, 0, 0]);
    expect(rig.messages[0]).toBe("ide drive 0: no space left on device");
    // Room comes back.
    disk.room = 10;
    expect(write(12, 0x33, 2)[0]).toBe(READY);
    expect([12, 13].map(read)).toEqual([0x3333, 0x3333]);
  });

  it("still flushes", () => {
    const { write, command, disk, outcome } = withDisk(1000, 0);
    expect(write(1, 1)).toEqual([FAILED, ABORTED]);
    command(Command.FLUSH_EXT);
    expect(outcome()[0]).toBe(READY);
    expect(disk.flushes).toBe(1);
  });
});
