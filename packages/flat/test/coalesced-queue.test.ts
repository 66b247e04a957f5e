import { internalsOf } from "@mem/core/plumbing";
import {
  addCoalescing,
  type AddressSpace,
  clearCoalescing,
  clearFlushCoalesced,
  CoalescedMmioQueue,
  Data64,
  DeviceObject,
  Machine,
  memOp,
  type MemoryRegion,
  MemTxResult,
  setCoalescing,
  setFlushCoalesced,
  TYPE_DEVICE,
} from "@mem/flat";
import { memberOf } from "../src/plumbing.js";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertNothingOpen } from "./logged-bus.js";

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let calls: string[];
let log: string[];

beforeEach(() => {
  calls = [];
  log = [];
  machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  root = machine.container({ name: "root", size: 2n ** 64n });
  bus = machine.addressSpace(root, "bus");
});

afterEach(() => assertNothingOpen(machine));

/** A device that notes what it is asked. */
function device(name: string, size = 0x100, owner?: DeviceObject): MemoryRegion {
  return machine.mmio({
    name,
    size,
    ...(owner && { owner }),
    valid: { maxAccessSize: 8 },
    impl: { maxAccessSize: 8 },
    read(offset) {
      calls.push(`${name} read ${offset}`);
      return 0x77;
    },
    read64: () => 0x77n,
    write: (offset, value, bytes) => void calls.push(`${name} ${offset}=${value}/${bytes}`),
    write64: (offset, value) => void calls.push(`${name} ${offset}=${value}/8`),
  });
}

/** A write as who runs a guest does it, who has a queue. */
function guestWrite(queue: CoalescedMmioQueue, addr: number, size: 1 | 2 | 4, value: number): void {
  if (!queue.post(addr, size, value)) bus.store(addr, size, value);
}

describe("without a queue", () => {
  it("coalesced ranges are written at once", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    bus.store(0x1000, 4, 7);
    expect(calls).toEqual(["nic 0=7/4"]);
    machine.flushCoalescedMmio();
    expect(calls).toHaveLength(1);
  });
});

