/** qcow2 beside `qemu-img`: its images are written here, and it finds no error in them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Random } from "@mem/common";
import { afterAll, describe, expect, it, type TestContext } from "vitest";

import { BlockGraph } from "../../src/block/block-graph.js";
import { legacyOptions } from "../../src/block/open-node.js";
import { nodeInfo } from "../../src/qmp/block-answers.js";
import { HOST_FILES } from "../../src/cli/back-ends/block.js";
import * as control from "../../src/block/block-control.js";

const SECTOR = 512;
const MIB = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "mem-qcow2-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const img = (...args: readonly string[]): string =>
  execFileSync("qemu-img", args, { encoding: "utf8", cwd: folder });
const io = (name: string, ...commands: readonly string[]): string =>
  execFileSync("qemu-io", ["-f", "qcow2", ...commands.flatMap((one) => ["-c", one]), path(name)], {
    encoding: "utf8",
  });

function needQemu(context: TestContext): void {
  try {
    img("--version");
    execFileSync("qemu-io", ["--version"]);
  } catch {
    context.skip("qemu-img and qemu-io (Debian's qemu-utils) are not here");
  }
}

/** The contents as `qemu-img` reads them. */
function contents(name: string): Buffer {
  img("convert", "-f", "qcow2", "-O", "raw", path(name), path(`${name}.raw`));
  return readFileSync(path(`${name}.raw`));
}

function withGraph<T>(action: (graph: BlockGraph) => T): T {
  const nothing = (): void => undefined;
  const graph = new BlockGraph({ emit: nothing, stop: nothing, note: nothing }, HOST_FILES);
  try {
    return action(graph);
  } finally {
    graph[Symbol.dispose]();
  }
}

/** Random writes, compared with a model. */
function scribble(name: string, model: Buffer, seed: number, rounds: number): void {
  withGraph((graph) => {
    const { image } = graph.openNode(legacyOptions(path(name), "qcow2", {}));
    const random = new Random(seed);
    for (let round = 0; round < rounds; round++) {
      const sectors = 1 + random.below(round % 8 === 0 ? 2000 : 64);
      const lba = random.below(Math.max(1, model.length / SECTOR - sectors));
      const data = new Uint8Array(sectors * SECTOR).fill(random.below(256));
      data[3] = round;
      image.write(lba, data);
      model.set(data, lba * SECTOR);
    }
    const back = new Uint8Array(model.length);
    image.read(0, back);
    expect(Buffer.compare(back, model)).toBe(0);
    image.flush?.();
  });
}

