import { describe, expect, it } from "vitest";

import { Piix3Ide } from "../../src/devices/piix3-ide/index.js";
import { PciBus } from "../../src/pci/index.js";
import { BlockError, MemoryImage, type BlockBackend } from "../../src/storage/index.js";
import { DeviceRig, Wire } from "./device-rig.js";
import { PcError } from "../../src/pc-error.js";

const SECTORS = 4 * 16 * 63;

/** A disk whose sectors begin with their own number. */
function numberedDisk(): MemoryImage {
  const image = new MemoryImage(SECTORS * 512);
  const view = new DataView(image.bytes.buffer);
  for (let lba = 0; lba < SECTORS; lba++) {
    view.setUint32(512 * lba, lba, true);
  }
  return image;
}

function setUp(backend: BlockBackend = numberedDisk()) {
  const rig = new DeviceRig();
  const primaryIrq = new Wire();
  const secondaryIrq = new Wire();
  const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
  const ide = new Piix3Ide(rig.ctx, { primaryIrq, secondaryIrq, drives: [{ backend }] });
  bus.add(ide, 1, 1);
  rig.map(...ide.windows);
  ide.reset();
  const status = (): number => rig.in(0x3f6);
  const command = (code: number, lba = 0, count = 1): void => {
    rig.out(0x1f2, count);
    rig.out(0x1f3, lba & 0xff);
    rig.out(0x1f4, (lba >> 8) & 0xff);
    rig.out(0x1f5, (lba >> 16) & 0xff);
    rig.out(0x1f6, 0xe0 | ((lba >> 24) & 0x0f));
    rig.out(0x1f7, code);
  };
  const commandExt = (code: number, lba: number, count: number): void => {
    rig.out(0x1f6, 0xe0);
    const bytes = [0, 1, 2, 3, 4, 5].map((n) => Math.floor(lba / 256 ** n) & 0xff);
    for (const [port, high, low] of [
      [0x1f2, count >> 8, count & 0xff],
      [0x1f3, bytes[3], bytes[0]],
      [0x1f4, bytes[4], bytes[1]],
      [0x1f5, bytes[5], bytes[2]],
    ] as const) {
      rig.out(port, high!);
      rig.out(port, low!);
    }
    rig.out(0x1f7, code);
  };
  const readWords = (count: number): number[] =>
    Array.from({ length: count }, () => rig.in(0x1f0, 2));
  return { rig, ide, bus, primaryIrq, secondaryIrq, status, command, commandExt, readWords };
}

