/** qcow2: what is written is read again, by this and by whoever knows the format. */
import { deflateRawSync } from "node:zlib";

import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { BlockGraph } from "../../src/block/block-graph.js";
import { BlockOptions } from "../../src/block/block-options.js";
import { legacyOptions } from "../../src/block/open-node.js";
import { Qcow2Image } from "../../src/block/qcow2/qcow2-image.js";
import type { BlockBackend } from "../../src/storage/block-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { type GrowingFile, makeQcow2, wrongCounts } from "./qcow2-file.js";

const SECTOR = 512;
const KIB = 1024;

const open = (
  file: BlockBackend,
  more: Partial<ConstructorParameters<typeof Qcow2Image>[1]> = {},
) => new Qcow2Image(file, { readonly: false, backing: null, ...more });

function graph(files: Readonly<Record<string, BlockBackend>>): BlockGraph {
  const nothing = (): void => undefined;
  return new BlockGraph(
    { emit: nothing, stop: nothing, note: nothing },
    {
      open: (path) => {
        const file = files[path];
        if (file === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
        return file;
      },
      readText: () => "",
    },
  );
}

describe("an image", () => {
  it.each([
    [9, 2],
    [9, 3],
    [12, 3],
    [16, 3],
  ] as const)(
    "keeps random writes in clusters of 2^%i bytes, version %i",
    (clusterBits, version) => {
      const size = 2 ** (clusterBits + 6) + 128 * KIB + 3 * SECTOR;
      const file = makeQcow2({ size, clusterBits, version });
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
    // A table of one cluster of 512 bytes counts for 8 MiB.
    const file = makeQcow2({ size: 10 * KIB * KIB, clusterBits: 9 });
    // Clusters that nobody counts.
    file.resize((8 * KIB * KIB) / SECTOR - 8);
    const image = open(file);
    const data = Uint8Array.from({ length: 64 * KIB }, (_byte, at) => at * 13);
    image.write(128 * 78, data);
    expect(new DataView(file.bytes.buffer).getUint32(56)).toBeGreaterThan(1);
    expect(wrongCounts(file.bytes)).toEqual([]);
    const back = new Uint8Array(data.length);
    open(file).read(128 * 78, back);
    expect(back).toEqual(data);
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
    const damaged = open(file, {
      inflate: () => {
        throw new Error("bad block");
      },
    });
    expect(() => damaged.read(24, back)).not.toThrow();
  });

  const header = (change: (view: DataView) => void): GrowingFile => {
    const file = makeQcow2({ size: 256 * KIB, clusterBits: 12 });
    change(new DataView(file.bytes.buffer));
    return file;
  };
  it.each([
    ["another format", (v: DataView) => v.setUint32(0, 0), "Image is not in qcow2 format"],
    ["a later version", (v: DataView) => v.setUint32(4, 4), "Unsupported qcow2 version 4"],
    ["a cluster of 2^30", (v: DataView) => v.setUint32(20, 30), "Unsupported cluster size: 2^30"],
    ["a cipher", (v: DataView) => v.setUint32(32, 1), "encrypted images are not supported"],
    ["an external file", (v: DataView) => v.setUint32(76, 4), "external data file"],
    ["features to come", (v: DataView) => v.setUint32(76, 512), "0x200"],
    ["a table elsewhere", (v: DataView) => v.setUint32(44, 0x7fff_f000), "L1 table offset invalid"],
    ["a small table", (v: DataView) => v.setUint32(36, 0), "too large or too small"],
    ["counts elsewhere", (v: DataView) => v.setUint32(52, 0x7fff_f000), "count table offset"],
    ["a huge number", (v: DataView) => v.setUint32(24, 0xffff_ffff), "cannot be"],
    ["damage", (v: DataView) => v.setUint32(76, 1), "only be opened read-only"],
  ] as const)("with %s is refused", (_what, change, message) => {
    expect(() => open(header(change))).toThrow(message);
  });

  it("that may be damaged can be read", () => {
    const image = open(
      header((view) => view.setUint32(76, 1)),
      { readonly: true },
    );
    expect(() => image.write(0, new Uint8Array(SECTOR))).toThrow("read-only");
  });
});

describe("images on each other", () => {
  const base = (): MemoryImage => {
    const bytes = Uint8Array.from({ length: 64 * KIB }, (_byte, at) => at >> 8);
    return new MemoryImage(bytes);
  };

  it("show what is beneath where nothing was written, and copy it on a write", () => {
    const file = makeQcow2({ size: 128 * KIB, clusterBits: 12, backing: "base.img" });
    const beneath = base();
    const blocks = graph({ "/d/top.qcow2": file, "/d/base.img": beneath });
    const node = blocks.openNode(legacyOptions("/d/top.qcow2", null, {}));
    expect([node.driver, node.backing?.driver, node.backingDepth]).toEqual(["qcow2", "raw", 1]);
    const before = beneath.bytes.slice();
    node.image.write(9, new Uint8Array(SECTOR).fill(0xee));
    const back = new Uint8Array(4096);
    node.image.read(8, back);
    expect([back[0], back[512], back[1024]]).toEqual([16, 0xee, 20]);
    node.image.read(248, back);
    expect(back).toEqual(new Uint8Array(4096));
    expect(beneath.bytes).toEqual(before);
    expect(wrongCounts(file.bytes)).toEqual([]);
  });

  it("name what is not there, and rings", () => {
    const alone = makeQcow2({ size: KIB * KIB, clusterBits: 12, backing: "gone" });
    const blocks = graph({ "/d/a": alone });
    expect(() => blocks.openNode(legacyOptions("/d/a", "qcow2", {}))).toThrow(
      "Could not open '/d/gone'",
    );
    const cut = blocks.openNode(
      new BlockOptions({
        driver: "qcow2",
        backing: null,
        file: { driver: "file", filename: "/d/a" },
      }),
    );
    expect(cut.backing).toBeNull();
  });
});

describe("the format", () => {
  it("is found out, and a guest cannot change it", () => {
    const raw = new MemoryImage(KIB);
    const blocks = graph({ q: makeQcow2({ size: KIB * KIB, clusterBits: 12 }), r: raw });
    const format = (name: string, given: string | null): string =>
      blocks.openNode(legacyOptions(name, given, {})).driver;
    expect([format("q", null), format("q", "raw"), format("r", null)]).toEqual([
      "qcow2",
      "raw",
      "raw",
    ]);
    const header = makeQcow2({ size: KIB * KIB, clusterBits: 12 }).bytes.subarray(0, SECTOR);
    const probed = blocks.openNode(legacyOptions("r", null, {}));
    expect(() => probed.image.write(0, header)).toThrow("give format=raw");
    blocks.openNode(legacyOptions("r", "raw", {})).image.write(0, header);
    expect(() => blocks.openNode(legacyOptions("r", "qcow2", {}))).toThrow(
      "Could not open 'r': Active L1 table",
    );
  });
});