describe("a queue of coalesced writes", () => {
  it("hands a device what was sent as one batch, before its status is read", () => {
    const batches: number[][] = [];
    let batch: number[] = [];
    const nic = machine.mmio({
      name: "nic",
      size: 0x100,
      write: (_offset, value) => void batch.push(value),
      read() {
        batches.push(batch);
        batch = [];
        return batches.length;
      },
    });
    root.addSubregion(0x1000, nic);
    addCoalescing(nic, 0x80, 0x80); // the transmit buffer
    using queue = new CoalescedMmioQueue(bus);
    for (let i = 0; i < 10; i++) guestWrite(queue, 0x1080 + 4 * i, 4, i);
    expect([queue.length, batch]).toEqual([10, []]);
    expect(bus.load(0x1000, 4)).toBe(1);
    expect([queue.length, batches]).toEqual([0, [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]]);
  });

  it("takes what lies in one coalesced range as a whole, and nothing else", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    addCoalescing(nic, 0x10, 0x10);
    addCoalescing(nic, 0x20, 0x10);
    using queue = new CoalescedMmioQueue(bus);
    const takes = (addr: number | bigint, size: 1 | 2 | 4 | 8) => queue.post(addr, size, 0);
    expect([takes(0x1010, 8), takes(0x101c, 4), takes(0x102f, 1)]).toEqual([true, true, true]);
    expect([takes(0x100f, 1), takes(0x100e, 4), takes(0x101e, 4), takes(0x1030, 1)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([takes(0x1010n, 8), takes(2n ** 64n - 8n, 8), takes(NaN, 4)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("delivers in order, values of every size, cut to it", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    using queue = new CoalescedMmioQueue(bus);
    queue.post(0x1008, 1, 0x1ff);
    queue.post(0x1006, 2, -1);
    queue.post(0x1000, 8, 0x1122_3344_5566_7788n);
    queue.post(0x1010, 8, 5);
    queue.post(0x1004, 4, 0xffff_ffff);
    queue.post(0x1000, 4, 0x1_2345_6789n);
    expect(calls).toEqual([]);
    machine.flushCoalescedMmio();
    expect(calls).toEqual([
      "nic 8=255/1",
      "nic 6=65535/2",
      `nic 0=${0x1122_3344_5566_7788n}/8`,
      "nic 16=5/8",
      "nic 4=4294967295/4",
      `nic 0=${0x2345_6789}/4`,
    ]);
  });

  it("is flushed before any access to a region that asks for it, by every path", () => {
    const [nic, status, other] = [device("nic"), device("status"), device("other")];
    root.addSubregion(0x1000, nic);
    root.addSubregion(0x2000, status);
    root.addSubregion(0x3000, other);
    root.addSubregion(0x4000, machine.alias({ name: "again", size: 0x100, target: status }));
    addCoalescing(nic, 0, 0x80);
    setFlushCoalesced(status);
    using queue = new CoalescedMmioQueue(bus);
    const data = new Data64();
    const flushing: [string, () => unknown][] = [
      ["load", () => bus.load(0x2000, 4)],
      ["store", () => bus.store(0x2000, 4, 1)],
      ["load of 8 bytes", () => bus.loadData(0x2000, memOp(8), data)],
      ["store of 8 bytes", () => bus.storeData(0x2000, memOp(8), data)],
      ["read", () => bus.read(0x2000, new Uint8Array(3))],
      ["write", () => bus.write(0x2000, new Uint8Array(3))],
      ["set", () => bus.set(0x2000, 1, 4)],
      ["bounced read", () => bus.map(0x2000, 4, { isWrite: false })?.unmap()],
      ["bounced write", () => bus.map(0x2000, 4, { isWrite: true })?.unmap()],
      ["alias", () => bus.load(0x4000, 4)],
      ["dispatch", () => status.dispatchRead(0, memOp(4), data)],
      ["refused", () => bus.load(0x20ff, 4)],
      ["its own registers", () => bus.load(0x1080, 4)],
    ];
    for (const [path, access] of flushing) {
      guestWrite(queue, 0x1000, 4, 1);
      access();
      expect([path, queue.length, calls.splice(0)[0]]).toEqual([path, 0, "nic 0=1/4"]);
    }
    guestWrite(queue, 0x1000, 4, 1);
    bus.load(0x3000, 4); // does not ask for it
    bus.load(0x9000, 4); // nothing is there
    expect(queue.length).toBe(1);
    clearFlushCoalesced(status);
    bus.load(0x2000, 4);
    expect(queue.length).toBe(1);
    clearFlushCoalesced(nic); // is coalesced itself
    bus.load(0x1080, 4);
    expect(queue.length).toBe(0);
  });

  it("is flushed before a transaction begins: writes reach what was there", () => {
    const [nic, other] = [device("nic"), device("other")];
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    using queue = new CoalescedMmioQueue(bus);
    queue.post(0x1000, 4, 1);
    root.addSubregion(0x1000, other, { priority: 1 });
    expect(calls).toEqual(["nic 0=1/4"]);
    expect(queue.post(0x1000, 4, 2)).toBe(false); // another device shows there
    other.enabled = false;
    expect(queue.post(0x1000, 4, 3)).toBe(true);
    nic.addr = 0x5000;
    expect(calls).toEqual(["nic 0=1/4", "nic 0=3/4"]);
    expect([queue.post(0x1000, 4, 4), queue.post(0x5000, 4, 5)]).toEqual([false, true]);
  });

  it("is flushed before coalescing ends, and takes nothing then", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    using queue = new CoalescedMmioQueue(bus);
    queue.post(0x1000, 4, 1);
    clearCoalescing(nic);
    expect(calls).toEqual(["nic 0=1/4"]);
    expect([internalsOf(nic).watchers.flushCoalesced, queue.post(0x1000, 4, 2)]).toEqual([
      false,
      false,
    ]);
  });

  it("that is full is flushed, and the write goes on", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    using queue = new CoalescedMmioQueue(bus, { capacity: 3 });
    for (let i = 1; i <= 4; i++) guestWrite(queue, 0x1000, 4, i);
    expect(calls).toEqual(["nic 0=1/4", "nic 0=2/4", "nic 0=3/4", "nic 0=4/4"]);
    expect([queue.length, queue.capacity]).toEqual([0, 3]);
    guestWrite(queue, 0x1000, 4, 5);
    expect(queue.length).toBe(1);
  });

  it("delivers each write once and in order, whatever is mixed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom("buffer", "status", "flush", "map"), { maxLength: 40 }),
        (capacity, steps) => {
          const here = new Machine();
          const top = here.container({ name: "root", size: 0x10000 });
          const space = here.addressSpace(top, "bus");
          const seen: number[] = [];
          const nic = here.mmio({
            name: "nic",
            size: 0x100,
            write: (_offset, value) => void seen.push(value),
          });
          top.addSubregion(0x1000, nic);
          addCoalescing(nic, 0x80, 0x80);
          const queue = new CoalescedMmioQueue(space, { capacity });
          const expected: number[] = [];
          steps.forEach((step, i) => {
            if (step === "flush") here.flushCoalescedMmio();
            else if (step === "map") nic.readonly = !nic.readonly;
            else {
              const addr = step === "status" ? 0x1000 : 0x1080;
              expected.push(i);
              if (!queue.post(addr, 4, i)) space.store(addr, 4, i);
            }
            expect(queue.length).toBeLessThanOrEqual(capacity);
            expect([...seen, ...expected.slice(seen.length)]).toEqual(expected);
            // All but a write to the buffer has everything delivered.
            expect(step === "buffer" ? expected : seen).toEqual(expected);
          });
          queue[Symbol.dispose]();
          expect(seen).toEqual(expected);
        },
      ),
    );
  });

  it("is flushed when it is disposed, which leaves the address space free", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    const queue = new CoalescedMmioQueue(bus);
    queue.post(0x1000, 4, 1);
    expect(() => bus.destroy()).toThrow("listener");
    queue[Symbol.dispose]();
    queue[Symbol.dispose]();
    expect([calls, queue.post(0x1000, 4, 2)]).toEqual([["nic 0=1/4"], false]);
    nic.enabled = false;
    nic.enabled = true;
    expect(queue.post(0x1000, 4, 2)).toBe(false);
    bus.destroy();
  });

  it("does not flush inside a flush; what is posted meanwhile follows, within bounds", () => {
    let depth = 0;
    let deepest = 0;
    const seen: number[] = [];
    const echo: MemoryRegion = machine.mmio({
      name: "echo",
      size: 0x100,
      write(_offset, value) {
        depth++;
        deepest = Math.max(deepest, depth);
        seen.push(value);
        machine.flushCoalescedMmio();
        queue.post(0x1000, 4, value + 100);
        depth--;
      },
    });
    root.addSubregion(0x1000, echo);
    setCoalescing(echo);
    using queue = new CoalescedMmioQueue(bus, { capacity: 4 });
    for (let i = 1; i <= 3; i++) queue.post(0x1000, 4, i);
    machine.flushCoalescedMmio();
    expect([deepest, seen]).toEqual([1, [1, 2, 3, 101, 102, 103, 201]]);
    expect(queue.length).toBe(3);
    setCoalescing(echo); // flushes once more
    expect(seen.slice(7, 10)).toEqual([202, 203, 301]);
  });

  it("that a device changes the map under loses nothing", () => {
    const other = device("other");
    const mover = machine.mmio({
      name: "mover",
      size: 0x100,
      write(_offset, value) {
        calls.push(`mover ${value}`);
        if (value === 1) mover.addr = 0x8000;
      },
    });
    root.addSubregion(0x1000, mover);
    root.addSubregion(0x1000, other, { priority: -1 });
    setCoalescing(mover);
    using queue = new CoalescedMmioQueue(bus);
    for (let i = 1; i <= 2; i++) queue.post(0x1000, 4, i);
    machine.flushCoalescedMmio();
    // The second goes where its address leads by then.
    expect(calls).toEqual(["mover 1", "other 0=2/4"]);
  });

  it("delivers within the rules: a throwing device, and one that is busy, cost their writes", () => {
    const owner = machine.objects.create(TYPE_DEVICE, {
      parent: machine.objects.container("/machine"),
      name: "dev",
    });
    if (!(owner instanceof DeviceObject)) throw new Error("no device");
    const results: MemTxResult[] = [];
    const nic = device("nic", 0x100, owner);
    const regs = machine.mmio({
      name: "regs",
      size: 8,
      owner,
      write: () => void results.push(bus.store(0x3000, 4, 0)),
    });
    const bad = machine.mmio({
      name: "bad",
      size: 8,
      write() {
        throw new Error("no");
      },
    });
    const status = device("status");
    root.addSubregion(0x1000, nic);
    root.addSubregion(0x2000, regs);
    root.addSubregion(0x3000, status);
    root.addSubregion(0x4000, bad);
    setCoalescing(nic);
    setCoalescing(bad);
    setFlushCoalesced(status);
    using queue = new CoalescedMmioQueue(bus);
    queue.post(0x1000, 4, 1);
    queue.post(0x4000, 4, 1);
    queue.post(0x4000, 4, 2);
    bus.store(0x2000, 4, 0); // nic's own device is busy when its writes are delivered
    expect([calls, results]).toEqual([["status 0=0/4"], [MemTxResult.OK]]);
    expect(log).toEqual([
      expect.stringMatching(/^guest_error: .*nic.*blocked re-entrant access/),
      expect.stringMatching(/^callback: .*bad.*threw/),
    ]);
  });

  it("belongs to one address space; a machine may have several", () => {
    const nic = device("nic");
    root.addSubregion(0x1000, nic);
    setCoalescing(nic);
    const ports = machine.container({ name: "ports", size: 0x10000 });
    const io = machine.addressSpace(ports, "io");
    const port = device("port");
    ports.addSubregion(0x80, port);
    setCoalescing(port);
    using memory = new CoalescedMmioQueue(bus);
    using second = new CoalescedMmioQueue(io);
    expect([memory.post(0x80, 1, 1), second.post(0x80, 1, 1)]).toEqual([false, true]);
    memory.post(0x1000, 4, 2);
    machine.flushCoalescedMmio();
    expect(calls).toEqual(["nic 0=2/4", "port 0=1/1"]);
  });

  it("refuses a capacity that is none, and an address space that is gone", () => {
    for (const capacity of [0, -1, 1.5, NaN, 2 ** 21]) {
      expect(() => new CoalescedMmioQueue(bus, { capacity })).toThrow("coalesced writes");
    }
    expect(memberOf(bus).listeners.size).toBe(0);
    bus.destroy();
    expect(() => new CoalescedMmioQueue(bus)).toThrow("destroyed");
  });
});
