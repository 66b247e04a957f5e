import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { type MemoryModelError, MemTxResult, RAM_CHUNK_BYTES } from "@mem/core";
import { Machine } from "@mem/flat";
import { fileRam as openFileRam, type FileRamOptions, HostFileError } from "@mem/hostmem";
import { beforeEach, describe, expect, it } from "vitest";
import { blockOf, fileOf, PAGE, pattern, temporaryFolder, ways } from "./temporary.js";

const files = temporaryFolder();
let machine: Machine;
let log: string[];
beforeEach(() => {
  log = [];
  machine = new Machine({ log: (_, message) => log.push(message) });
});

function refusal(
  mapping: "never" | "required",
  options: Partial<FileRamOptions>,
): MemoryModelError {
  const before = [...machine.ramRegions].length;
  try {
    openFileRam(machine, { mapping, name: "ram", size: 2 * PAGE, ...options });
  } catch (error) {
    if ([...machine.ramRegions].length !== before) throw new Error("a region was left behind");
    return error as MemoryModelError;
  }
  throw new Error("it was accepted");
}

describe.each(ways)("a file that will not do, mapping: %s", (mapping) => {
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("is missing, or too short", () => {
    const missing = refusal(mapping, { path: files.path("none"), share: true });
    expect(missing).toBeInstanceOf(HostFileError);
    expect(missing).toMatchObject({ rule: "file-open", code: "ENOENT", region: "ram" });
    expect(missing.message).toContain(files.path("none"));
    const short = files.sparse("short", 2 * PAGE - 1);
    expect(refusal(mapping, { path: short })).toMatchObject({ rule: "file-size", code: undefined });
    const path = files.sparse("f", 2 * PAGE);
    expect(refusal(mapping, { path, offset: PAGE })).toMatchObject({ rule: "file-size" });
    expect(fileRam(machine, { name: "fits", size: 2 * PAGE, path }).size).toBe(BigInt(2 * PAGE));
  });

  it("does not start at a page, is told twice, or not at all", () => {
    const path = files.sparse("f", 4 * PAGE);
    for (const offset of [1, 512, -PAGE, Number.NaN, 0.5]) {
      expect(refusal(mapping, { path, offset }), `${offset}`).toMatchObject({
        rule: "file-offset",
      });
    }
    expect(refusal(mapping, {})).toMatchObject({ rule: "file-source" });
    expect(refusal(mapping, { path, fd: 0 })).toMatchObject({ rule: "file-source" });
  });

  it("is a folder, or no file any more", () => {
    mkdirSync(files.path("folder"));
    expect(refusal(mapping, { path: files.path("folder") })).toMatchObject({ rule: "file-kind" });
    const fd = openSync(files.sparse("f", PAGE), "r");
    closeSync(fd);
    expect(refusal(mapping, { fd })).toMatchObject({ rule: "file-look", code: "EBADF" });
  });

  it("leaves no open file, no new one and none longer behind", () => {
    const path = files.sparse("f", PAGE);
    expect(refusal(mapping, { path, create: true, alignment: 3 })).toMatchObject({
      rule: "ram-alignment",
    });
    expect(statSync(path).size).toBe(PAGE);
    expect(refusal(mapping, { path: files.path("new"), create: true, size: 0 })).toMatchObject({
      rule: mapping === "never" ? "ram-size" : "file-mapping",
    });
    expect(existsSync(files.path("new"))).toBe(false);
    const next = openSync(path, "r");
    closeSync(next);
    refusal(mapping, { path, alignment: 3 });
    const after = openSync(path, "r");
    closeSync(after);
    expect(after).toBe(next);
  });
});

describe.each(ways)("a file that is made to fit, mapping: %s", (mapping) => {
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("appears, or grows, with offset and all", () => {
    const path = files.path("new");
    const options = { size: 2 * PAGE, path, offset: PAGE, share: true, create: true };
    const ram = fileRam(machine, { name: "ram", ...options });
    expect(statSync(path).size).toBe(3 * PAGE);
    ram.ramBytes(0, 1)[0] = 1;
    fileOf(ram).close();
    const more = fileRam(machine, { name: "more", ...options, size: 4 * PAGE });
    expect(statSync(path).size).toBe(5 * PAGE);
    expect(more.ramBytes(0, 1)[0]).toBe(1);
    fileOf(more).close();
    const less = fileRam(machine, { name: "less", ...options, size: PAGE });
    expect(statSync(path).size).toBe(5 * PAGE);
    fileOf(less).close();
  });

  it("keeps its length when the memory is no whole number of pages", () => {
    const path = files.write("f", pattern(PAGE + 10));
    const ram = fileRam(machine, { name: "odd", size: PAGE + 10, path, share: true });
    ram.ramBytes(PAGE, 20).fill(7);
    ram.msync(PAGE, 10);
    expect(files.read("f").length).toBe(PAGE + 10);
    expect([...files.read("f").subarray(PAGE)]).toEqual(Array(10).fill(7));
  });
});

