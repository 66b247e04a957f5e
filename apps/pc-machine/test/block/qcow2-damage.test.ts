/** qcow2 images that are none, or are damaged: refused in one line, or an error to the guest. */
import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { Qcow2Image } from "../../src/block/qcow2/qcow2-image.js";
import { BlockError, type BlockBackend } from "../../src/storage/block-backend.js";
import { type GrowingFile, makeQcow2, setCount, wrongCounts } from "./qcow2-file.js";

const SECTOR = 512;
const KIB = 1024;
const CLUSTER = 4096;
/** Places in an image of {@link makeQcow2} with clusters of that size. */
const TABLE = CLUSTER;
const BLOCK = 2 * CLUSTER;
const L1 = 3 * CLUSTER;

const open = (
  file: BlockBackend,
  more: Partial<ConstructorParameters<typeof Qcow2Image>[1]> = {},
) => new Qcow2Image(file, { readonly: false, backing: null, ...more });

const header = (change: (view: DataView) => void): GrowingFile => {
  const file = makeQcow2({ size: 256 * KIB, clusterBits: 12 });
  change(new DataView(file.bytes.buffer));
  return file;
};

describe("an image", () => {
  it.each([
    ["another format", (v: DataView) => v.setUint32(0, 0), "Image is not in qcow2 format"],
    ["a later version", (v: DataView) => v.setUint32(4, 4), "Unsupported qcow2 version 4"],
    ["a cluster of 2^30", (v: DataView) => v.setUint32(20, 30), "Unsupported cluster size: 2^30"],
    ["a cipher", (v: DataView) => v.setUint32(32, 1), "encrypted images are not supported"],
    ["another cipher", (v: DataView) => v.setUint32(32, 3), "Unsupported encryption method 3"],
    [
      "features to come",
      (v: DataView) => v.setUint32(72, 256),
      "Unsupported qcow2 feature(s): Unknown incompatible feature: 10000000000",
    ],
    ["a short header", (v: DataView) => v.setUint32(100, 50), "qcow2 header too short"],
    ["a long header", (v: DataView) => v.setUint32(100, 8192), "qcow2 header exceeds cluster size"],
    ["a table elsewhere", (v: DataView) => v.setUint32(44, 0x7fff_f000), "Active L1 table offset"],
    ["a table aside", (v: DataView) => v.setUint32(44, 0x3200), "Active L1 table offset invalid"],
    ["a small table", (v: DataView) => v.setUint32(36, 0), "L1 table is too small"],
    ["a huge table", (v: DataView) => v.setUint32(36, 1 << 30), "Active L1 table too large"],
    ["counts elsewhere", (v: DataView) => v.setUint32(52, 0x7fff_f000), "count table offset"],
    ["no counts", (v: DataView) => v.setUint32(56, 0), "does not contain a reference count table"],
    ["many counts", (v: DataView) => v.setUint32(56, 1 << 20), "Reference count table too large"],
    ["wide counts", (v: DataView) => v.setUint32(96, 7), "may not exceed 64 bits"],
    ["a huge number", (v: DataView) => v.setUint32(24, 0xffff_ffff), "Image is too big"],
    ["a name elsewhere", (v: DataView) => v.setUint32(12, 1 << 20), "Invalid backing file offset"],
    ["many snapshots", (v: DataView) => v.setUint32(60, 1 << 20), "Snapshot table too large"],
    ["a snapshot nowhere", (v: DataView) => v.setUint32(60, 1), "Snapshot table offset invalid"],
    ["an endless extension", (v: DataView) => v.setInt32(104, -1), "Header extension too large"],
    [
      "damage",
      (v: DataView) => v.setUint32(76, 2),
      "Image is corrupt; cannot be opened read/write",
    ],
  ] as const)("with %s is refused", (_what, change, message) => {
    const change2 = (view: DataView): void => {
      change(view);
      if (_what === "an endless extension") view.setUint32(108, 0x10000);
    };
    expect(() => open(header(change2))).toThrow(message);
  });

  it("names the feature that it needs", () => {
    const file = header((view) => {
      view.setUint32(76, 16);
      view.setUint32(104, 0x6803_f857);
      view.setUint32(108, 48);
      view.setUint8(113, 4);
    });
    file.bytes.set(new TextEncoder().encode("extended L2 entries"), 114);
    expect(() => open(file)).toThrow("Unsupported qcow2 feature(s): extended L2 entries");
  });

  it("that is corrupt can be read", () => {
    const image = open(
      header((view) => view.setUint32(76, 2)),
      { readonly: true },
    );
    expect(image.corrupt).toBe(true);
    expect(() => image.write(0, new Uint8Array(SECTOR))).toThrow("read-only");
  });
});

/** Reads and writes in any order. */
function scribble(file: GrowingFile, random: Random): void {
  const image = open(file, { inflate: () => new Uint8Array(CLUSTER) });
  for (let access = 0; access < 12; access++) {
    const lba = random.below(Math.max(1, Math.min(512, image.sectors - 9)));
    const data = new Uint8Array(9 * SECTOR).fill(0xee);
    if (random.below(2) === 0) image.read(lba, data);
    else image.write(lba, data);
  }
}

function errorOf(action: () => void): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}

