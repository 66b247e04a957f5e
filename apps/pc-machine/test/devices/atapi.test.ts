import { describe, expect, it } from "vitest";

import { Piix3Ide } from "../../src/devices/piix3-ide/index.js";
import { PciBus } from "../../src/pci/index.js";
import { MemoryImage } from "../../src/storage/index.js";
import { DeviceRig, Wire } from "./device-rig.js";

const SECTORS = 50;

function setUp() {
  const rig = new DeviceRig();
  const irq = new Wire();
  const image = new MemoryImage(SECTORS * 2048);
  for (let sector = 0; sector < SECTORS; sector++) {
    image.bytes.fill(sector + 1, 2048 * sector, 2048 * (sector + 1));
  }
  const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
  const ide = new Piix3Ide(rig.ctx, {
    primaryIrq: new Wire(),
    secondaryIrq: irq,
    drives: [null, null, { backend: image, kind: "cdrom" }],
  });
  bus.add(ide, 1, 1);
  rig.map(...ide.windows);
  ide.reset();
  rig.out(0x176, 0xa0);

  /** Send a packet and collect the answer: its pieces, and how the command ended. */
  const packet = (bytes: readonly number[], limit = 0xfffe) => {
    rig.out(0x171, 0);
    rig.out(0x174, limit & 0xff);
    rig.out(0x175, limit >> 8);
    rig.out(0x177, 0xa0);
    expect(rig.in(0x177) & 0x09).toBe(0x08);
    expect(rig.in(0x172)).toBe(0x01);
    const padded = [...bytes, ...new Array<number>(12).fill(0)].slice(0, 12);
    for (let i = 0; i < 12; i += 2) {
      rig.out(0x170, padded[i]! | (padded[i + 1]! << 8), 2);
    }
    const pieces: number[][] = [];
    for (;;) {
      expect(irq.level).toBe(true);
      const status = rig.in(0x177);
      if ((status & 0x08) === 0) {
        return {
          reason: rig.in(0x172),
          pieces,
          bytes: pieces.flat(),
          status,
          error: rig.in(0x171),
        };
      }
      expect(rig.in(0x172)).toBe(0x02);
      const length = rig.in(0x174) | (rig.in(0x175) << 8);
      const piece: number[] = [];
      for (let i = 0; i < length; i += 2) {
        const word = rig.in(0x170, 2);
        piece.push(word & 0xff, word >> 8);
      }
      pieces.push(piece.slice(0, length));
    }
  };
  return { rig, irq, ide, packet };
}

