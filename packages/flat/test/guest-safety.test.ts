import { systemInternals } from "@mem/core/plumbing";
import {
  addEventfd,
  type DeviceObject,
  IommuAccess,
  Machine,
  MAX_REENTRIES,
  MAX_REENTRY_DEPTH,
  MemoryRegion,
  MemTxResult,
  TYPE_DEVICE,
  type AddressSpace,
} from "@mem/flat";
import { IOMMU_WALK, MAX_IOMMU_HOPS } from "@mem/flat/plumbing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertNothingOpen, loggedBus, newDevice } from "./logged-bus.js";

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let log: string[];

beforeEach(() => {
  ({ machine, root, bus, log } = loggedBus(1n << 64n));
});

afterEach(() => assertNothingOpen(machine));

const device = (): DeviceObject => newDevice(machine);

describe("a guest cannot", () => {
  it("lock a device up by having it change what its guard depends on", () => {
    const changes: ((region: MemoryRegion) => void)[] = [
      (region) => (region.readonly = !region.readonly),
      (region) => (region.reentrancyGuardDisabled = !region.reentrancyGuardDisabled),
      (region) => region.enableLocklessIo(),
    ];
    for (const change of changes) {
      const owner = device();
      const regs: MemoryRegion = machine.mmio({
        name: "regs",
        size: 8,
        owner,
        read: () => 1,
        write: () => change(regs),
      });
      const others = machine.mmio({ name: "others", size: 8, owner, read: () => 2 });
      root.addSubregion(0, regs);
      root.addSubregion(8, others);
      for (let i = 0; i < 3; i++) {
        expect(bus.store(0, 4, 1)).toBe(MemTxResult.OK);
        expect(owner.engagedInIo).toBe(false);
        expect(bus.load(8, 4)).toBe(2);
      }
      root.removeSubregion(regs);
      root.removeSubregion(others);
    }
  });

  it("open the guard of a device from within by a region that is not guarded", () => {
    const owner = device();
    let inner: MemTxResult = MemTxResult.OK;
    const open: MemoryRegion = machine.mmio({
      name: "open",
      size: 8,
      owner,
      write: () => (open.reentrancyGuardDisabled = false),
    });
    open.reentrancyGuardDisabled = true;
    const regs = machine.mmio({
      name: "regs",
      size: 8,
      owner,
      write() {
        bus.store(8, 4, 0);
        inner = bus.store(0, 4, 0);
      },
    });
    root.addSubregion(0, regs);
    root.addSubregion(8, open);
    bus.store(0, 4, 0);
    expect(inner).toBe(MemTxResult.ACCESS_ERROR);
  });

  it("make a throwing trigger come out", () => {
    const regs = machine.mmio({ name: "regs", size: 8, write() {} });
    root.addSubregion(0, regs);
    const notifier = machine.eventNotifier();
    notifier.onSignal(() => {
      throw new Error("no");
    });
    addEventfd(regs, { addr: 0, size: 4, notifier });
    expect(bus.store(0, 4, 1)).toBe(MemTxResult.ERROR);
    expect(bus.write(0, new Uint8Array(4))).toBe(MemTxResult.ERROR);
    expect(log).toHaveLength(1);
  });

  it("make triggers that write to themselves go on for ever", () => {
    const regs = machine.mmio({ name: "regs", size: 8, write() {} });
    root.addSubregion(0, regs);
    const notifier = machine.eventNotifier();
    notifier.onSignal(() => void bus.store(0, 4, 1));
    addEventfd(regs, { addr: 0, size: 4, notifier });
    expect(bus.store(0, 4, 1)).toBe(MemTxResult.OK);
    expect(notifier.pending).toBeLessThanOrEqual(MAX_REENTRY_DEPTH);
  });

  it("make an `accepts` that looks at its own registers go on for ever", () => {
    let calls = 0;
    const regs = machine.mmio({
      name: "regs",
      size: 8,
      read: () => 7,
      valid: {
        accepts() {
          calls++;
          return bus.load(0, 4) >= 0;
        },
      },
    });
    root.addSubregion(0, regs);
    bus.load(0, 4);
    expect(calls).toBeLessThanOrEqual(MAX_REENTRY_DEPTH + 1);
    expect(log.filter((line) => line.includes("Maximum call stack"))).toEqual([]);
  });

  it("make a table walk that needs itself go on for ever", () => {
    let walks = 0;
    let byPage = false;
    class Iommu extends MemoryRegion {
      override get iommu() {
        return {
          attrsToIndex: () => 0,
          walk: IOMMU_WALK,
          translate(addr: bigint) {
            walks++;
            if (byPage) bus.iotlbEntry(addr, false);
            else bus.load(Number(addr), 4);
            return {
              targetAs: bus,
              iova: addr,
              translatedAddr: addr,
              addrMask: 0xfffn,
              perm: IommuAccess.RW,
            };
          },
        };
      }
    }
    const klass = machine.objects.types.get("memory-region");
    const iommu = machine.adopt(
      new Iommu({ objects: machine.objects, klass }, machine, {
        kind: "iommu",
        name: "iommu",
        owner: null,
        size: 0x10000n,
      }),
    );
    root.addSubregion(0, iommu);
    for (byPage of [false, true]) {
      walks = 0;
      bus.load(0x1000, 4);
      bus.iotlbEntry(0x1000, false);
      expect(walks).toBeGreaterThan(0);
      expect(walks).toBeLessThan(MAX_REENTRIES * MAX_IOMMU_HOPS * 2);
      expect(systemInternals(machine).reclaimer.inFlight).toBe(0);
    }
    expect(log.filter((line) => line.includes("Maximum call stack"))).toEqual([]);
  });

  it("see values that are none", () => {
    const odd: unknown[] = [NaN, -1, 2 ** 53, Infinity, 1.5, undefined, null, "7", {}, 3n];
    for (const value of odd) {
      const plain = machine.mmio({
        name: "plain",
        size: 64,
        impl: { maxAccessSize: 8 },
        read: () => value as number,
        read64: () => value as bigint,
      });
      const attrs = machine.mmio({
        name: "attrs",
        size: 64,
        readWithAttrs(_offset, _size, _attrs, data) {
          data.lo = value as number;
          data.hi = value as number;
          return value as number;
        },
      });
      const big = machine.mmio({
        name: "big",
        size: 64,
        endianness: "big",
        read: () => value as number,
      });
      root.addSubregion(0, plain);
      root.addSubregion(64, attrs);
      root.addSubregion(128, big);
      for (let at = 0; at < 192; at += 8) {
        for (const size of [1, 2, 4] as const) {
          const loaded = bus.load(at, size);
          expect(Number.isInteger(loaded) && loaded >= 0 && loaded < 256 ** size).toBe(true);
          expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(bus.lastResult);
        }
      }
      expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(bus.read(0, new Uint8Array(192)));
      for (const region of [plain, attrs, big]) root.removeSubregion(region);
    }
  });

  it("make the end of an object come out of its access, or keep others from ending", () => {
    const ends: string[] = [];
    for (const name of ["good", "bad"]) {
      machine.objects.types.register({
        name,
        parent: TYPE_DEVICE,
        instanceFinalize() {
          ends.push(name);
          if (name === "bad") throw new Error("no");
        },
      });
    }
    const owners = ["good", "bad", "good"].map((type, i) => {
      const owner = machine.objects.create(type, {
        parent: machine.objects.container("/machine"),
        name: `o${i}`,
      });
      const regs = machine.mmio({ name: "regs", size: 4, owner, read: () => 0 });
      root.addSubregion(0x100 + 4 * i, regs);
      owner.unref();
      return { owner, regs };
    });
    const trigger = machine.mmio({
      name: "trigger",
      size: 4,
      write() {
        for (const { owner, regs } of owners) {
          root.removeSubregion(regs);
          owner.unparent();
        }
      },
    });
    root.addSubregion(0, trigger);
    expect(bus.store(0, 4, 1)).toBe(MemTxResult.OK);
    expect(ends).toEqual(["good", "bad", "good"]);
    expect(log.filter((line) => line.startsWith("callback"))).toHaveLength(1);
  });

  it("be hit by a log that throws", () => {
    const strict = new Machine({
      log() {
        throw new Error("no log");
      },
    });
    const top = strict.container({ name: "root", size: 0x1000 });
    const regs = strict.mmio({
      name: "regs",
      size: 8,
      read() {
        throw new Error("no");
      },
    });
    top.addSubregion(0, regs);
    const space = strict.addressSpace(top, "bus");
    expect(space.load(0, 4)).toBe(0);
    expect(space.lastResult).toBe(MemTxResult.ERROR);
    expect(systemInternals(strict).reclaimer.inFlight).toBe(0);
  });

  it("reach what a destroyed address space showed", () => {
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    const device = machine.mmio({
      name: "switch",
      size: 4,
      write: () => bus.destroy(),
    });
    root.addSubregion(0x1000, device);
    bus.store(0, 4, 1);
    expect(bus.store(0x1000, 4, 1)).toBe(MemTxResult.OK);
    expect(bus.load(0, 4)).toBe(0);
    expect(bus.lastResult).toBe(MemTxResult.DECODE_ERROR);
  });
});
