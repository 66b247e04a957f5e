/** Nodes and drives: what is opened, who may take it, what becomes of errors. */
import { describe, expect, it } from "vitest";

import * as control from "../../src/block/block-control.js";
import type { BlockDrive } from "../../src/block/block-drive.js";
import { BlockGraph } from "../../src/block/block-graph.js";
import { BlockOptions, nestOptions, optionsOfName } from "../../src/block/block-options.js";
import { BlockdevError } from "../../src/block/errors.js";
import { ioCommand } from "../../src/block/io-command.js";
import { legacyOptions } from "../../src/block/open-node.js";
import { MemoryImage } from "../../src/storage/memory-image.js";

const SECTOR = 512;
const NULL_DISK = { driver: "null-co", size: 64 * SECTOR };

class Bench {
  readonly events: { readonly event: string; readonly data: unknown }[] = [];
  stops = 0;
  readonly graph: BlockGraph;

  constructor(files: Readonly<Record<string, string | MemoryImage>> = {}) {
    const host = {
      emit: (event: string, data: unknown): void => void this.events.push({ event, data }),
      stop: (): void => void this.stops++,
      note: (): void => undefined,
    };
    this.graph = new BlockGraph(host, {
      open: (path) => {
        const image = files[path];
        if (image instanceof MemoryImage) return image;
        throw Object.assign(new Error("none"), { code: "ENOENT" });
      },
      readText: (path) => String(files[path]),
      readPipe: (path) => (path === "pipe" ? Promise.resolve("[inject-error]\n") : null),
    });
  }

  add(options: Readonly<Record<string, unknown>>): void {
    this.graph.addNode(new BlockOptions(options));
  }

  drive(options: Readonly<Record<string, unknown>>, policies: object = {}): BlockDrive {
    return this.graph.addDrive({ id: "d", medium: new BlockOptions(options), ...policies });
  }
}

/** A device that holds a drive. */
function hold(drive: BlockDrive, tray: { open: boolean; locked: boolean } | null = null): void {
  drive.connect({
    qdev: "dev0",
    removable: tray !== null,
    tray:
      tray === null
        ? null
        : {
            get open() {
              return tray.open;
            },
            get locked() {
              return tray.locked;
            },
            move: (open) => void (tray.open = open),
            pressButton: () => undefined,
          },
    mediumChanged: () => undefined,
  });
}

describe("nodes", () => {
  it.each([
    [{ driver: "null-co" }, "'node-name' must be specified for the root node"],
    [{ driver: "nope", "node-name": "a" }, "Parameter 'driver' does not accept value 'nope'"],
    [{ "node-name": "a" }, "Parameter 'driver' is missing"],
    [{ driver: "null-co", "node-name": "1" }, "Invalid node-name: '1'"],
    [{ driver: "null-co", "node-name": "a", foo: 1 }, "Parameter 'foo' is unexpected"],
    [{ driver: "raw", "node-name": "a" }, "Parameter 'file' is missing"],
    [{ driver: "raw", "node-name": "a", file: "b" }, /Cannot find device='b'/],
    [{ driver: "file", "node-name": "a", filename: "f" }, /No such file/],
  ])("refuses %o", (options, message) => {
    const { graph } = new Bench();
    expect(() => graph.addNode(new BlockOptions(options))).toThrow(message);
    expect(graph.nodes).toEqual([]);
  });

  it("stand on each other, and stay while they are needed", () => {
    const bench = new Bench();
    const { graph } = bench;
    bench.add({ ...NULL_DISK, "node-name": "base" });
    bench.add({ driver: "raw", "node-name": "top", file: "base", offset: 2 * SECTOR });
    expect(graph.node("top")?.image.sectors).toBe(62);
    expect(() => graph.removeNode("base")).toThrow("Block device base is in use");
    expect(() => bench.add({ ...NULL_DISK, "node-name": "base" })).toThrow(/Duplicate nodes/);
    graph.removeNode("top");
    graph.removeNode("base");
    expect(() => graph.removeNode("base")).toThrow("Failed to find node with node-name='base'");
  });

  it("are taken by one device", () => {
    const bench = new Bench();
    bench.add({ ...NULL_DISK, "node-name": "n" });
    hold(bench.graph.driveFor("n", "ide-hd.drive"));
    expect(() => bench.graph.driveFor("n", "ide-hd.drive")).toThrow(/already in use/);
    expect(() => bench.graph.driveFor("m", "ide-hd.drive")).toThrow(
      "Property 'ide-hd.drive' can't find value 'm'",
    );
  });

  it("keep what is written in memory where a snapshot is asked for", () => {
    const image = new MemoryImage(8 * SECTOR);
    const { graph } = new Bench({ "d.img": image });
    const medium = legacyOptions("d.img", "raw", {});
    const drive = graph.addDrive({ id: "d", medium, snapshot: true });
    drive.write(1, new Uint8Array(SECTOR).fill(7));
    const read = new Uint8Array(SECTOR);
    drive.read(1, read);
    expect([read[0], image.bytes[SECTOR]]).toEqual([7, 0]);
  });

  it("have dotted keys and names with protocols", () => {
    expect(nestOptions({ driver: "raw", "file.driver": "null-co", "file.size": "1M" })).toEqual({
      driver: "raw",
      file: { driver: "null-co", size: "1M" },
    });
    expect(() => nestOptions({ "__proto__.x": "1" })).toThrow(BlockdevError);
    expect(() => nestOptions({ a: "1", "a.b": "2" })).toThrow(/inconsistently/);
    expect(optionsOfName("blkdebug:r.conf:d.img")).toMatchObject({
      driver: "blkdebug",
      config: "r.conf",
      image: { driver: "file", filename: "d.img" },
    });
    expect(() => optionsOfName("ftp://x")).toThrow("Unknown protocol 'ftp'");
    expect(optionsOfName("./a:b")).toEqual({ driver: "file", filename: "./a:b" });
  });

  it("wait for a pipe with rules, and for nothing else", async () => {
    const { graph } = new Bench({ rules: "" });
    const options = { driver: "blkdebug", "node-name": "f", image: NULL_DISK };
    expect(graph.prepare({ ...options, config: "rules" })).toBeNull();
    await graph.prepare({ ...options, config: "pipe" });
    expect(() => graph.addNode(new BlockOptions({ ...options, config: "pipe" }))).toThrow(
      "Parameter 'event' is missing",
    );
  });
});

