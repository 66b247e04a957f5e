import { closeSync, ftruncateSync, openSync, renameSync, unlinkSync } from "node:fs";
import type * as Fs from "node:fs";
import { MemTxResult, type MemoryRegion, RAM_CHUNK_BYTES } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { fileRam, type FileRamOptions, HostFileError } from "@mem/hostmem";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileOf, PAGE, pattern, temporaryFolder } from "./temporary.js";

/** What the next calls of the file system do; those that are not named go through. */
const system = vi.hoisted(() => ({
  read: null as null | ((length: number) => number),
  write: null as null | ((length: number) => number),
  flush: null as null | (() => void),
}));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof Fs>();
  type Transfer = [fd: number, bytes: Uint8Array, from: number, length: number, at: number];
  return {
    ...fs,
    readSync: (...[fd, bytes, from, length, at]: Transfer) =>
      fs.readSync(fd, bytes, from, system.read?.(length) ?? length, at),
    writeSync: (...[fd, bytes, from, length, at]: Transfer) =>
      fs.writeSync(fd, bytes, from, system.write?.(length) ?? length, at),
    fdatasyncSync: (fd: number) => {
      system.flush?.();
      fs.fdatasyncSync(fd);
    },
  };
});

const files = temporaryFolder();
const SIZE = 2 * RAM_CHUNK_BYTES;
let log: string[];
let space: AddressSpace;
let machine: Machine;

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (_, message) => log.push(message) });
});

afterEach(() => {
  system.read = system.write = system.flush = null;
});

function open(options: Partial<FileRamOptions> = {}): MemoryRegion {
  const path = files.write("f", pattern(SIZE));
  const ram = fileRam(machine, {
    name: "ram",
    size: SIZE,
    path,
    share: true,
    mapping: "never",
    ...options,
  });
  space = machine.addressSpace(ram, "cpu");
  return ram;
}

