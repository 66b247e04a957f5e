/** qcow2: what is written is read again, by this and by whoever knows the format. */
import { deflateRawSync } from "node:zlib";

import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { Qcow2Image } from "../../src/block/qcow2/qcow2-image.js";
import type { BlockBackend } from "../../src/storage/block-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { addSnapshot, makeQcow2, setCount, wrongCounts } from "./qcow2-file.js";

const SECTOR = 512;
const KIB = 1024;

const open = (
  file: BlockBackend,
  more: Partial<ConstructorParameters<typeof Qcow2Image>[1]> = {},
) => new Qcow2Image(file, { readonly: false, backing: null, ...more });

describe("an image", () => {
  it.each([
    [9, 2, 4],
    [9, 3, 4],
    [12, 3, 0],
    [12, 3, 1],
    [12, 3, 2],
    [12, 3, 3],
    [12, 3, 5],
    [12, 3, 6],
    [16, 3, 4],
  ] as const)(
    "keeps random writes in clusters of 2^%i bytes, version %i, counts of 2^%i bits",
    (clusterBits, version, order) => {
      const size = 2 ** (clusterBits + 6) + 128 * KIB + 3 * SECTOR;
      const file = makeQcow2({ size, clusterBits, version, order });
      const model = new Uint8Array(size);
      const random = new Random(clusterBits + version);
      const image = open(file);
      expect(image.sectors).toBe(size / SECTOR);
      for (let round = 0; round < 40; round++) {
        const sectors = 1 + random.below(64);
        const lba = random.below(image.sectors - sectors);
        const data = Uint8Array.from({ length: sectors * SECTOR }, () => random.below(256));
        image.write(lba, data);
        model.set(data, lba * SECTOR);
      }
      expect(wrongCounts(file.bytes)).toEqual([]);
      for (const one of [image, open(file)]) {
        const back = new Uint8Array(size);
        one.read(0, back);
        expect(Buffer.compare(back, model)).toBe(0);
      }
    },
  );

  it("gets a larger table of counts when it outgrows the one it has", () => {
    // A table of one cluster of 512 bytes, with counts of 64 bits, counts for 2 MiB.
    const size = 3 * KIB * KIB;
    const file = makeQcow2({ size, clusterBits: 9, order: 6 });
    const image = open(file);
    const data = Uint8Array.from({ length: size }, (_byte, at) => (at * 13) >> 3);
    image.write(0, data);
    expect(new DataView(file.bytes.buffer).getUint32(56)).toBeGreaterThan(1);
    expect(wrongCounts(file.bytes)).toEqual([]);
    const back = new Uint8Array(size);
    open(file).read(0, back);
    expect(Buffer.compare(back, data)).toBe(0);
  });

  it("of 2 TiB takes what is written", () => {
    const file = makeQcow2({ size: 2 ** 41, clusterBits: 16 });
    const image = open(file);
    const data = new Uint8Array(SECTOR).fill(0x5a);
    image.write(2 ** 32 - 1, data);
    const back = new Uint8Array(SECTOR);
    open(file).read(2 ** 32 - 1, back);
    expect(back).toEqual(data);
    expect(file.bytes.length).toBeLessThan(KIB * KIB);
    expect(() => image.write(2 ** 32, data)).toThrow("outside the medium");
  });

  it("stays as it was when the host is full, and can be written later", () => {
    const file = makeQcow2({ size: KIB * KIB, clusterBits: 12 });
    const image = open(file);
    const data = new Uint8Array(SECTOR).fill(1);
    image.write(0, data);
    file.limit = file.bytes.length;
    expect(() => image.write(64, data)).toThrow("full");
    expect(wrongCounts(file.bytes)).toEqual([]);
    file.limit = Infinity;
    image.write(64, data);
    expect(wrongCounts(file.bytes)).toEqual([]);
  });

  it("holds compressed clusters, which a write unpacks", () => {
    const file = makeQcow2({ size: 256 * KIB, clusterBits: 12 });
    const image = open(file);
    image.write(0, new Uint8Array(SECTOR).fill(9));
    const contents = Uint8Array.from({ length: 4096 }, (_byte, at) => at >> 4);
    const packed = deflateRawSync(contents);
    const at = file.bytes.length;
    file.resize(at / SECTOR + 8);
    file.bytes.set(packed, at + 100);
    const view = new DataView(file.bytes.buffer);
    setCount(view, 2 * 4096, 4, at / 4096, 1);
    const l2 = Number(view.getBigUint64(3 * 4096) & 0x00ff_ffff_ffff_fe00n);
    const sectors = Math.floor((100 + packed.length) / SECTOR);
    view.setBigUint64(l2 + 8, (1n << 62n) | (BigInt(sectors) << 58n) | BigInt(at + 100));
    const inflate = (bytes: Uint8Array): Uint8Array => {
      expect(bytes.subarray(0, packed.length)).toEqual(new Uint8Array(packed));
      return contents;
    };
    const again = open(file, { inflate });
    const back = new Uint8Array(1024);
    again.read(10, back);
    expect(back).toEqual(contents.subarray(1024, 2048));
    again.write(8, new Uint8Array(SECTOR));
    again.read(9, back);
    expect(back).toEqual(contents.subarray(512, 1536));
    expect(wrongCounts(file.bytes)).toEqual([]);
  });

  it("leaves its snapshots alone", () => {
    const size = 96 * KIB;
    const file = makeQcow2({ size, clusterBits: 12, order: 1 });
    const before = Uint8Array.from({ length: size }, (_byte, at) => at >> 9);
    open(file).write(0, before);
    addSnapshot(file, 1);
    expect(wrongCounts(file.bytes)).toEqual([]);
    const image = open(file);
    const now = before.slice();
    for (const [lba, sectors] of [
      [3, 2],
      [40, 9],
      [0, 1],
      [3, 30],
    ] as const) {
      now.fill(0xa0 + lba, lba * SECTOR, (lba + sectors) * SECTOR);
      image.write(lba, now.slice(lba * SECTOR, (lba + sectors) * SECTOR));
    }
    expect(wrongCounts(file.bytes)).toEqual([]);
    expect(image.header.snapshots.snapshots.map(({ id, name }) => [id, name])).toEqual([
      ["1", "once"],
    ]);
    const back = new Uint8Array(size);
    open(file).read(0, back);
    expect(Buffer.compare(back, now)).toBe(0);
    const view = new DataView(file.bytes.buffer);
    view.setBigUint64(40, view.getBigUint64(Number(view.getBigUint64(64))));
    open(file, { readonly: true }).read(0, back);
    expect(Buffer.compare(back, before)).toBe(0);
  });

  it("uses clusters again that are free, and grows only then", () => {
    const file = makeQcow2({ size: KIB * KIB, clusterBits: 12 });
    const image = open(file);
    image.write(0, new Uint8Array(256 * KIB).fill(1));
    const most = file.bytes.length;
    image.resize((4 * KIB) / SECTOR);
    expect(wrongCounts(file.bytes)).toEqual([]);
    image.resize((1024 * KIB) / SECTOR);
    image.write(1024, new Uint8Array(252 * KIB).fill(2));
    expect(file.bytes.length).toBeLessThanOrEqual(most);
    image.write(128, new Uint8Array(SECTOR));
    expect(file.bytes.length).toBeGreaterThan(most);
    expect(wrongCounts(file.bytes)).toEqual([]);
  });

  it("gets larger, with a larger table of tables, and shows nothing of what was behind its end", () => {
    const beneath = new MemoryImage(new Uint8Array(128 * KIB).fill(0xbb));
    const file = makeQcow2({ size: 30 * KIB, clusterBits: 9 });
    const image = open(file, { backing: beneath });
    image.write(58, new Uint8Array(SECTOR).fill(0xaa));
    image.resize(40 * KIB * 2);
    expect(new DataView(file.bytes.buffer).getUint32(36)).toBe((40 * KIB * KIB) / (32 * KIB));
    expect(wrongCounts(file.bytes)).toEqual([]);
    const back = new Uint8Array(120 * KIB);
    for (const one of [image, open(file, { backing: beneath })]) {
      one.read(0, back);
      expect([back[0], back[58 * SECTOR], back[60 * SECTOR - 1]]).toEqual([0xbb, 0xaa, 0xbb]);
      expect(back.subarray(60 * SECTOR).every((byte) => byte === 0)).toBe(true);
    }
    image.write(40 * KIB * 2 - 1, new Uint8Array(SECTOR).fill(7));
    image.resize(8);
    expect(image.sectors).toBe(8);
    expect(wrongCounts(file.bytes)).toEqual([]);
    expect(() => image.resize(2 ** 40)).toThrow("File too large");
  });

  it("has clusters of zeros, with a place and without", () => {
    const file = makeQcow2({ size: 64 * KIB, clusterBits: 12 });
    const beneath = new MemoryImage(new Uint8Array(64 * KIB).fill(0xbb));
    const image = open(file, { backing: beneath });
    image.write(8, new Uint8Array(4096).fill(5));
    const view = new DataView(file.bytes.buffer);
    const l2 = Number(view.getBigUint64(3 * 4096) & 0x00ff_ffff_ffff_fe00n);
    view.setUint8(l2 + 15, view.getUint8(l2 + 15) | 1);
    view.setUint8(l2 + 7, 1);
    const place = Number(view.getBigUint64(l2 + 8) & 0x00ff_ffff_ffff_fe00n);
    const again = open(file, { backing: beneath });
    const back = new Uint8Array(3 * 4096);
    again.read(0, back);
    expect([back[0], back[4096], back[8192]]).toEqual([0, 0, 0xbb]);
    again.write(9, new Uint8Array(SECTOR).fill(6));
    again.write(1, new Uint8Array(SECTOR).fill(7));
    again.read(0, back);
    expect([back[0], back[512], back[1024]]).toEqual([0, 7, 0]);
    expect([back[4096], back[4608], back[5120]]).toEqual([0, 6, 0]);
    const entry = new DataView(file.bytes.buffer).getBigUint64(l2 + 8);
    expect(Number(entry & 0x00ff_ffff_ffff_ffffn)).toBe(place);
    expect(wrongCounts(file.bytes)).toEqual([]);
  });
});