describe("errors", () => {
  const faulty = (rule: object): Readonly<Record<string, unknown>> => ({
    driver: "blkdebug",
    "node-name": "f",
    image: NULL_DISK,
    "inject-error": [rule],
  });

  function failure(drive: BlockDrive, lba = 0): unknown {
    try {
      drive.write(lba, new Uint8Array(SECTOR));
      return null;
    } catch (error) {
      return error;
    }
  }

  it.each([
    [{}, 5, "report", 0],
    [{}, 28, "hold", 1],
    [{ werror: "stop" }, 5, "hold", 1],
    [{ werror: "ignore" }, 28, "ignore", 0],
    [{ werror: "report" }, 28, "report", 0],
  ] as const)("with %o of errno %i are %s", (policies, errno, action, stops) => {
    const bench = new Bench();
    const drive = bench.drive(faulty({ event: "write_aio", errno }), policies);
    const error = failure(drive);
    expect(drive.failed(error, "write")).toBe(action);
    expect(bench.stops).toBe(stops);
    expect(bench.events).toEqual([
      {
        event: "BLOCK_IO_ERROR",
        data: {
          device: "d",
          "node-name": "f",
          operation: "write",
          action: action === "hold" ? "stop" : action,
          nospace: errno === 28,
          reason: errno === 28 ? "No space left on device" : "Input/output error",
        },
      },
    ]);
  });

  it("happen once, at a sector, in a state", () => {
    const bench = new Bench();
    const drive = bench.drive({
      ...faulty({ event: "pwritev", sector: 3, once: true, state: 2 }),
      "set-state": [{ event: "write_aio", state: 1, new_state: 2 }],
    });
    expect(failure(drive, 3)).not.toBeNull();
    expect(failure(drive, 3)).toBeNull();
    expect(drive.statistics.write).toMatchObject({ operations: 1, failed: 1 });
  });

  it("let held transfers try again when the machine goes on", () => {
    const bench = new Bench();
    const drive = bench.drive(faulty({ event: "write_aio", once: true }), { werror: "stop" });
    let retries = 0;
    drive.failed(failure(drive), "write");
    drive.hold(() => retries++);
    expect(drive.ioStatus).toBe("failed");
    bench.graph.resume();
    bench.graph.resume();
    expect([retries, drive.ioStatus]).toEqual([1, "ok"]);
  });

  it("wait at breakpoints until they are resumed", () => {
    const bench = new Bench();
    const drive = bench.drive(faulty({ event: "cow_read" }));
    expect(ioCommand(drive, "break write_aio tag")).toBe("");
    let retries = 0;
    expect(drive.failed(failure(drive), "write")).toBe("hold");
    drive.hold(() => retries++);
    expect(ioCommand(drive, "resume tag")).toBe("");
    expect(retries).toBe(1);
    expect(failure(drive)).toBeNull();
    expect(ioCommand(drive, "resume tag")).toMatch(/Could not resume/);
    expect(() => ioCommand(drive, "break nowhere x")).toThrow(/no event 'nowhere'/);
  });
});

describe("media", () => {
  it("come and go by the tray, and a locked one stays", () => {
    const bench = new Bench({ "cd.iso": new MemoryImage(4 * SECTOR) });
    const { graph } = bench;
    const drive = graph.addDrive({ id: "cd", medium: null });
    const tray = { open: false, locked: false };
    hold(drive, tray);
    const file = { filename: "cd.iso", format: null, mode: "retain", force: false } as const;
    control.changeMedium(graph, drive, file);
    expect([drive.sectors, drive.readonly, tray.open]).toEqual([4, true, false]);
    tray.locked = true;
    expect(() => control.eject(graph, drive, false)).toThrow(/is locked and force/);
    expect(drive.present).toBe(true);
    control.eject(graph, drive, true);
    expect([drive.present, tray.open]).toEqual([false, true]);
    bench.add({ ...NULL_DISK, "node-name": "n" });
    control.insertMedium(graph, drive, "n");
    expect(() => control.insertMedium(graph, drive, "n")).toThrow(/already in use/);
    control.closeTray(drive);
    expect(() => control.removeMedium(graph, drive)).toThrow("Tray of device 'cd' is not open");
  });

  it("of hard disks stay, and are resized", () => {
    const bench = new Bench({ "d.img": new MemoryImage(4 * SECTOR) });
    const { graph } = bench;
    const drive = bench.drive({ driver: "file", filename: "d.img" });
    hold(drive);
    expect(() => control.eject(graph, drive, true)).toThrow("Device 'd' is not removable");
    expect(() => control.driveNamed(graph, { device: "x" })).toThrow("Device 'x' not found");
    expect(() => control.driveNamed(graph, {})).toThrow(/exactly one of/);
    expect(control.driveNamed(graph, { id: "dev0" })).toBe(drive);
    expect(() => control.resize(graph, { device: "d" }, 8 * SECTOR)).toThrow(/support resize/);
    graph.removeDrive(drive);
    expect([drive.present, graph.drive("d"), graph.nodes.length]).toEqual([false, null, 0]);
  });
});
