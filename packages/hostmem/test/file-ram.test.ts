import { closeSync, fstatSync, openSync } from "node:fs";
import { MemTxResult, RAM_CHUNK_BYTES, TiB } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { fileRam as openFileRam, type FileRamOptions, HostFileError, ramFile } from "@mem/hostmem";
import { beforeEach, describe, expect, it } from "vitest";
import { blockOf, fileOf, PAGE, pattern, temporaryFolder, ways } from "./temporary.js";

const files = temporaryFolder();
let machine: Machine;
let space: AddressSpace;
let log: string[];

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (category, message) => log.push(`${category}: ${message}`) });
  space = machine.addressSpace(machine.container({ name: "system", size: 2n ** 64n }), "cpu");
});

function get(addr: number, length: number): number[] {
  const into = new Uint8Array(length);
  expect(space.read(addr, into)).toBe(MemTxResult.OK);
  return [...into];
}

function put(addr: number, ...bytes: number[]): void {
  expect(space.write(addr, new Uint8Array(bytes))).toBe(MemTxResult.OK);
}

describe.each(ways)("memory from a file, mapping: %s", (mapping) => {
  const isMapped = mapping === "required";
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("holds the file's bytes from the offset on", () => {
    const bytes = pattern(4 * PAGE);
    const path = files.write("image", bytes);
    const ram = fileRam(machine, { name: "ram", size: 2 * PAGE, path, offset: PAGE });
    space.root.addSubregion(0x1000, ram);
    expect(get(0x1000, 2 * PAGE)).toEqual([...bytes.subarray(PAGE, 3 * PAGE)]);
    expect(ram.isRam && !ram.isRom).toBe(true);
    expect(fileOf(ram).offset).toBe(PAGE);
    expect(fileOf(ram).path).toBe(path);
  });

  it("is told by its descriptor, which aliases have too, until it is closed", () => {
    const ram = fileRam(machine, { name: "r", size: PAGE, path: files.sparse("f", PAGE) });
    const alias = machine.alias({ name: "a", size: PAGE, target: ram });
    const fd = ram.ramBlock?.fd ?? -1;
    expect(fstatSync(fd).size).toBe(PAGE);
    expect(ramFile(alias)?.fd).toBe(fd);
    expect(ramFile(alias)).toBe(ramFile(ram));
    fileOf(ram).close();
    expect(ram.ramBlock?.fd).toBe(-1);
    expect(() => fstatSync(fd)).toThrow("EBADF");
    expect(ramFile(machine.ram({ name: "plain", size: PAGE }))).toBeNull();
    expect(ramFile(machine.container({ name: "box", size: PAGE }))).toBeNull();
  });

  it("keeps private stores to itself", () => {
    const bytes = pattern(2 * PAGE);
    const ram = fileRam(machine, { name: "r", size: 2 * PAGE, path: files.write("f", bytes) });
    space.root.addSubregion(0, ram);
    put(5, 1, 2, 3);
    ram.msync(0, 2 * PAGE);
    ram.msync(PAGE, PAGE);
    fileOf(ram).close();
    expect(get(5, 3)).toEqual([1, 2, 3]);
    expect(files.read("f")).toEqual(Buffer.from(bytes));
    expect(fileOf(ram).statistics.bytesWritten).toBe(0);
  });

  it("brings shared stores to the file when it is synced", () => {
    const path = files.write("f", pattern(4 * PAGE));
    const ram = fileRam(machine, { name: "r", size: 3 * PAGE, path, offset: PAGE, share: true });
    space.root.addSubregion(0, ram);
    put(PAGE + 1, 0xaa);
    const expected = pattern(4 * PAGE);
    if (isMapped) expected[2 * PAGE + 1] = 0xaa;
    expect(files.read("f")).toEqual(Buffer.from(expected));
    ram.msync(PAGE, PAGE);
    expected[2 * PAGE + 1] = 0xaa;
    expect(files.read("f")).toEqual(Buffer.from(expected));
    const alias = machine.alias({ name: "a", size: PAGE, target: ram, offset: 2 * PAGE });
    put(2 * PAGE, 0xbb);
    alias.msync(0, 1);
    expected[3 * PAGE] = 0xbb;
    expect(files.read("f")).toEqual(Buffer.from(expected));
  });

  it("of a tebibyte costs what is touched, in memory and in the file", () => {
    const path = files.sparse("f", TiB);
    const ram = fileRam(machine, { name: "r", size: TiB, path, share: true });
    space.root.addSubregion(0, ram);
    put(TiB - 4, 1, 2, 3, 4);
    put(TiB / 2 + 5, 6);
    expect(blockOf(ram).allocatedBytes).toBeLessThanOrEqual(3 * RAM_CHUNK_BYTES);
    ram.msync(0, TiB);
    expect(fileOf(ram).statistics.bytesWritten).toBe(isMapped ? 0 : 2 * PAGE);
    expect(files.allocated("f")).toBeLessThan(1024 * 1024);
    fileOf(ram).close();
    const again = fileRam(machine, { name: "again", size: TiB, path });
    expect([...again.ramBytes(TiB - 4, 4)]).toEqual([1, 2, 3, 4]);
    expect(again.ramBytes(TiB / 2 + 5, 1)[0]).toBe(6);
  });
});