describe("IDE channel", () => {
  it("shows the signature after power-on and soft reset", () => {
    const { rig, status } = setUp();
    const signature = (): number[] => [1, 2, 3, 4, 5].map((n) => rig.in(0x1f0 + n));
    expect(signature()).toEqual([1, 1, 1, 0, 0]);
    rig.out(0x1f4, 0x55);
    rig.out(0x3f6, 0x04);
    expect(status()).toBe(0x80);
    rig.out(0x3f6, 0x00);
    expect(status()).toBe(0x50);
    expect(signature()).toEqual([1, 1, 1, 0, 0]);
  });

  it("shows nothing where no drive is", () => {
    const { rig } = setUp();
    rig.out(0x1f6, 0xb0);
    expect(rig.in(0x1f7)).toBe(0);
    rig.out(0x1f7, 0xec);
    expect(rig.in(0x1f7)).toBe(0);
    for (let n = 1; n < 8; n++) {
      expect(rig.in(0x170 + n)).toBe(0);
    }
    rig.out(0x172, 0x55);
    expect(rig.in(0x172)).toBe(0);
  });

  it("identifies its disk", () => {
    const { rig, command, readWords, primaryIrq, status } = setUp();
    command(0xec);
    expect(status()).toBe(0x58);
    expect(primaryIrq.level).toBe(true);
    expect(rig.in(0x1f7)).toBe(0x58);
    expect(primaryIrq.level).toBe(false);
    const words = readWords(256);
    expect(status()).toBe(0x50);
    const text = (first: number, count: number): string =>
      words
        .slice(first, first + count)
        .map((word) => String.fromCharCode(word >> 8, word & 0xff))
        .join("")
        .trim();
    expect([words[1], words[3], words[6]]).toEqual([4, 16, 63]);
    expect(words[60]! | (words[61]! << 16)).toBe(SECTORS);
    expect(words[100]).toBe(SECTORS);
    expect(text(27, 20)).toBe("QEMU HARDDISK");
    expect(text(10, 10)).toBe("QM00001");
    expect(words[83]! & 0x0400).toBe(0x0400);
  });

  it("reads sectors by LBA, with an interrupt each", () => {
    const { rig, command, readWords, primaryIrq, status } = setUp();
    command(0x20, 0x321, 3);
    for (let n = 0; n < 3; n++) {
      expect(primaryIrq.level).toBe(true);
      expect(rig.in(0x1f7)).toBe(0x58);
      expect(readWords(256)[0]).toBe(0x321 + n);
    }
    expect(status()).toBe(0x50);
    expect(primaryIrq.level).toBe(false);
    expect([rig.in(0x1f2), rig.in(0x1f3), rig.in(0x1f4)]).toEqual([0, 0x23, 0x03]);
  });

  it("reads by cylinder, head and sector, and follows a new geometry", () => {
    const { rig, readWords } = setUp();
    const read = (cylinder: number, head: number, sector: number): number => {
      rig.out(0x1f2, 1);
      rig.out(0x1f3, sector);
      rig.out(0x1f4, cylinder & 0xff);
      rig.out(0x1f5, cylinder >> 8);
      rig.out(0x1f6, 0xa0 | head);
      rig.out(0x1f7, 0x20);
      return readWords(256)[0]!;
    };
    expect(read(2, 3, 5)).toBe((2 * 16 + 3) * 63 + 4);
    rig.out(0x1f2, 17);
    rig.out(0x1f6, 0xa3);
    rig.out(0x1f7, 0x91);
    expect(read(2, 3, 5)).toBe((2 * 4 + 3) * 17 + 4);
  });

  it("reads and writes 48-bit and 32 bits at a time", () => {
    const disk = numberedDisk();
    const { rig, commandExt, primaryIrq, status } = setUp(disk);
    commandExt(0x24, 0x100, 1);
    expect(rig.in(0x1f0, 4)).toBe(0x100);
    rig.out(0x3f6, 0x04);
    rig.out(0x3f6, 0x00);
    commandExt(0x34, 0x200, 2);
    expect(status()).toBe(0x58);
    expect(primaryIrq.level).toBe(false);
    for (let n = 0; n < 256; n++) {
      rig.out(0x1f0, 0x01020304 + n, 4);
    }
    expect(primaryIrq.level).toBe(true);
    expect(status()).toBe(0x50);
    const view = new DataView(disk.bytes.buffer);
    expect(view.getUint32(0x200 * 512, true)).toBe(0x01020304);
    expect(view.getUint32(0x202 * 512 - 4, true)).toBe(0x01020304 + 255);
    expect(view.getUint32(0x202 * 512, true)).toBe(0x202);
  });

  it("moves blocks of several sectors per interrupt", () => {
    const { rig, command, readWords, primaryIrq } = setUp();
    rig.out(0x1f2, 4);
    rig.out(0x1f7, 0xc6);
    rig.in(0x1f7);
    command(0xc4, 10, 6);
    const before = primaryIrq.edges;
    rig.in(0x1f7);
    expect(readWords(1024)[768]).toBe(13);
    expect(primaryIrq.edges).toBe(before + 1);
    rig.in(0x1f7);
    readWords(512);
    expect(rig.in(0x1f7)).toBe(0x50);
    expect(primaryIrq.edges).toBe(before + 1);
    rig.out(0x1f2, 5);
    rig.out(0x1f7, 0xc6);
    expect(rig.in(0x1f7)).toBe(0x41);
  });

  it("refuses what it does not know and sectors it does not have", () => {
    const { rig, command } = setUp();
    command(0x5f);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x04]);
    command(0x20, SECTORS - 1, 2);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x10]);
    command(0xa1);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x04]);
  });

  it("turns host errors and read-only media into error statuses", () => {
    const broken: BlockBackend = {
      sectors: 100,
      readonly: false,
      read: () => {
        throw new BlockError("cable cut", { rule: "cable" });
      },
      write: () => {
        throw new BlockError("cable cut", { rule: "cable" });
      },
    };
    const failing = setUp(broken);
    failing.command(0x20, 5, 1);
    expect([failing.rig.in(0x1f7), failing.rig.in(0x1f1)]).toEqual([0x41, 0x40]);
    expect(failing.rig.messages).toEqual(["ide drive 0: cable cut"]);
    const locked = setUp(new MemoryImage(512 * 100, { readonly: true }));
    locked.command(0x30, 5, 1);
    expect([locked.rig.in(0x1f7), locked.rig.in(0x1f1)]).toEqual([0x41, 0x04]);
  });

  it("holds its interrupt back while nIEN is set", () => {
    const { rig, command, primaryIrq } = setUp();
    rig.out(0x3f6, 0x02);
    command(0xe7);
    expect(primaryIrq.level).toBe(false);
    rig.out(0x3f6, 0x00);
    expect(primaryIrq.level).toBe(true);
  });

  it("shows the previous register contents on request", () => {
    const { rig } = setUp();
    rig.out(0x1f3, 0x11);
    rig.out(0x1f3, 0x22);
    expect(rig.in(0x1f3)).toBe(0x22);
    rig.out(0x3f6, 0x80);
    expect(rig.in(0x1f3)).toBe(0x11);
  });

  it("refuses a drive where one is", () => {
    const { ide } = setUp();
    expect(() => ide.attachDrive(0, { backend: numberedDisk() })).toThrow(PcError);
    expect(() => ide.attachDrive(4, { backend: numberedDisk() })).toThrow(PcError);
  });
});

