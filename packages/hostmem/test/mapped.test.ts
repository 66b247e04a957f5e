import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { platform } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MemTxResult, type MemoryRegion, RAM_CHUNK_BYTES } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { fileRam, type FileRamOptions, HostFileError } from "@mem/hostmem";
import { build } from "esbuild";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fileOf, PAGE, pattern, temporaryFolder, whyNotMapped } from "./temporary.js";

const files = temporaryFolder();
const packages = fileURLToPath(new URL("../../", import.meta.url));
const SIZE = 2 * RAM_CHUNK_BYTES;
let machine: Machine;
let log: string[];
let space: AddressSpace;
let program = "";

beforeAll(async () => {
  const built = await build({
    entryPoints: [`${packages}hostmem/test/mapped.peer.ts`],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    alias: Object.fromEntries(
      ["qom", "core", "flat", "hostmem"].flatMap((name) => [
        [`@mem/${name}/plumbing`, `${packages}${name}/src/plumbing.ts`],
        [`@mem/${name}`, `${packages}${name}/src/index.ts`],
      ]),
    ),
    // Where the optional package is looked for.
    define: {
      "import.meta.url": JSON.stringify(
        pathToFileURL(`${packages}hostmem/src/mapped/native.ts`).href,
      ),
    },
  });
  program = built.outputFiles[0]?.text ?? "";
});

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (category, message) => log.push(`${category}: ${message}`) });
  writeFileSync(files.path("peer.mjs"), program);
});

function open(options: Partial<FileRamOptions> = {}): MemoryRegion {
  const path = files.write("f", pattern(SIZE));
  const ram = fileRam(machine, { name: "ram", size: SIZE, path, mapping: "required", ...options });
  space = machine.addressSpace(ram, "cpu");
  return ram;
}

function peerArguments(way: string, steps: string[]): string[] {
  return [files.path("peer.mjs"), files.path("f"), `${SIZE}`, way, ...steps];
}

function peer(...steps: string[]): ChildProcess {
  return spawn(process.execPath, peerArguments("required", steps), { stdio: "ignore" });
}

function answerOf(way: string, ...steps: string[]): string {
  const { stdout } = spawnSync(process.execPath, peerArguments(way, steps), { encoding: "utf8" });
  return stdout;
}

function cut(length: number): void {
  const fd = openSync(files.path("f"), "r+");
  ftruncateSync(fd, length);
  closeSync(fd);
}

function ruleOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof HostFileError) return error.rule;
    throw error;
  }
}

