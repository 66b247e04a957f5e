/** qcow2 in the graph of nodes: images on each other, and formats that nobody told. */
import { describe, expect, it } from "vitest";

import { BlockGraph } from "../../src/block/block-graph.js";
import { BlockOptions } from "../../src/block/block-options.js";
import { legacyOptions } from "../../src/block/open-node.js";
import { snapshotsText } from "../../src/monitor/text/snapshot-text.js";
import type { BlockBackend } from "../../src/storage/block-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { addSnapshot, makeQcow2, wrongCounts } from "./qcow2-file.js";

const SECTOR = 512;
const KIB = 1024;

function graph(
  files: Readonly<Record<string, BlockBackend>>,
  told: (event: string, data: unknown) => void = () => undefined,
): BlockGraph {
  const nothing = (): void => undefined;
  return new BlockGraph(
    { emit: told, stop: nothing, note: nothing, complain: (line) => told("line", line) },
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
      "Could not open 'r': Reference count table offset",
    );
  });
});

describe("an image that turns out to be damaged", () => {
  it("is told of once, with its drive and its node", () => {
    const file = makeQcow2({ size: KIB * KIB, clusterBits: 12 });
    new DataView(file.bytes.buffer).setBigUint64(3 * 4096, (1n << 63n) | 4096n);
    const told: unknown[] = [];
    const blocks = graph({ q: file }, (event, data) => told.push([event, data]));
    const medium = legacyOptions("q", null, { "node-name": "n0" });
    const drive = blocks.addDrive({ id: "d0", medium });
    for (let round = 0; round < 2; round++) {
      expect(() => drive.write(0, new Uint8Array(SECTOR))).toThrow(/overlaps|corrupt/);
    }
    const msg = "Preventing invalid write on metadata (overlaps with refcount table)";
    expect(told).toEqual([
      [
        "line",
        `qcow2: Marking image as corrupt: ${msg}; further corruption events will be suppressed`,
      ],
      [
        "BLOCK_IMAGE_CORRUPTED",
        { device: "d0", "node-name": "n0", msg, offset: 0, size: 4096, fatal: true },
      ],
    ]);
    expect(drive.statistics.write.failed).toBe(2);
  });
});

describe("snapshots in images", () => {
  it("are listed: those of all disks, and those of some", () => {
    const files = {
      a: makeQcow2({ size: 64 * KIB, clusterBits: 12 }),
      b: makeQcow2({ size: 64 * KIB, clusterBits: 12 }),
    };
    const listed = (): string => {
      const blocks = graph(files);
      for (const id of ["a", "b"]) blocks.addDrive({ id, medium: legacyOptions(id, null, {}) });
      return snapshotsText(blocks);
    };
    expect(listed()).toBe("There is no snapshot available.\n");
    addSnapshot(files.b);
    const heading =
      "ID        TAG               VM SIZE                DATE     VM CLOCK     ICOUNT";
    expect(listed().split("\n")).toEqual([
      "List of snapshots present on all disks:",
      "None",
      "",
      "List of partial (non-loadable) snapshots on 'b':",
      heading,
      expect.stringMatching(/^1 {9}once {18}0 B 2023-11-1\d \d\d:\d\d:20 00:00:00\.000 {11}$/),
      "",
    ]);
    addSnapshot(files.a);
    expect(listed().split("\n").slice(0, 2)).toEqual([
      "List of snapshots present on all disks:",
      heading,
    ]);
  });
});