describe("memory that is copied from a file", () => {
  const mapping = "never";
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("writes changed pages alone, and those of the range alone", () => {
    const path = files.write("f", pattern(64 * PAGE));
    const ram = fileRam(machine, { name: "r", size: 64 * PAGE, path, share: true });
    space.root.addSubregion(0, ram);
    const { statistics } = fileOf(ram);
    expect(statistics).toEqual({ bytesLoaded: 0, bytesWritten: 0 });
    put(3 * PAGE, 1);
    put(4 * PAGE + 100, 2);
    // As a device model stores, without anybody being told.
    ram.ramBytes(40 * PAGE, 1)[0] = 3;
    expect(statistics.bytesLoaded).toBe(64 * PAGE);
    ram.msync(0, 10 * PAGE);
    expect(statistics.bytesWritten).toBe(2 * PAGE);
    ram.msync(0, 64 * PAGE);
    expect(statistics.bytesWritten).toBe(3 * PAGE);
    ram.msync(0, 64 * PAGE);
    put(3 * PAGE, 1);
    ram.msync(0, 64 * PAGE);
    expect(statistics.bytesWritten).toBe(3 * PAGE);
    ram.msync(40 * PAGE + 5, 1);
    ram.ramBytes(40 * PAGE, 1)[0] = 4;
    ram.msync(40 * PAGE + 5, 1);
    expect(statistics.bytesWritten).toBe(4 * PAGE);
    expect(files.read("f")[40 * PAGE]).toBe(4);
  });

  it("leaves pages that others wrote, and can take them up", () => {
    const path = files.sparse("f", 8 * PAGE);
    const two = fileRam(machine, { name: "two", size: 8 * PAGE, path, share: true });
    two.ramBytes(PAGE, 1)[0] = 2;
    two.ramBytes(3 * PAGE, 1)[0] = 9;
    files.poke("f", 0, 1);
    two.msync(0, 2 * PAGE);
    expect([files.read("f")[0], files.read("f")[PAGE]]).toEqual([1, 2]);
    files.poke("f", 3 * PAGE, 8);
    fileOf(two).reload();
    // A page that changed here too stays as it is here.
    expect([0, PAGE, 3 * PAGE].map((at) => two.ramBytes(at, 1)[0])).toEqual([1, 2, 9]);
    two.msync(0, 8 * PAGE);
    expect(files.read("f")[3 * PAGE]).toBe(9);
  });

  it("says so when it cannot be written, and keeps what it could not write", () => {
    const path = files.write("f", pattern(PAGE));
    const fd = openSync(path, "r");
    const ram = fileRam(machine, { name: "r", size: PAGE, fd, share: true });
    ram.ramBytes(0, 1)[0] = 0xdd;
    const sync = () => ram.msync(0, PAGE);
    expect(sync).toThrow(HostFileError);
    expect(sync).toThrow(expect.objectContaining({ rule: "file-write", code: "EBADF" }));
    expect(() => fileOf(ram).close()).toThrow(HostFileError);
    expect(fileOf(ram).isOpen).toBe(true);
    expect(ram.ramBytes(0, 1)[0]).toBe(0xdd);
    ram.unparent();
    expect(log.join()).toContain("cannot write");
    closeSync(fd);
  });

  it("can live in shared buffers", () => {
    const path = files.write("f", pattern(PAGE));
    const ram = fileRam(machine, { name: "r", size: PAGE, path, share: true, shared: true });
    expect(ram.ramBytes().buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...ram.ramBytes()]).toEqual([...pattern(PAGE)]);
    Atomics.store(ram.ramBytes(), 7, 0x55);
    fileOf(ram).close();
    expect(files.read("f")[7]).toBe(0x55);
  });
});

describe.each(ways)("a file that is given as a descriptor, mapping: %s", (mapping) => {
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("serves as well, and stays the caller's", () => {
    const fd = openSync(files.write("f", pattern(2 * PAGE)), "r+");
    const ram = fileRam(machine, { name: "r", size: PAGE, fd, offset: PAGE, share: true });
    expect(ram.ramBlock?.fd).toBe(fd);
    expect(fileOf(ram).path).toBe(`fd ${fd}`);
    ram.ramBytes(3, 1)[0] = 0xcc;
    ram.unparent();
    expect(files.read("f")[PAGE + 3]).toBe(0xcc);
    expect(fstatSync(fd).size).toBe(2 * PAGE);
    closeSync(fd);
  });
});

describe.each(ways)("the end, mapping: %s", (mapping) => {
  const fileRam = (to: Machine, options: FileRamOptions) =>
    openFileRam(to, { mapping, ...options });

  it("of a region writes back what is shared and closes the file", () => {
    const owner = machine.objects.create("device");
    const path = files.sparse("f", PAGE);
    const ram = fileRam(machine, { name: "r", size: PAGE, path, share: true, owner });
    const fd = fileOf(ram).fd;
    ram.ramBytes(9, 1)[0] = 0xee;
    owner.unref();
    expect(files.read("f")[9]).toBe(0xee);
    expect(() => fstatSync(fd)).toThrow("EBADF");
    expect(log).toEqual([]);
  });

  it("of the file writes back, and leaves memory that is synced no more", () => {
    const path = files.sparse("f", 2 * RAM_CHUNK_BYTES);
    const ram = fileRam(machine, { name: "r", size: 2 * RAM_CHUNK_BYTES, path, share: true });
    space.root.addSubregion(0, ram);
    {
      using file = ramFile(ram);
      expect(file?.isOpen).toBe(true);
      put(1, 0x11);
    }
    expect(files.read("f")[1]).toBe(0x11);
    put(1, 0x12);
    expect(get(1, 1)).toEqual([0x12]);
    // What was never loaded cannot be any more; no access fails for that.
    expect(get(RAM_CHUNK_BYTES, 2)).toEqual([0, 0]);
    expect(log.join()).toMatch(/callback: r: memory reads 0.*closed/);
    const sync = () => ram.msync(0, 1);
    expect(sync).toThrow(expect.objectContaining({ rule: "file-closed" }));
    fileOf(ram).close();
    expect(files.read("f")[1]).toBe(0x11);
  });
});