function get(addr: number, length = 1): number[] {
  const into = new Uint8Array(length).fill(0xff);
  expect(space.read(addr, into)).toBe(MemTxResult.OK);
  return [...into];
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe.skipIf(whyNotMapped !== null)("a file that is mapped", () => {
  it("is the memory: stores are in it, and what others write is there, at once", () => {
    const ram = open({ share: true });
    space.store(0x1000, 4, 0x12345678);
    expect([...files.read("f").subarray(0x1000, 0x1004)]).toEqual([0x78, 0x56, 0x34, 0x12]);
    files.poke("f", 0x1001, 0xee);
    expect(space.load(0x1000, 4)).toBe(0x1234ee78);
    const { isMapped, statistics } = fileOf(ram);
    expect({ isMapped, ...statistics }).toEqual({
      isMapped: true,
      bytesLoaded: 0,
      bytesWritten: 0,
    });
    ram.msync(0, SIZE);
    fileOf(ram).reload();
    expect(log).toEqual([]);
  });

  it("is one memory for two machines that share it: neither loses the other's words", () => {
    const one = open({ share: true }).ramBytes(0, PAGE);
    const path = files.path("f");
    const other = fileRam(new Machine(), { name: "two", size: SIZE, path, share: true });
    const two = other.ramBytes(0, PAGE);
    one[1] = 0xa1;
    two[2] = 0xb2;
    other.msync(0, SIZE);
    expect([one[2], two[1]]).toEqual([0xb2, 0xa1]);
    expect([...files.read("f").subarray(1, 3)]).toEqual([0xa1, 0xb2]);
  });

  it("rings between two processes, whose words in one page all survive", async () => {
    open({ share: true });
    space.write(0, new Uint8Array(PAGE));
    const rounds = 50;
    const times = 20_000;
    const other = peer(`answer:${rounds}`, `count:16:${times}`);
    const ended = new Promise((resolve) => other.once("exit", resolve));
    for (let round = 1; round <= rounds; round++) {
      space.store(0, 4, round);
      await until(() => space.load(4, 4) === round || other.exitCode !== null);
      expect(space.load(4, 4)).toBe(round);
    }
    for (let i = 0; i < times; i++) space.store(20, 4, space.load(20, 4) + 1);
    await ended;
    const words = new Int32Array(new Uint8Array(files.read("f").subarray(0, 24)).buffer);
    expect([...words]).toEqual([rounds, rounds, 0, 0, times, times]);
  });

  it("holds what a process stored that was killed before it could sync", () => {
    files.write("f", pattern(SIZE));
    expect(answerOf("required", "store:8192:305419896", "die")).toBe("");
    expect([...files.read("f").subarray(8192, 8196)]).toEqual([0x78, 0x56, 0x34, 0x12]);
    // Its note is of no account: who copies may come.
    expect(answerOf("never", "store:8192:1")).toBe("done");
  });

  it("is not shared with one who copies, of this process or another", () => {
    const ram = open({ share: true });
    const path = files.path("f");
    const copy = { name: "copy", size: SIZE, path, share: true, mapping: "never" } as const;
    expect(ruleOf(() => fileRam(machine, copy))).toBe("file-in-use");
    expect(answerOf("never")).toBe("file-in-use");
    expect(answerOf("required")).toBe("done");
    fileOf(ram).close();
    expect(answerOf("never")).toBe("done");
  });

  it("keeps private stores to itself, and shows what others write elsewhere", () => {
    const ram = open();
    space.store(0, 1, 0x99);
    expect(files.read("f")[0]).toBe(pattern(1)[0]);
    ram.ramBlock?.discard(RAM_CHUNK_BYTES, RAM_CHUNK_BYTES);
    expect(get(RAM_CHUNK_BYTES, 2)).toEqual([0, 0]);
    fileOf(ram).close();
    expect(get(0)).toEqual([0x99]);
    expect(Buffer.compare(files.read("f"), pattern(SIZE))).toBe(0);
  });

  it("makes holes in the file where memory is discarded", () => {
    const ram = open({ share: true });
    get(0);
    ram.ramBlock?.discard(0, SIZE);
    expect(Buffer.compare(files.read("f"), new Uint8Array(SIZE))).toBe(0);
    const most = platform === "linux" ? SIZE / 2 : 2 * SIZE;
    expect(files.allocated("f")).toBeLessThan(most);
    expect(get(5)).toEqual([0]);
  });

  it("may start where no page of the host does, and have any length", () => {
    const ram = open({ share: true, offset: 3 * PAGE, size: 5 * PAGE + 10 });
    expect([...ram.ramBytes(0, 5 * PAGE)]).toEqual([...pattern(SIZE).subarray(3 * PAGE, 8 * PAGE)]);
    ram.ramBytes(5 * PAGE, 10).fill(7);
    ram.msync(PAGE + 1, 10);
    ram.msync(5 * PAGE, 10);
    expect([...files.read("f").subarray(8 * PAGE, 8 * PAGE + 10)]).toEqual(Array(10).fill(7));
  });

  it("can have its blocks reserved", () => {
    const path = files.sparse("f", 0);
    const options = { name: "ram", path, size: SIZE, share: true, create: true, prealloc: true };
    for (const mapping of ["required", "never"] as const) {
      fileOf(fileRam(machine, { ...options, mapping })).close();
      expect(files.allocated("f")).toBeGreaterThanOrEqual(SIZE);
      cut(0);
    }
    expect(ruleOf(() => open({ readonly: true, prealloc: true }))).toBe("file-prealloc");
  });

  it("that may not be written is copied, with one line in the log, or refused", () => {
    const fd = openSync(files.write("f", pattern(SIZE)), "r");
    const options = { name: "ram", fd, size: SIZE, share: true };
    expect(ruleOf(() => fileRam(machine, { ...options, mapping: "required" }))).toBe(
      "file-mapping",
    );
    const ram = fileRam(machine, options);
    expect(fileOf(ram).isMapped).toBe(false);
    expect(log).toEqual([
      expect.stringMatching(/^unimp: .*not mapped: fd \d+: SystemCallError: EACCES/),
    ]);
    const shared = fileRam(machine, { name: "sab", path: files.path("f"), size: 1, shared: true });
    expect(fileOf(shared).isMapped).toBe(false);
    expect(log[1]).toContain("SharedArrayBuffer");
    closeSync(fd);
  });

  it("needs the caller's descriptor no longer than it takes to open", () => {
    const fd = openSync(files.write("f", pattern(SIZE)), "r+");
    const ram = fileRam(machine, { name: "ram", fd, size: SIZE, share: true, mapping: "required" });
    closeSync(fd);
    const other = openSync(files.write("other", pattern(PAGE)), "r+");
    expect(other).toBe(fd);
    ram.ramBytes(0, 1)[0] = 0x42;
    ram.ramBlock?.discard(RAM_CHUNK_BYTES, RAM_CHUNK_BYTES);
    fileOf(ram).close();
    expect([files.read("f")[0], files.read("f")[RAM_CHUNK_BYTES + 1]]).toEqual([0x42, 0]);
    expect(Buffer.compare(readFileSync(other), pattern(PAGE))).toBe(0);
    closeSync(other);
  });
});

describe.skipIf(whyNotMapped !== null)("a mapped file that is cut", () => {
  it("has its length again when a chunk is touched; what is gone reads 0, and syncs say so", () => {
    const ram = open({ share: true });
    get(0);
    cut(PAGE);
    expect(get(RAM_CHUNK_BYTES, 2)).toEqual([0, 0]);
    expect(get(0, 8)).toEqual([...pattern(8)]);
    expect(get(PAGE + 5)).toEqual([0]);
    expect(log).toEqual([
      expect.stringMatching(/ram: its file was cut to 4096 bytes, where 4194304/),
    ]);
    space.store(RAM_CHUNK_BYTES + 8192, 1, 1);
    expect(ruleOf(() => ram.msync(0, SIZE))).toBe("file-shrunk");
    expect(ruleOf(() => ram.msync(0, SIZE))).toBe("file-shrunk");
    expect(ruleOf(() => ram.msync(0, PAGE))).toBeNull();
    expect(files.read("f")).toHaveLength(SIZE);
    expect(files.read("f")[RAM_CHUNK_BYTES + 8192]).toBe(1);
    fileOf(ram).reload();
    ram.msync(0, SIZE);
    fileOf(ram).close();
    expect(log).toHaveLength(1);
  });

  it.each([{ readonly: true }, {}])("is left so where nobody may write it: %o", (options) => {
    const ram = open(options);
    get(0);
    cut(PAGE + 10);
    expect(get(RAM_CHUNK_BYTES, 2)).toEqual([0, 0]);
    expect(get(2 * PAGE, 2)).toEqual([0, 0]);
    ram.ramBytes(RAM_CHUNK_BYTES, 1)[0] = 5;
    fileOf(ram).reload();
    cut(PAGE);
    fileOf(ram).reload();
    expect(get(RAM_CHUNK_BYTES)).toEqual([5]);
    expect(get(PAGE)).toEqual([0]);
    expect(log).toHaveLength(1);
    expect(files.read("f")).toHaveLength(PAGE);
  });
});

describe.skipIf(whyNotMapped !== null)("a mapping whose region ended", () => {
  const mappings = (): number =>
    platform === "linux"
      ? readFileSync("/proc/self/maps", "latin1").split(files.path("f")).length - 1
      : 0;

  it("leaves the file at once, and zeros to those who still look", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const ram = open({ share: true });
    let view: Uint8Array | null = ram.ramBytes(0, 16);
    ram.ramBytes(RAM_CHUNK_BYTES, 16);
    view[3] = 0x33;
    space.destroy();
    ram.unparent();
    expect(ram.finalized).toBe(true);
    expect(mappings()).toBe(0);
    expect(files.read("f")[3]).toBe(0x33);
    collect();
    expect([...view]).toEqual(Array(16).fill(0));
    view[3] = 1;
    expect(files.read("f")[3]).toBe(0x33);
    view = null;
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve));
      collect();
    }
  });

  it("that was dropped with its machine does not stay either", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    files.write("f", pattern(SIZE));
    (() => {
      const path = files.path("f");
      const options = { name: "ram", size: SIZE, path, share: true, mapping: "required" } as const;
      fileRam(new Machine(), options).ramBytes(0, 1)[0] = 0x77;
    })();
    for (let i = 0; i < 200 && mappings() > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve));
      collect();
    }
    expect(mappings()).toBe(0);
    expect(files.read("f")[0]).toBe(0x77);
  });
});
