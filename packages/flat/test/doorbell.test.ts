import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import {
  addEventfd,
  type AddressSpace,
  delEventfd,
  Machine,
  type MemoryRegion,
  MemTxResult,
  SharedEventCounter,
} from "@mem/flat";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let bus: AddressSpace;
let regs: MemoryRegion;
let log: string[];
let entered: string[];

beforeEach(() => {
  log = [];
  entered = [];
  machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  const root = machine.container({ name: "root", size: 0x10000 });
  bus = machine.addressSpace(root, "bus");
  regs = machine.mmio({
    name: "regs",
    size: 0x10,
    read: () => 0,
    write: (offset, value) => void entered.push(`${offset}=${value}`),
  });
  root.addSubregion(0x1000, regs);
});

const queueSelect = 0x1004;

describe("a doorbell", () => {
  it("wakes a loop, which learns how often it rang, and the device nothing", async () => {
    const doorbell = machine.eventNotifier("doorbell");
    addEventfd(regs, { addr: 4, size: 4, data: 1, notifier: doorbell });
    const rings: number[] = [];
    const served = (async () => {
      for await (const count of doorbell) rings.push(count);
    })();
    await Promise.resolve();
    for (let i = 0; i < 5; i++) expect(bus.store(queueSelect, 4, 1)).toBe(MemTxResult.OK);
    bus.write(queueSelect, Uint8Array.of(1, 0, 0, 0));
    bus.store(queueSelect, 4, 2); // another value, another size: ordinary writes
    bus.store(queueSelect, 2, 1);
    doorbell.close();
    await served;
    expect([rings, entered]).toEqual([[6], ["4=2", "4=1"]]);
  });

  it("that is closed still keeps its writes from the device, until the trigger goes", () => {
    const doorbell = machine.eventNotifier("doorbell");
    const trigger = { addr: 4, size: 4, notifier: doorbell };
    addEventfd(regs, trigger);
    doorbell.close();
    expect(bus.store(queueSelect, 4, 1)).toBe(MemTxResult.OK);
    expect([doorbell.pending, entered]).toEqual([0, []]);
    delEventfd(regs, trigger);
    bus.store(queueSelect, 4, 1);
    expect(entered).toEqual(["4=1"]);
  });

  it("whose receiver throws ends each write in an error, with one line, and goes on counting", () => {
    const doorbell = machine.eventNotifier("doorbell");
    addEventfd(regs, { addr: 4, size: 4, notifier: doorbell });
    doorbell.onSignal(() => {
      throw new Error("no");
    });
    for (let i = 0; i < 3; i++) expect(bus.store(queueSelect, 4, 1)).toBe(MemTxResult.ERROR);
    expect([doorbell.pending, entered]).toEqual([3, []]);
    expect(log).toEqual([expect.stringMatching(/^callback: .*regs.*: a device callback threw/)]);
  });
});

describe("a doorbell of a worker", () => {
  let folder: string;
  let library: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mem-doorbell-"));
    const root = join(import.meta.dirname, "../../..");
    const builder = (await import(pathToFileURL(join(root, "tools/build/bundle.mjs")).href)) as {
      bundle(input: string, file: string): Promise<void>;
    };
    library = join(folder, "core.mjs");
    await builder.bundle(join(root, "packages/core/src/index.ts"), library);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A worker that counts rings, in one of two ways, until the counter is closed. */
  function startWorker(counter: SharedEventCounter, wait: string): Worker {
    const program = `
      const { parentPort, workerData } = require("node:worker_threads");
      import(workerData.library).then(async ({ SharedEventCounter }) => {
        const rings = new SharedEventCounter(workerData.buffer);
        const tell = (count) => parentPort.postMessage(count);
        parentPort.postMessage(0);
        ${wait}
        process.exit(0);
      });`;
    const workerData = { buffer: counter.buffer, library: pathToFileURL(library).href };
    return new Worker(program, { eval: true, workerData });
  }

  it.each([
    ["blocks", "for (let n = rings.wait(); n > 0; n = rings.wait()) tell(n);"],
    ["iterates", "const open = setInterval(() => {}, 1000); for await (const n of rings) tell(n);"],
  ])("wakes it where it %s, without a call into the device", async (_, wait) => {
    const counter = new SharedEventCounter();
    const doorbell = machine.eventNotifier("doorbell", { counter });
    addEventfd(regs, { addr: 4, size: 4, notifier: doorbell });
    const worker = startWorker(counter, wait);
    const ended = once(worker, "exit");
    let rung = 0;
    await once(worker, "message"); // it is there
    worker.on("message", (count: number) => (rung += count));
    const total = 1000;
    for (let i = 0; i < total; i++) {
      expect(bus.store(queueSelect, 4, i)).toBe(MemTxResult.OK);
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    while (rung < total) await once(worker, "message");
    doorbell.close();
    expect(await ended).toEqual([0]);
    expect([rung, entered, doorbell.pending]).toEqual([total, [], 0]);
  });
});