describe("ATAPI drive", () => {
  it("shows its signature, also when taken for a disk", () => {
    const { rig } = setUp();
    const signature = (): number[] => [2, 3, 4, 5].map((n) => rig.in(0x170 + n));
    expect(signature()).toEqual([1, 1, 0x14, 0xeb]);
    rig.out(0x174, 0x77);
    rig.out(0x177, 0xec);
    expect(rig.in(0x177)).toBe(0x41);
    expect(rig.in(0x171)).toBe(0x04);
    expect(signature()).toEqual([1, 1, 0x14, 0xeb]);
    rig.out(0x174, 0x77);
    rig.out(0x177, 0x08);
    expect(signature()).toEqual([1, 1, 0x14, 0xeb]);
  });

  it("identifies itself", () => {
    const { rig } = setUp();
    rig.out(0x177, 0xa1);
    expect(rig.in(0x177)).toBe(0x58);
    const words = Array.from({ length: 256 }, () => rig.in(0x170, 2));
    expect(words[0]).toBe(0x85c0);
    expect(String.fromCharCode(words[27]! >> 8, words[27]! & 0xff)).toBe("QE");
    expect(rig.in(0x177)).toBe(0x50);
  });

  it("tells what it is and how long its disc is", () => {
    const { packet } = setUp();
    const inquiry = packet([0x12, 0, 0, 0, 36]);
    expect(inquiry.bytes).toHaveLength(36);
    expect(String.fromCharCode(...inquiry.bytes.slice(16, 28))).toBe("QEMU DVD-ROM");
    expect(packet([0x12, 0, 0, 0, 5]).bytes).toEqual([5, 0x80, 0, 0x21, 31]);
    expect(packet([0x25]).bytes).toEqual([0, 0, 0, SECTORS - 1, 0, 0, 8, 0]);
    expect(packet([0x43, 0, 0, 0, 0, 0, 0, 0, 20]).bytes).toEqual([
      0,
      18,
      1,
      1,
      0,
      0x14,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0x16,
      0xaa,
      0,
      0,
      0,
      0,
      SECTORS,
    ]);
    expect(packet([0x00])).toMatchObject({ bytes: [], status: 0x50, reason: 0x03 });
  });

  it("reads sectors in pieces no longer than asked", () => {
    const { packet } = setUp();
    const whole = packet([0x28, 0, 0, 0, 0, 7, 0, 0, 2]);
    expect(whole.pieces.map((piece) => piece.length)).toEqual([4096]);
    expect([whole.bytes[0], whole.bytes[4095]]).toEqual([8, 9]);
    const pieces = packet([0x28, 0, 0, 0, 0, 7, 0, 0, 1], 1000).pieces;
    expect(pieces.map((piece) => piece.length)).toEqual([1000, 1000, 48]);
    const long = packet([0xa8, 0, 0, 0, 0, 1, 0, 0, 0, 40]);
    expect(long.bytes).toHaveLength(40 * 2048);
    expect(long.bytes.every((byte, i) => byte === 2 + Math.floor(i / 2048))).toBe(true);
  });

  it("refuses with a sense that can be asked for once", () => {
    const { packet } = setUp();
    const beyond = packet([0x28, 0, 0, 0, 0, SECTORS - 1, 0, 0, 2]);
    expect([beyond.status, beyond.error]).toEqual([0x41, 0x50]);
    expect(packet([0x03, 0, 0, 0, 18]).bytes.slice(2, 14)).toEqual([
      5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x21, 0,
    ]);
    expect(packet([0x03, 0, 0, 0, 18]).bytes[2]).toBe(0);
    expect(packet([0x2a]).error).toBe(0x50);
  });

  it("lists the table of contents in the formats of ATAPI's byte 9", () => {
    const { packet } = setUp();
    const format = (number: number, allocated = 48): readonly number[] =>
      packet([0x43, 2, 0, 0, 0, 0, 0, 0, allocated, number << 6]).bytes;
    expect(format(1)).toEqual([0, 10, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const raw = format(2);
    expect(raw.slice(0, 4)).toEqual([0, 46, 1, 1]);
    expect([0, 1, 2, 3].map((n) => raw[4 + 11 * n + 3])).toEqual([0xa0, 0xa1, 0xa2, 1]);
    expect(raw.slice(4 + 33 + 7)).toEqual([0, 0, 2, 0]);
    expect(packet([0x43, 0, 0, 0, 0, 0, 0, 0, 48, 3 << 6]).error).toBe(0x50);
  });

  it("gives whole sectors by READ CD, with their header", () => {
    const { packet } = setUp();
    expect(packet([0xbe, 0, 0, 0, 0, 3, 0, 0, 1, 0x10]).bytes).toHaveLength(2048);
    const raw = packet([0xbe, 0, 0, 0, 0, 3, 0, 0, 2, 0xf8]).bytes;
    expect(raw).toHaveLength(2 * 2352);
    expect(raw.slice(0, 17)).toEqual([0, ...Array<number>(10).fill(0xff), 0, 0, 2, 3, 1, 4]);
    expect(raw.slice(2352 + 12, 2352 + 17)).toEqual([0, 2, 4, 1, 5]);
    expect(packet([0xbe, 0, 0, 0, 0, 3, 0, 0, 1, 0x00])).toMatchObject({ bytes: [], status: 0x50 });
    expect(packet([0xbe, 0, 0, 0, 0, 3, 0, 0, 1, 0x58]).error).toBe(0x50);
  });

  it("tells its features, its disc, its mechanism and its pages", () => {
    const { packet } = setUp();
    expect(packet([0x46, 0, 0, 0, 0, 0, 0, 1, 0]).bytes).toEqual([
      ...[0, 0, 0, 16, 0, 0, 0, 8],
      ...[0, 0, 3, 8, 0, 0x10, 0, 0, 0, 8, 1, 0],
    ]);
    expect(packet([0x46, 0, 0, 1, 0, 0, 0, 1, 0]).error).toBe(0x50);
    expect(packet([0x51, 0, 0, 0, 0, 0, 0, 0, 34]).bytes).toHaveLength(34);
    expect(packet([0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8]).bytes).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
    expect(packet([0x12, 1, 0, 0, 64]).bytes).toEqual([5, 0, 0, 2, 0, 0x83]);
    expect(packet([0x12, 1, 0x83, 0, 64]).bytes).toHaveLength(28);
    expect(packet([0x12, 1, 0x80, 0, 64]).error).toBe(0x50);
    expect(packet([0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 64]).bytes).toHaveLength(30);
    const audio = [0x0e, 14, ...Array.from({ length: 14 }, () => 0)];
    expect([...packet([0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 64]).bytes].slice(8)).toEqual(audio);
  });

  it("opens its tray unless that is forbidden, and has no disc then", () => {
    const { packet } = setUp();
    const media = (): number | undefined => packet([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8]).bytes[5];
    packet([0x1e, 0, 0, 0, 1]);
    expect(packet([0x1b, 0, 0, 0, 2])).toMatchObject({ status: 0x41, error: 0x20 });
    expect(packet([0x03, 0, 0, 0, 18]).bytes[12]).toBe(0x53);
    packet([0x1e, 0, 0, 0, 0]);
    expect(packet([0x1b, 0, 0, 0, 2]).status).toBe(0x50);
    expect(media()).toBe(1);
    expect(packet([0x00])).toMatchObject({ status: 0x41, error: 0x20 });
    expect(packet([0x03, 0, 0, 0, 18]).bytes[12]).toBe(0x3a);
    expect(packet([0x1b, 0, 0, 0, 3]).status).toBe(0x50);
    expect(media()).toBe(2);
    expect(packet([0x00]).status).toBe(0x50);
  });

  it("refuses packets that would release the bus, and flushes", () => {
    const { rig } = setUp();
    rig.out(0x171, 0x02);
    rig.out(0x177, 0xa0);
    expect([rig.in(0x177), rig.in(0x171)]).toEqual([0x41, 0x04]);
    rig.out(0x177, 0xe7);
    expect([rig.in(0x177), rig.in(0x171)]).toEqual([0x50, 0]);
  });

  it("refuses what it does not know with a sense, also without a byte count", () => {
    const { packet } = setUp();
    expect(packet([0xff], 0)).toMatchObject({ status: 0x41, error: 0x50, reason: 0x03 });
  });

  it("refuses a byte count of 0 where there are data", () => {
    const { packet } = setUp();
    expect(packet([0x28, 0, 0, 0, 0, 7, 0, 0, 1], 0)).toMatchObject({ status: 0x41, error: 0x04 });
    expect(packet([0x00], 0).status).toBe(0x50);
  });
});

describe("ATAPI drive by DMA", () => {
  /** READ(10) of `count` sectors from `sector`, with the list at 0x1000 naming `areas`. */
  function read(sector: number, count: number, areas: readonly (readonly [number, number])[]) {
    const { rig, irq, ide } = setUp();
    const ram = rig.machine.ram({ name: "ram", size: 0x2_0000 });
    rig.memory.addSubregion(0, ram);
    ide.configWrite(0x20, 0xc000, 4);
    ide.configWrite(0x04, 0x0005, 2);
    const bytes = ram.ramBytes(0, 0x2_0000);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    areas.forEach(([address, length], n) => {
      view.setUint32(0x1000 + 8 * n, address, true);
      view.setUint32(0x1004 + 8 * n, length | (n === areas.length - 1 ? 0x8000_0000 : 0), true);
    });
    rig.out(0xc00c, 0x1000, 4);
    rig.out(0x171, 1);
    rig.out(0x177, 0xa0);
    for (const word of [0x28, 0, sector << 8, 0, count, 0]) rig.out(0x170, word, 2);
    const waiting = rig.in(0x376);
    rig.out(0xc008, 0x09);
    return { bytes, waiting, irq, engine: rig.in(0xc00a), status: rig.in(0x376), rig };
  }

  it("scatters sectors over memory and interrupts once", () => {
    const { bytes, waiting, irq, engine, status, rig } = read(0, 3, [
      [0x2000, 0x1000],
      [0x8000, 0x0800],
    ]);
    expect([waiting & 0x88, irq.edges, engine, status]).toEqual([0x88, 1, 0x04, 0x50]);
    expect([bytes[0x2000], bytes[0x27ff], bytes[0x2800], bytes[0x2fff]]).toEqual([1, 1, 2, 2]);
    expect([bytes[0x3000], bytes[0x8000], bytes[0x87ff], bytes[0x8800]]).toEqual([0, 3, 3, 0]);
    expect(rig.in(0x172)).toBe(0x03);
  });

  it("stops the engine when it is done, also where the list goes on", () => {
    const { engine, status } = read(1, 1, [[0x2000, 0x4000]]);
    expect([engine, status]).toEqual([0x04, 0x50]);
  });

  it("gives up without an interrupt when the list is too short", () => {
    const { irq, engine, status } = read(0, 2, [[0x2000, 0x0800]]);
    expect([irq.edges, engine, status]).toEqual([0, 0x00, 0x50]);
  });
});
