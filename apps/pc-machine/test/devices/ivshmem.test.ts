/** Shared memory: what the guest sees of it, and who else does. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { FileMemories } from "../../src/cli/back-ends/file-memory.js";
import { plug } from "../../src/device/properties/request.js";
import { ivshmemPlain } from "../../src/devices/ivshmem/index.js";
import { UserObjects } from "../../src/objects/user-objects.js";
import { Rig } from "../support/board-rig.js";

const SLOT = 5;
const REGISTERS = 0xe000_0000;
const MEMORY = 0xe010_0000;
const SIZE = 2 ** 20;

let folder = "";
let files: FileMemories;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mem-ivshmem-"));
  files = new FileMemories();
});
afterEach(() => {
  files[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

/** A PC with the device in slot 5, its windows placed. */
function setUp(object: Readonly<Record<string, string>>) {
  let objects: UserObjects | null = null;
  const added = (): UserObjects => {
    if (objects === null) throw new Error("no objects yet");
    return objects;
  };
  const rig = new Rig({
    ramSize: SIZE,
    prepare: (machine) => {
      objects = new UserObjects(machine, { memory: (system, file) => files.make(system, file) });
      objects.add({ id: "mb", size: "1M", ...object }, "text");
    },
    devices: [
      plug(
        ivshmemPlain,
        { memdev: () => added().memoryFor("mb", "memdev") },
        { addr: String(SLOT), id: "iv" },
      ),
    ],
  });
  rig.setConfig(SLOT, 0, 0x10, REGISTERS);
  rig.setConfig(SLOT, 0, 0x18, MEMORY);
  rig.setConfig(SLOT, 0, 0x04, 0x06);
  return { rig, objects: added() };
}

const inFile = (path: string, share = "on") => ({
  "qom-type": "memory-backend-file",
  "mem-path": path,
  share,
});

describe("ivshmem-plain", () => {
  it("is who it is", () => {
    const { rig } = setUp({ "qom-type": "memory-backend-ram" });
    expect(rig.config(SLOT, 0, 0)).toBe(0x1110_1af4);
    expect(rig.config(SLOT, 0, 8)).toBe(0x0500_0001);
  });

  it("has registers, of which the status is cleared by looking", () => {
    const { rig } = setUp({ "qom-type": "memory-backend-ram" });
    rig.write(REGISTERS, 0xffff_ffff);
    rig.write(REGISTERS + 4, 1);
    expect([0, 4, 4, 8, 12].map((at) => rig.read(REGISTERS + at))).toEqual([
      0xffff_ffff, 1, 0, 0, 0,
    ]);
    rig.write(REGISTERS + 12, 8 << 16);
    rig.write(REGISTERS + 8, 1);
    expect(rig.messages).toEqual(["ivshmem: no register at 0x8 is written"]);
    rig.pc.reset();
  });

  it("shows a file that others see at once", () => {
    const path = join(folder, "shared");
    const one = setUp(inFile(path)).rig;
    expect(statSync(path).size).toBe(SIZE);
    const other = setUp(inFile(path)).rig;
    one.write(MEMORY + 0x1234, 0x1122_3344);
    one.write(MEMORY + 0x1239, 0xabcd, 2);
    expect(other.read(MEMORY + 0x1234)).toBe(0x1122_3344);
    expect([...readFileSync(path).subarray(0x1234, 0x123b)]).toEqual([
      0x44, 0x33, 0x22, 0x11, 0, 0xcd, 0xab,
    ]);
    const bulk = Uint8Array.from({ length: 4099 }, (_byte, at) => at * 3);
    other.pc.memory.write(MEMORY + 0x2001, bulk);
    const back = new Uint8Array(bulk.length);
    one.pc.memory.read(MEMORY + 0x2001, back);
    expect(back).toEqual(bulk);
  });

  it("keeps to itself what is not shared", () => {
    const path = join(folder, "private");
    writeFileSync(path, new Uint8Array(SIZE).fill(7));
    const { rig } = setUp(inFile(path, "off"));
    rig.write(MEMORY, 1);
    expect([rig.read(MEMORY), rig.read(MEMORY + 4)]).toEqual([1, 0x0707_0707]);
    expect(readFileSync(path)[0]).toBe(7);
  });

  it("holds its memory until it is taken out", () => {
    const { rig, objects } = setUp({ "qom-type": "memory-backend-ram" });
    expect(() => objects.memoryFor("mb", "memdev")).toThrow("can't use already busy memdev: mb");
    expect(() => objects.remove("mb")).toThrow("object 'mb' is in use, can not be deleted");
    rig.pc.unplug("iv");
    const memory = objects.memoryFor("mb", "memdev");
    rig.pc.plug(plug(ivshmemPlain, { memdev: () => memory }, { id: "again" }));
    expect(memory.inUse).toBe(true);
  });

  it("needs a file that can be had", () => {
    const missing = join(folder, "no", "such");
    expect(() => setUp(inFile(missing))).toThrow(`can't open backing store ${missing}`);
    const small = join(folder, "small");
    writeFileSync(small, "x");
    expect(() => setUp({ ...inFile(small), readonly: "on" })).toThrow("does not match 'size'");
    expect(() => setUp({ "qom-type": "memory-backend-file" })).toThrow("'mem-path' is missing");
  });
});
