import { describe, expect, it } from "vitest";

import { PcError } from "../../src/pc-error.js";
import { BlockError, MemoryImage, type BlockBackend } from "../../src/storage/index.js";
import { numberedDisk, SECTORS, setUp } from "./ide-rig.js";

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

  it("tests itself: the registers are those after power-on", () => {
    const { rig, command, primaryIrq } = setUp();
    command(0x90, 0x123456, 7);
    expect(primaryIrq.level).toBe(true);
    const registers = [1, 2, 3, 4, 5, 6, 7].map((n) => rig.in(0x1f0 + n));
    expect(registers).toEqual([1, 1, 1, 0, 0, 0xa0, 0x50]);
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
    expect([rig.in(0x1f2), rig.in(0x1f3), rig.in(0x1f4)]).toEqual([0, 0x24, 0x03]);
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
    const { rig, command, readWords } = setUp();
    command(0x5f);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x04]);
    command(0x20, SECTORS - 1, 2);
    expect([rig.in(0x1f7), readWords(256)[0]]).toEqual([0x58, SECTORS - 1]);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x10]);
    command(0xa1);
    expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x04]);
    for (const retired of [0x11, 0x1f, 0x71, 0x7f]) {
      command(retired);
      expect([rig.in(0x1f7), rig.in(0x1f1)]).toEqual([0x41, 0x04]);
    }
  });

  it("shows how many sectors are left, and the one after those that are done", () => {
    const { rig, command, readWords } = setUp();
    const registers = (): number[] => [0x1f2, 0x1f3, 0x1f4, 0x1f7].map((port) => rig.in(port));
    command(0x20, 0x3ff, 2);
    expect(registers()).toEqual([1, 0x00, 0x04, 0x58]);
    readWords(256);
    expect(registers()).toEqual([0, 0x01, 0x04, 0x58]);
    readWords(256);
    expect(registers()).toEqual([0, 0x01, 0x04, 0x50]);
    command(0x40, 0x10, 5);
    expect(registers()).toEqual([5, 0x10, 0x00, 0x50]);
    command(0x30, 0x10, 2);
    for (let n = 0; n < 256; n++) rig.out(0x1f0, n, 2);
    expect(registers()).toEqual([1, 0x11, 0x00, 0x58]);
    // The master's registers by cylinder, head and sector: track 0 ends at sector 63.
    rig.out(0x3f6, 4);
    rig.out(0x3f6, 0);
    for (const [port, value] of [
      [0x1f2, 1],
      [0x1f3, 63],
      [0x1f4, 0],
      [0x1f5, 0],
      [0x1f6, 0xa0],
      [0x1f7, 0x20],
    ] as const) {
      rig.out(port, value);
    }
    expect([0x1f3, 0x1f4, 0x1f6].map((port) => rig.in(port))).toEqual([1, 0, 0xa1]);
  });

  it("takes the power commands by both codes, and says nothing of the heads after them", () => {
    const { rig, command } = setUp();
    for (const code of [0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0x94, 0x95, 0x96, 0x97, 0x99]) {
      command(code, 0, 7);
      expect([rig.in(0x1f7), rig.in(0x1f1), rig.in(0x1f2)], code.toString(16)).toEqual([
        0x40, 0, 7,
      ]);
    }
    for (const code of [0xe5, 0x98]) {
      command(code, 0, 7);
      expect([rig.in(0x1f7), rig.in(0x1f2)]).toEqual([0x50, 0xff]);
    }
    command(0xf5, 0, 7);
    expect([rig.in(0x1f7), rig.in(0x1f1), rig.in(0x1f2)]).toEqual([0x50, 0, 0]);
  });

  it("takes the features of its time, and the transfer modes", () => {
    const { rig, command, readWords } = setUp();
    const setFeatures = (feature: number, count = 0): number => {
      rig.out(0x1f1, feature);
      command(0xef, 0, count);
      return rig.in(0x1f7);
    };
    for (const feature of [0x02, 0x05, 0x42, 0x55, 0x66, 0x67, 0x69]) {
      expect([feature, setFeatures(feature)]).toEqual([feature, 0x50]);
    }
    for (const feature of [0x82, 0x85, 0x96, 0x9a, 0xaa, 0xc2, 0xcc]) {
      expect([feature, setFeatures(feature)]).toEqual([feature, 0x50]);
    }
    for (const feature of [0x00, 0x04, 0x43, 0xff]) {
      expect([feature, setFeatures(feature)]).toEqual([feature, 0x41]);
    }
    const modes = (): (number | undefined)[] => {
      command(0xec);
      const words = readWords(256);
      return [62, 63, 88].map((word) => words[word]);
    };
    expect(modes()).toEqual([0x0007, 0x0007, 0x203f]);
    for (const [mode, expected] of [
      [0x08, [0x0007, 0x0007, 0x003f]],
      [0x11, [0x0207, 0x0007, 0x003f]],
      [0x22, [0x0007, 0x0407, 0x003f]],
      [0x44, [0x0007, 0x0007, 0x103f]],
    ] as const) {
      expect(setFeatures(0x03, mode)).toBe(0x50);
      expect(modes()).toEqual(expected);
    }
    expect(setFeatures(0x03, 0x80)).toBe(0x41);
  });

  it("monitors itself: data, thresholds, logs, tests", () => {
    const { rig, readWords, status } = setUp();
    const smart = (
      feature: number,
      low = 0,
      key: readonly [number, number] = [0x4f, 0xc2],
    ): number => {
      rig.out(0x1f1, feature);
      rig.out(0x1f2, 1);
      rig.out(0x1f3, low);
      rig.out(0x1f4, key[0]);
      rig.out(0x1f5, key[1]);
      rig.out(0x1f7, 0xb0);
      return rig.in(0x1f7);
    };
    const sector = (): number[] => readWords(256).flatMap((word) => [word & 0xff, word >> 8]);
    const isSound = (bytes: readonly number[]): boolean =>
      bytes.reduce((sum, byte) => sum + byte, 0) % 256 === 0;
    expect(smart(0xd0)).toBe(0x58);
    const data = sector();
    expect([data.slice(0, 7), isSound(data)]).toEqual([[1, 0, 1, 3, 0, 100, 100], true]);
    expect(data.slice(362, 375)).toEqual([0x82, 0, 0x20, 1, 0, 0x19, 3, 0, 1, 0, 2, 54, 1]);
    expect(smart(0xd1)).toBe(0x58);
    const thresholds = sector();
    expect([thresholds.slice(0, 4), isSound(thresholds)]).toEqual([[1, 0, 1, 6], true]);
    // Autosave is told by the address, off and on.
    expect([smart(0xd2, 0), smart(0xd2, 7), smart(0xd0)]).toEqual([0x50, 0x41, 0x58]);
    expect(sector()[362]).toBe(0x02);
    // Every test that there is passes and is remembered; the log begins anew after 21.
    for (let n = 0; n < 23; n++) expect(smart(0xd4, n % 3)).toBe(0x50);
    expect(smart(0xd4, 3)).toBe(0x41);
    expect(smart(0xd5, 6)).toBe(0x58);
    const log = sector();
    expect([log.slice(0, 6), log.slice(26, 30)]).toEqual([
      [1, 0, 0, 0, 0x34, 0x12],
      [1, 0, 0x34, 0x12],
    ]);
    expect([log[50], log[508], isSound(log)]).toEqual([0, 2, true]);
    expect([smart(0xd5, 1), isSound(sector()), smart(0xd5, 2)]).toEqual([0x58, true, 0x41]);
    expect([smart(0xda), rig.in(0x1f4), rig.in(0x1f5)]).toEqual([0x50, 0x4f, 0xc2]);
    expect(smart(0xda, 0, [0, 0])).toBe(0x41);
    // Switched off it takes nothing but to be switched on, and IDENTIFY says so.
    expect([smart(0xd9), smart(0xda), smart(0xd9)]).toEqual([0x50, 0x41, 0x41]);
    rig.out(0x1f7, 0xec);
    expect([readWords(256)[85], smart(0xd8), smart(0xda)]).toEqual([0x4020, 0x50, 0x50]);
    expect(status()).toBe(0x50);
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