describe("tables that cannot be right", () => {
  /** An image with something in its first cluster; where its table is. */
  const written = (): { file: GrowingFile; view: DataView; l2: number } => {
    const file = makeQcow2({ size: 256 * KIB, clusterBits: 12 });
    open(file).write(0, new Uint8Array(CLUSTER).fill(1));
    const view = new DataView(file.bytes.buffer);
    return { file, view, l2: Number(view.getBigUint64(L1) & 0x00ff_ffff_ffff_fe00n) };
  };
  const OWN = 1n << 63n;

  it.each([
    ["a table aside", (v: DataView) => v.setBigUint64(L1, OWN | 0x4200n), "L2 table offset 0x4200"],
    [
      "a cluster aside",
      (v: DataView, l2: number) => v.setBigUint64(l2, OWN | 0x5200n),
      "Cluster allocation offset 0x5200 unaligned",
    ],
    [
      "a cluster in the counts",
      (v: DataView, l2: number) => v.setBigUint64(l2, OWN | BigInt(TABLE)),
      "overlaps with refcount table",
    ],
    [
      "a cluster in its table",
      (v: DataView, l2: number) => v.setBigUint64(l2, OWN | BigInt(l2)),
      "overlaps with active L2 table",
    ],
    [
      "a block aside",
      (v: DataView) => v.setBigUint64(TABLE, 0x2200n),
      "Refblock offset 0x2200 unaligned",
    ],
    ["a block in the header", (v: DataView) => v.setBigUint64(TABLE, 0n), "at offset 0"],
    [
      "two tables in one place",
      (v: DataView) => v.setBigUint64(L1, OWN | BigInt(BLOCK)),
      "overlaps with refcount block",
    ],
    [
      "a table that counts as free",
      (v: DataView, l2: number) => setCount(v, BLOCK, 4, l2 / CLUSTER, 0),
      "overlaps with active L2 table",
    ],
  ] as const)("(%s) end in an error, and stay as they are", (_what, change, message) => {
    const { file, view, l2 } = written();
    change(view, l2);
    const told: string[] = [];
    const image = open(file, { onDamage: (words) => told.push(words) });
    const before = file.bytes.slice();
    const write = (): void => {
      image.write(0, new Uint8Array(SECTOR));
      image.write(16, new Uint8Array(CLUSTER));
    };
    expect(write).toThrow(message);
    expect(told).toHaveLength(1);
    expect(() => image.read(0, new Uint8Array(SECTOR))).toThrow("the image is corrupt");
    expect(new DataView(file.bytes.buffer).getUint32(76)).toBe(2);
    before[79] = 2;
    expect(
      Buffer.compare(file.bytes.subarray(0, L1 + CLUSTER), before.subarray(0, L1 + CLUSTER)),
    ).toBe(0);
    expect(() => open(file)).toThrow("cannot be opened read/write");
  });

  it("do no harm, whatever bytes are in them", () => {
    const random = new Random(7);
    const errors: unknown[] = [];
    for (let round = 0; round < 300; round++) {
      const { file, view, l2 } = written();
      for (let change = 0; change < 6; change++) {
        const [table, room] = [
          [0, 112],
          [TABLE, 64],
          [BLOCK, 64],
          [L1, 8],
          [l2, 512],
        ][random.below(5)] as [number, number];
        view.setUint8(table + random.below(room), random.below(256));
      }
      file.limit = KIB * KIB;
      const first = file.bytes.slice(0, SECTOR);
      errors.push(errorOf(() => scribble(file, random)));
      // Of the header only what says so itself may have changed.
      const changed = [...file.bytes.slice(0, SECTOR).keys()].filter(
        (at) => file.bytes[at] !== first[at] && (at < 36 || at >= 104),
      );
      expect(changed).toEqual([]);
    }
    expect(errors.filter((error) => !(error === null || error instanceof BlockError))).toEqual([]);
    expect(errors.filter((error) => error !== null).length).toBeGreaterThan(50);
  });
});

describe("an image that its last writer left dirty", () => {
  const dirty = (): GrowingFile => {
    const file = makeQcow2({ size: 256 * KIB, clusterBits: 12 });
    const image = open(file);
    for (const lba of [0, 100, 300]) image.write(lba, new Uint8Array(CLUSTER).fill(lba));
    const view = new DataView(file.bytes.buffer);
    // Counts that are behind: of the table, of clusters, of one that nobody has.
    for (const cluster of [4, 5, 7]) setCount(view, BLOCK, 4, cluster, 0);
    setCount(view, BLOCK, 4, 40, 3);
    file.resize((41 * CLUSTER) / SECTOR);
    new DataView(file.bytes.buffer).setUint32(76, 1);
    return file;
  };

  it("has its counts made anew before it is written", () => {
    const file = dirty();
    expect(wrongCounts(file.bytes)).not.toEqual([]);
    const image = open(file);
    expect(wrongCounts(file.bytes)).toEqual([]);
    expect([new DataView(file.bytes.buffer).getUint32(76), image.dirty]).toEqual([0, false]);
    image.write(200, new Uint8Array(SECTOR));
    expect(wrongCounts(file.bytes)).toEqual([]);
    const back = new Uint8Array(CLUSTER);
    image.read(100, back);
    expect(back.every((byte) => byte === 100)).toBe(true);
  });

  it("stays as it is for those who only read", () => {
    const file = dirty();
    const before = file.bytes.slice();
    const image = open(file, { readonly: true });
    image.read(0, new Uint8Array(SECTOR));
    expect(image.dirty).toBe(true);
    expect(file.bytes).toEqual(before);
  });

  it("is refused when its tables are damaged", () => {
    const file = dirty();
    new DataView(file.bytes.buffer).setBigUint64(L1, (1n << 63n) | 0x0fff_f000n);
    expect(() => open(file)).toThrow("Could not repair dirty image");
  });
});