describe.each(ways)("a file that is only read, mapping: %s", (mapping) => {
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("makes a ROM, whose file nobody writes", () => {
    const path = files.write("rom", pattern(PAGE));
    chmodSync(path, 0o444);
    const rom = fileRam(machine, { name: "rom", size: PAGE, path, readonly: true, share: true });
    expect(rom.isRom).toBe(true);
    const space = machine.addressSpace(rom, "cpu");
    expect(space.write(0, new Uint8Array([1, 2]))).not.toBe(MemTxResult.OK);
    rom.ramBytes(0, 1)[0] = 0x99;
    rom.msync(0, PAGE);
    fileOf(rom).close();
    expect(files.read("rom")).toEqual(Buffer.from(pattern(PAGE)));
  });

  it("is not made", () => {
    const path = files.path("none");
    expect(refusal(mapping, { path, readonly: true, create: true })).toMatchObject({
      code: "ENOENT",
    });
    expect(existsSync(path)).toBe(false);
  });
});

describe("a file that cannot be read when a guest needs it", () => {
  const mapping = "never";
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("reads 0, tells the log, and is not overwritten", () => {
    const fd = openSync(files.write("f", pattern(2 * RAM_CHUNK_BYTES)), "r+");
    const size = 2 * RAM_CHUNK_BYTES;
    const ram = fileRam(machine, { name: "ram", size, fd, share: true });
    const space = machine.addressSpace(ram, "cpu");
    const into = new Uint8Array(4).fill(1);
    closeSync(fd);
    expect(space.read(RAM_CHUNK_BYTES, into)).toBe(MemTxResult.OK);
    expect([...into]).toEqual([0, 0, 0, 0]);
    expect(log.join()).toContain("EBADF");
    expect(space.write(RAM_CHUNK_BYTES, into.fill(9))).toBe(MemTxResult.OK);
    const sync = () => ram.msync(RAM_CHUNK_BYTES, 4);
    expect(sync).toThrow(expect.objectContaining({ rule: "file-lost", name: "HostFileError" }));
    expect(Buffer.compare(files.read("f"), pattern(size))).toBe(0);
  });

  it("that became shorter reads 0 beyond its end", () => {
    const path = files.write("f", pattern(2 * PAGE));
    const ram = fileRam(machine, { name: "ram", size: 2 * PAGE, path });
    files.write("f", pattern(PAGE));
    expect([...ram.ramBytes(0, PAGE)]).toEqual([...pattern(PAGE)]);
    expect([...ram.ramBytes(PAGE, PAGE)]).toEqual(Array(PAGE).fill(0));
  });
});

describe.each(ways)("memory that is discarded, mapping: %s", (mapping) => {
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  const size = 4 * RAM_CHUNK_BYTES;

  it("is 0 in the file once it is synced, where it is shared", () => {
    const path = files.write("f", pattern(size));
    const ram = fileRam(machine, { name: "ram", size, path, share: true });
    const block = blockOf(ram);
    ram.ramBytes(RAM_CHUNK_BYTES, 1);
    block.discard(0, 2 * RAM_CHUNK_BYTES);
    block.discard(3 * RAM_CHUNK_BYTES, PAGE);
    expect(ram.ramBytes(5, 1)[0]).toBe(0);
    ram.msync(0, size);
    const expected = pattern(size).fill(0, 0, 2 * RAM_CHUNK_BYTES);
    expected.fill(0, 3 * RAM_CHUNK_BYTES, 3 * RAM_CHUNK_BYTES + PAGE);
    expect(Buffer.compare(files.read("f"), expected)).toBe(0);
    expect(ram.ramBytes(RAM_CHUNK_BYTES, 1)[0]).toBe(0);
  });

  it("is 0 here and as it was in the file, where it is private", () => {
    const path = files.write("f", pattern(size));
    const ram = fileRam(machine, { name: "ram", size, path });
    const block = blockOf(ram);
    ram.ramBytes(0, 1)[0] = 3;
    block.discard(0, RAM_CHUNK_BYTES);
    expect(block.allocatedBytes).toBe(0);
    expect([...ram.ramBytes(0, 8)]).toEqual(Array(8).fill(0));
    fileOf(ram).close();
    expect(Buffer.compare(files.read("f"), pattern(size))).toBe(0);
  });
});
