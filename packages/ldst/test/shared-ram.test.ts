import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Machine } from "@mem/flat";
import { Bus, MemoryRegionCache } from "@mem/ldst";
import { build } from "esbuild";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Request } from "./shared-ram.peer.js";

const SIZE = 0x10000;
const packages = fileURLToPath(new URL("../../", import.meta.url));

let program = "";
let peer: Worker;
let memory: SharedArrayBuffer;
let space: ReturnType<Machine["addressSpace"]>;
let bus: Bus;

beforeAll(async () => {
  const names = ["qom", "core", "flat", "ldst"];
  const built = await build({
    entryPoints: [`${packages}ldst/test/shared-ram.peer.ts`],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    alias: Object.fromEntries(
      names.flatMap((name) => [
        [`@mem/${name}/plumbing`, `${packages}${name}/src/plumbing.ts`],
        [`@mem/${name}`, `${packages}${name}/src/index.ts`],
      ]),
    ),
  });
  program = built.outputFiles[0].text;
});

beforeEach(() => {
  const machine = new Machine();
  const ram = machine.ram({ name: "ram", size: SIZE, shared: true });
  const { buffer } = ram.ramBytes();
  if (!(buffer instanceof SharedArrayBuffer)) throw new Error("the memory is not shared");
  memory = buffer;
  space = machine.addressSpace(ram, "cpu");
  bus = new Bus(space);
  peer = new Worker(program, { eval: true, workerData: memory });
});

afterEach(async () => {
  await peer.terminate();
});

async function ask(request: Request): Promise<number> {
  peer.postMessage(request);
  const [value] = (await once(peer, "message")) as [number];
  return value;
}

describe("memory that two threads have, each in a machine of its own", () => {
  it("shows each what the other stored", async () => {
    bus.st32(0x2000, 0x12345678);
    expect(await ask({ load: 0x102000 })).toBe(0x12345678);
    await ask({ store: 0x103000, value: 0xcafe });
    expect(bus.ld32(0x3000)).toBe(0xcafe);
    bus.st32(0x10, 7);
    expect(await ask({ load: 0xff0010 })).toBe(7);
  });

  it("shows it through caches, mappings and bulk transfers that were there before", async () => {
    using cache = new MemoryRegionCache(space, 0x1000, 16, false);
    using mapping = space.map(0x1000, 16, { isWrite: false });
    expect(cache.ld32(0)).toBe(0);
    await ask({ store: 0x101000, value: 0x01020304 });
    expect(cache.ld32(0)).toBe(0x01020304);
    expect([...(mapping?.bytes.subarray(0, 4) ?? [])]).toEqual([4, 3, 2, 1]);
    const into = new Uint8Array(4);
    space.read(0x1000, into);
    expect([...into]).toEqual([4, 3, 2, 1]);
  });

  it("orders plain stores by atomic ones on a cell of the same memory", async () => {
    const cells = new Int32Array(memory);
    const rounds = 200;
    await ask({ answer: rounds });
    for (let round = 0; round < rounds; round++) {
      bus.st32(64, round + 1);
      Atomics.store(cells, 0, 2 * round + 1);
      Atomics.notify(cells, 0);
      // A bound, so that a peer that died fails the test and does not hold it.
      Atomics.wait(cells, 0, 2 * round + 1, 600_000);
      expect(Atomics.load(cells, 0)).toBe(2 * round + 2);
      expect(bus.ld32(64)).toBe(2 * (round + 1));
    }
  });
});
