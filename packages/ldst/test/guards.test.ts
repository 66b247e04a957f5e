import {
  addCoalescing,
  type AddressSpace,
  CoalescedMmioQueue,
  countDirtyPages,
  DeviceObject,
  DirtyClient,
  Machine,
  type MemoryRegion,
  MemTxResult,
  type MmioOps,
  resetDirty,
  TYPE_DEVICE,
} from "@mem/flat";
import { Bus, MemoryRegionCache, TxStatus } from "@mem/ldst";
import { beforeEach, describe, expect, it } from "vitest";

// What a bus and a cache make of devices that are busy, that throw, or that ask for a flush.

const { OK, ERROR, ACCESS_ERROR } = MemTxResult;

let machine: Machine;
let root: MemoryRegion;
let space: AddressSpace;
let log: string[];

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  root = machine.container({ name: "root", size: 0x100000 });
  space = machine.addressSpace(root, "bus");
});

interface Target {
  readonly name: string;
  open(addr: number): { bus: Bus | MemoryRegionCache; at: number };
}

const targets: Target[] = [
  { name: "a bus", open: (addr) => ({ bus: new Bus(space), at: addr }) },
  {
    name: "a cache",
    open: (addr) => ({ bus: new MemoryRegionCache(space, addr, 0x40, true), at: 0 }),
  },
];

/** Every load and store, with what it answered. */
function accesses(target: Target, addr: number): { result: MemTxResult; value: bigint }[] {
  const { bus, at } = target.open(addr);
  const status = new TxStatus();
  const outcomes: { result: MemTxResult; value: bigint }[] = [];
  const load = (value: number | bigint) =>
    outcomes.push({ result: status.result, value: BigInt(value) });
  load(bus.ld8(at, undefined, status));
  load(bus.ld16le(at, undefined, status));
  load(bus.ld32be(at, undefined, status));
  load(bus.ld64le(at, undefined, status));
  load(bus.ld64be(at, undefined, status));
  const into = new Uint8Array(8).fill(0xee);
  const result = bus instanceof MemoryRegionCache ? bus.read(at, into) : space.read(addr, into);
  outcomes.push({ result, value: new DataView(into.buffer).getBigUint64(0) });
  const store = () => outcomes.push({ result: status.result, value: 0n });
  bus.st8(at, 1, undefined, status);
  store();
  bus.st16be(at, 1, undefined, status);
  store();
  bus.st32le(at, 1, undefined, status);
  store();
  bus.st64be(at, 1n, undefined, status);
  store();
  const written = bus instanceof MemoryRegionCache ? bus.write(at, into) : space.write(addr, into);
  outcomes.push({ result: written, value: 0n });
  if (bus instanceof MemoryRegionCache) bus.destroy();
  return outcomes;
}

const wide = (act: () => number): MmioOps => ({
  impl: { maxAccessSize: 8 },
  valid: { maxAccessSize: 8 },
  read: act,
  write: () => void act(),
  read64: () => BigInt(act()),
  write64: () => void act(),
});

describe.each(targets)("$name", (target) => {
  it("finds a busy device closed: value 0, one line; and open again where it opted out", () => {
    const owner = machine.objects.create(TYPE_DEVICE, {
      parent: machine.objects.container("/machine"),
      name: "dev",
    });
    if (!(owner instanceof DeviceObject)) throw new Error("no device");
    const seen: { result: MemTxResult; value: bigint }[][] = [];
    let calls = 0;
    const inner = machine.mmio({ name: "inner", size: 0x100, owner, ...wide(() => ++calls) });
    const outer = machine.mmio({
      name: "outer",
      size: 8,
      owner,
      write: () => void seen.push(accesses(target, 0x2000)),
    });
    root.addSubregion(0x1000, outer);
    root.addSubregion(0x2000, inner);
    for (let i = 0; i < 2; i++) space.store(0x1000, 4, 0);
    for (const outcome of seen.splice(0).flat()) {
      expect(outcome).toEqual({ result: ACCESS_ERROR, value: 0n });
    }
    expect([calls, log]).toEqual([0, [expect.stringMatching(/inner.*blocked re-entrant/)]]);
    inner.reentrancyGuardDisabled = true;
    space.store(0x1000, 4, 0);
    expect(seen.flat().map(({ result }) => result)).toEqual(new Array<MemTxResult>(11).fill(OK));
    expect([calls > 0, log.length]).toEqual([true, 1]);
  });

  it("ends accesses to a device that throws in an error: value 0, one line", () => {
    const regs = machine.mmio({
      name: "bad",
      size: 0x100,
      ...wide(() => {
        throw new Error("oops");
      }),
    });
    root.addSubregion(0x2000, regs);
    for (const outcome of [...accesses(target, 0x2000), ...accesses(target, 0x2000)]) {
      expect(outcome).toEqual({ result: ERROR, value: 0n });
    }
    expect(log).toEqual([expect.stringMatching(/^callback: .*bad.*threw: Error: oops/)]);
  });

  it("has queued writes delivered before each access to a region that asks for it", () => {
    const seen: number[] = [];
    const nic = machine.mmio({
      name: "nic",
      size: 0x100,
      read: () => seen.length,
      write: (offset, value) => void (offset === 0x80 && seen.push(value)),
    });
    root.addSubregion(0x2000, nic);
    addCoalescing(nic, 0x80, 0x80);
    using queue = new CoalescedMmioQueue(space);
    const { bus, at } = target.open(0x2000);
    for (let i = 1; i <= 3; i++) {
      queue.post(0x2080, 4, i);
      expect(bus.ld32le(at)).toBe(i);
    }
    queue.post(0x2080, 4, 4);
    bus.st32le(at, 0);
    expect(seen).toEqual([1, 2, 3, 4]);
    if (bus instanceof MemoryRegionCache) bus.destroy();
  });

  it("marks what it writes dirty; a cache in place, when that is invalidated", () => {
    const ram = machine.ram({ name: "ram", size: 0x10000 });
    root.addSubregion(0x10000, ram);
    ram.setLog(true);
    const { bus, at } = target.open(0x12fe0);
    const stores: (() => void)[] = [
      () => bus.st8(at, 1),
      () => bus.st16le(at, 1),
      () => bus.st32be(at, 1),
      () => bus.st64le(at, 1n),
      () =>
        bus instanceof MemoryRegionCache ? bus.write(at, new Uint8Array(8)) : bus.st64be(at, 1n),
    ];
    for (const store of stores) {
      resetDirty(ram, 0, 0x10000, DirtyClient.VGA);
      store();
      const before = countDirtyPages(ram, DirtyClient.VGA);
      expect(before).toBe(bus instanceof MemoryRegionCache ? 0 : 1);
      if (bus instanceof MemoryRegionCache) bus.invalidate(at, 8);
      expect(countDirtyPages(ram, DirtyClient.VGA)).toBe(1);
      expect(countDirtyPages(ram, DirtyClient.VGA, { offset: 0x2000, length: 1 })).toBe(1);
    }
    if (bus instanceof MemoryRegionCache) bus.destroy();
  });
});