function cut(length: number): void {
  const fd = openSync(files.path("f"), "r+");
  ftruncateSync(fd, length);
  closeSync(fd);
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as arranged`), { code });
}

function fails(code: string): () => never {
  return () => {
    throw failure(code);
  };
}

function get(addr: number, length = 1): number[] {
  const into = new Uint8Array(length).fill(0xff);
  expect(space.read(addr, into)).toBe(MemTxResult.OK);
  return [...into];
}

function problemOf(work: () => void): HostFileError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof HostFileError) return error;
    throw error;
  }
}

describe("a file that is cut beneath memory", () => {
  it("gets back what memory holds of it, with one line in the log", () => {
    const ram = open();
    get(0);
    get(RAM_CHUNK_BYTES);
    cut(PAGE);
    ram.ramBytes(0x8000, 1)[0] = 7;
    ram.msync(0, SIZE);
    const expected = pattern(SIZE);
    expected[0x8000] = 7;
    expect(Buffer.compare(files.read("f"), expected)).toBe(0);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/ram: its file was cut to 4096 bytes, where 4194304 are in use/);
    ram.msync(0, SIZE);
    expect(log).toHaveLength(1);
  });

  it("gets back, page by page, what is synced, also when that comes later", () => {
    const ram = open();
    get(0);
    get(RAM_CHUNK_BYTES);
    cut(0);
    ram.msync(0, PAGE);
    expect(files.read("f")).toHaveLength(SIZE);
    expect(Buffer.compare(files.read("f").subarray(0, PAGE), pattern(PAGE))).toBe(0);
    fileOf(ram).close();
    expect(Buffer.compare(files.read("f"), pattern(SIZE))).toBe(0);
  });

  it("reads 0 where it was not in memory, with one line, and whoever syncs that is told", () => {
    const ram = open();
    get(0);
    cut(PAGE);
    expect(get(RAM_CHUNK_BYTES, 2)).toEqual([0, 0]);
    expect(get(RAM_CHUNK_BYTES + 0x5000, 2)).toEqual([0, 0]);
    expect(log).toHaveLength(1);
    expect(space.write(RAM_CHUNK_BYTES + 8192, new Uint8Array([1]))).toBe(MemTxResult.OK);
    for (let time = 0; time < 2; time++) {
      const problem = problemOf(() => ram.msync(0, SIZE));
      expect(problem).toMatchObject({ rule: "file-shrunk", file: files.path("f"), region: "ram" });
      expect(problem?.message).toMatch(/cut to 4096 bytes, where 4194304/);
    }
    // All that memory held is there, and what was stored since.
    const now = files.read("f");
    expect(Buffer.compare(now.subarray(0, RAM_CHUNK_BYTES), pattern(RAM_CHUNK_BYTES))).toBe(0);
    expect(now[RAM_CHUNK_BYTES + 8192]).toBe(1);
    // What was synced alone decides.
    expect(problemOf(() => ram.msync(0, PAGE))).toBeNull();
    expect(problemOf(() => fileOf(ram).close())).toMatchObject({ rule: "file-shrunk" });
    expect(fileOf(ram).isOpen).toBe(true);
    // Whoever accepts the loss goes on.
    fileOf(ram).reload();
    ram.msync(0, SIZE);
    fileOf(ram).close();
    expect(log).toHaveLength(1);
  });

  it("is noticed where nothing of it was touched", () => {
    const ram = open();
    get(0);
    cut(RAM_CHUNK_BYTES);
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({ rule: "file-shrunk" });
    // It has its length again, but not its bytes.
    expect(files.read("f")).toHaveLength(SIZE);
    expect(get(RAM_CHUNK_BYTES)).toEqual([0]);
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({ rule: "file-shrunk" });
    expect(problemOf(() => fileOf(ram).reload())).toBeNull();
    ram.msync(0, SIZE);
  });

  it("can be filled again by others, whose bytes are taken up", () => {
    const ram = open();
    cut(0);
    expect(get(0)).toEqual([0]);
    expect(problemOf(() => fileOf(ram).reload())).toMatchObject({ rule: "file-shrunk" });
    files.write("f", pattern(SIZE, 9));
    fileOf(ram).reload();
    expect(get(0, 8)).toEqual([...pattern(8, 9)]);
    ram.msync(0, SIZE);
    expect(Buffer.compare(files.read("f"), pattern(SIZE, 9))).toBe(0);
  });

  it("keeps what was discarded, and needs no length where it is private", () => {
    const ram = open();
    cut(0);
    ram.ramBlock?.discard(0, SIZE);
    ram.msync(0, SIZE);
    expect(Buffer.compare(files.read("f"), new Uint8Array(SIZE))).toBe(0);
    const copy = open({ share: false, name: "copy" });
    cut(PAGE);
    expect(get(PAGE - 2, 4)).toEqual([...pattern(PAGE).subarray(-2), 0, 0]);
    expect(log.filter((line) => line.startsWith("copy"))).toHaveLength(1);
    copy.msync(0, SIZE);
    expect(files.read("f")).toHaveLength(PAGE);
  });

  it("that grew is what it was", () => {
    const ram = open();
    get(0);
    cut(3 * RAM_CHUNK_BYTES);
    ram.ramBytes(1, 1)[0] = 8;
    fileOf(ram).close();
    expect(files.read("f")).toHaveLength(3 * RAM_CHUNK_BYTES);
    expect(files.read("f")[1]).toBe(8);
    expect(log).toEqual([]);
  });
});

describe("a file that is no longer under its path", () => {
  it("is synced all the same, with one line in the log", () => {
    const removed = open();
    removed.ramBytes(0, 1)[0] = 1;
    unlinkSync(files.path("f"));
    removed.msync(0, SIZE);
    removed.msync(0, SIZE);
    expect(log).toEqual([expect.stringContaining(`its file was removed under ${files.path("f")}`)]);
    const replaced = open({ name: "other" });
    renameSync(files.write("g", pattern(PAGE)), files.path("f"));
    replaced.ramBytes(0, 1)[0] = 2;
    fileOf(replaced).close();
    expect(log[1]).toContain("other: its file was replaced under");
    expect(files.read("f")[0]).toBe(1);
  });
});

describe("a file system that fails", () => {
  it("is asked again for what it did not move at once, and where a signal came", () => {
    let calls = 0;
    const piecemeal = (length: number): number => {
      if (++calls % 3 === 0) throw failure("EINTR");
      return Math.ceil(length / 4);
    };
    system.read = system.write = piecemeal;
    const ram = open();
    expect([...get(0, 64)]).toEqual([...pattern(64)]);
    ram.ramBytes(0, RAM_CHUNK_BYTES).fill(5);
    ram.msync(0, SIZE);
    expect(calls).toBeGreaterThan(6);
    expect(
      files
        .read("f")
        .subarray(0, RAM_CHUNK_BYTES)
        .every((byte) => byte === 5),
    ).toBe(true);
    expect(log).toEqual([]);
  });

  it("that takes nothing, or is interrupted without end, is an error", () => {
    const ram = open();
    ram.ramBytes(0, 1)[0] = 5;
    system.write = () => 0;
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({ rule: "file-write" });
    system.write = fails("EINTR");
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({
      rule: "file-write",
      code: "EINTR",
    });
    system.read = fails("EINTR");
    expect(get(RAM_CHUNK_BYTES)).toEqual([0]);
    expect(log).toEqual([expect.stringContaining("cannot be read")]);
  });

  it("that is full in the middle leaves the rest to be written the next time", () => {
    const ram = open();
    const expected = pattern(SIZE);
    for (const page of [1, 3, 5, 600]) {
      ram.ramBytes(page * PAGE, PAGE).fill(page & 0xff);
      expected.fill(page & 0xff, page * PAGE, (page + 1) * PAGE);
    }
    let room = 2.5 * PAGE;
    system.write = (length) => {
      if (room === 0) throw failure("ENOSPC");
      const taken = Math.min(length, room);
      room -= taken;
      return taken;
    };
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({
      rule: "file-write",
      code: "ENOSPC",
    });
    expect(problemOf(() => fileOf(ram).close())).toMatchObject({ code: "ENOSPC" });
    expect(fileOf(ram).isOpen).toBe(true);
    system.write = null;
    let flushes = 0;
    system.flush = () => flushes++;
    ram.msync(0, SIZE);
    expect(flushes).toBe(1);
    expect(Buffer.compare(files.read("f"), expected)).toBe(0);
  });

  it("that does not flush is sent the same pages again", () => {
    const ram = open();
    ram.ramBytes(3 * PAGE, 1)[0] = 0xaa;
    const { statistics } = fileOf(ram);
    system.flush = fails("EIO");
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({ rule: "file-flush", code: "EIO" });
    // Nothing says whether they arrived: the medium may have dropped them.
    files.write("f", pattern(SIZE));
    system.flush = null;
    const before = statistics.bytesWritten;
    ram.msync(0, SIZE);
    expect(statistics.bytesWritten - before).toBe(PAGE);
    expect(files.read("f")[3 * PAGE]).toBe(0xaa);
    ram.msync(0, SIZE);
    expect(statistics.bytesWritten - before).toBe(PAGE);
  });

  it("that cannot read one chunk loses none of the others, and is read again on request", () => {
    const ram = open();
    system.read = fails("EIO");
    expect(get(0)).toEqual([0]);
    system.read = null;
    ram.ramBytes(0x5000, 1)[0] = 0x77;
    ram.ramBytes(RAM_CHUNK_BYTES, 1)[0] = 0x66;
    expect(problemOf(() => ram.msync(0, SIZE))).toMatchObject({ rule: "file-lost" });
    const expected = pattern(SIZE);
    expected[RAM_CHUNK_BYTES] = 0x66;
    expect(Buffer.compare(files.read("f"), expected)).toBe(0);
    // Pages into which nobody stored take up the file; the others stay as they are here.
    fileOf(ram).reload();
    expect(get(0x4000, 4)).toEqual([...pattern(SIZE).subarray(0x4000, 0x4004)]);
    expect(get(0x5000, 2)).toEqual([0x77, 0]);
    ram.msync(0, SIZE);
    expect(files.read("f")[0x5000]).toBe(0x77);
  });
});