describe("an image of qemu-img", () => {
  it.for([
    ["compat=0.10", "version 2"],
    ["compat=1.1", "version 3"],
    ["refcount_bits=1", "counts of a bit"],
    ["refcount_bits=2,cluster_size=4096", "of 2 bits"],
    ["refcount_bits=4,cluster_size=512", "of 4 bits, small clusters"],
    ["refcount_bits=8", "of 8"],
    ["refcount_bits=32", "of 32"],
    ["refcount_bits=64,cluster_size=512", "of 64, small clusters"],
    ["cluster_size=2M", "large clusters"],
    ["lazy_refcounts=on", "counts that may be late"],
    ["preallocation=metadata", "tables that are there"],
    ["preallocation=falloc", "clusters that are there"],
  ] as const)("with %s keeps what is written (%s)", ([options], context) => {
    needQemu(context);
    const name = `${options.replaceAll(/\W/g, "-")}.qcow2`;
    img("create", "-q", "-f", "qcow2", "-o", options, path(name), "24M");
    const model = Buffer.alloc(24 * MIB);
    scribble(name, model, options.length, 60);
    expect(img("check", path(name))).toContain("No errors were found on the image.");
    expect(Buffer.compare(contents(name), model)).toBe(0);
  });

  it("is read with all kinds of clusters, and written over", (context) => {
    needQemu(context);
    img("create", "-q", "-f", "raw", path("beneath.raw"), "8M");
    execFileSync("qemu-io", ["-f", "raw", "-c", "write -P 0xb1 0 8M", path("beneath.raw")]);
    img("create", "-q", "-f", "qcow2", "-b", "beneath.raw", "-F", "raw", path("kinds"), "12M");
    io("kinds", "write -c -P 0x11 1M 1M", "write -z 2M 1M", "write -P 0x33 3M 100k");
    io("kinds", "write -P 0x44 4M 1M", "discard 4M 512k", "write -c -P 0x55 9M 64k");
    img("snapshot", "-c", "once", path("kinds"));
    io("kinds", "write -P 0x66 3M 64k");
    const model = contents("kinds");
    scribble("kinds", model, 5, 150);
    expect(img("check", path("kinds"))).toContain("No errors were found on the image.");
    expect(Buffer.compare(contents("kinds"), model)).toBe(0);
    img("snapshot", "-a", "once", path("kinds"));
    const then = contents("kinds");
    expect([then[0], then[MIB], then[2 * MIB], then[3 * MIB], then[9 * MIB]]).toEqual([
      0xb1, 0x11, 0, 0x33, 0x55,
    ]);
    expect(img("check", path("kinds"))).toContain("No errors were found on the image.");
  });

  it("that was left dirty is put in order", (context) => {
    needQemu(context);
    img("create", "-q", "-f", "qcow2", "-o", "lazy_refcounts=on", path("dirty"), "8M");
    // It aborts with what it wrote, and without the counts.
    expect(() => io("dirty", "write -P 0x77 1M 300k", "flush", "abort")).toThrow("qemu-io");
    const model = contents("dirty");
    expect(model[MIB]).toBe(0x77);
    scribble("dirty", model, 3, 40);
    expect(img("check", path("dirty"))).toContain("No errors were found on the image.");
    expect(Buffer.compare(contents("dirty"), model)).toBe(0);
  });

  it("gets other sizes", (context) => {
    needQemu(context);
    img("create", "-q", "-f", "qcow2", "-o", "cluster_size=512", path("size"), "1M");
    const sizes = [3 * MIB, 200 * MIB, 64 * 1024, 5 * MIB];
    for (const [nth, size] of sizes.entries()) {
      withGraph((graph) => {
        const node = graph.openNode(legacyOptions(path("size"), "qcow2", { "node-name": "n" }));
        control.resize(graph, { node: "n" }, size);
        node.image.write(size / SECTOR - 9, new Uint8Array(9 * SECTOR).fill(nth + 1));
      });
      expect(img("check", path("size"))).toContain("No errors were found on the image.");
      const info: unknown = JSON.parse(img("info", "--output=json", path("size")));
      expect(info).toMatchObject({ "virtual-size": size });
    }
    const all = contents("size");
    expect([all[60 * 1024], all[64 * 1024], all[4 * MIB], all[5 * MIB - 1]]).toEqual([3, 0, 0, 4]);
  });

  it.for(["compat=0.10", "lazy_refcounts=on,refcount_bits=8,cluster_size=4096"])(
    "with %s is told of as qemu-img does",
    (options, context) => {
      needQemu(context);
      img("create", "-q", "-f", "qcow2", path("under"), "2M");
      const made = ["-b", "under", "-F", "qcow2", "-o", options, path("told"), "3M"];
      img("create", "-q", "-f", "qcow2", ...made);
      img("snapshot", "-c", "one", path("told"));
      const info = JSON.parse(img("info", "--output=json", path("told"))) as Record<
        string,
        unknown
      >;
      const ours = withGraph((graph) =>
        nodeInfo(graph.openNode(legacyOptions(path("told"), null, {}))),
      );
      const { "backing-image": beneath, ...image } = ours["image"] as Record<string, unknown>;
      expect(beneath).toMatchObject({ format: "qcow2", "cluster-size": 65_536 });
      expect(image).toEqual({ ...info, "full-backing-filename": path("under") });
    },
  );
});