describe("IDE bus master", () => {
  function withDma() {
    const disk = numberedDisk();
    const setup = setUp(disk);
    const { rig, ide } = setup;
    const ram = rig.machine.ram({ name: "ram", size: 0x100000 });
    rig.memory.addSubregion(0, ram);
    ide.configWrite(0x20, 0xc000, 4);
    ide.configWrite(0x04, 0x0005, 2);
    const bytes = ram.ramBytes(0, 0x100000);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const prd = (n: number, address: number, length: number, last: boolean): void => {
      view.setUint32(0x1000 + 8 * n, address, true);
      view.setUint16(0x1004 + 8 * n, length & 0xffff, true);
      view.setUint16(0x1006 + 8 * n, last ? 0x8000 : 0, true);
    };
    rig.out(0xc004, 0x1000, 4);
    return { ...setup, disk, view, prd };
  }

  it("scatters a read over memory", () => {
    const { rig, prd, view, command, primaryIrq } = withDma();
    prd(0, 0x2000, 0x300, false);
    prd(1, 0x8000, 0x500, true);
    command(0xc8, 7, 4);
    expect(rig.in(0x3f6)).toBe(0x58);
    rig.out(0xc000, 0x09);
    expect(rig.in(0xc002)).toBe(0x04);
    expect(primaryIrq.level).toBe(true);
    expect(rig.in(0x1f7)).toBe(0x50);
    expect(view.getUint32(0x2000, true)).toBe(7);
    expect(view.getUint32(0x2200, true)).toBe(8);
    expect(view.getUint32(0x8000 + 0x100, true)).toBe(9);
    expect(view.getUint32(0x8000 + 0x300, true)).toBe(10);
    rig.out(0xc002, 0x64);
    expect(rig.in(0xc002)).toBe(0x60);
  });

  it("gathers a write, the engine started first", () => {
    const { rig, prd, view, disk, commandExt } = withDma();
    view.setUint32(0x2000, 0xdeadbeef, true);
    prd(0, 0x2000, 0x200, true);
    rig.out(0xc000, 0x01);
    commandExt(0x35, 0x123, 1);
    expect(rig.in(0xc002)).toBe(0x04);
    expect(new DataView(disk.bytes.buffer).getUint32(0x123 * 512, true)).toBe(0xdeadbeef);
  });

  it("gives up without an interrupt when the list is too short", () => {
    const { rig, prd, command } = withDma();
    prd(0, 0x2000, 0x100, true);
    command(0xc8, 0, 1);
    rig.out(0xc000, 0x09);
    expect(rig.in(0xc002)).toBe(0x00);
    expect(rig.in(0x3f6)).toBe(0x50);
  });

  it("takes an unreachable list for zeroes: 64 KiB at 0, and more to come", () => {
    const { rig, ide, prd, command } = withDma();
    prd(0, 0x2000, 0x200, true);
    ide.configWrite(0x04, 0x0001, 2);
    command(0xc8, 0, 1);
    rig.out(0xc000, 0x09);
    expect(rig.in(0xc002)).toBe(0x05);
    expect(rig.in(0x3f6)).toBe(0x50);
    expect(rig.memorySpace.load(0x2000, 4)).toBe(0);
  });

  it("answers bytes only at its command registers", () => {
    const { rig } = withDma();
    expect(rig.in(0xc000, 2)).toBe(0xffff);
    rig.out(0xc00c, 0x12345677, 4);
    expect(rig.in(0xc00c, 4)).toBe(0x12345674);
    expect(rig.in(0xc00d)).toBe(0x56);
  });
});
