import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  explain,
  findSection,
  IommuAccess,
  Machine,
  MAX_REENTRY_DEPTH,
  memOp,
  Data64,
  MemoryRegion,
  memTxAttrs,
  MemTxResult,
  type MmioOps,
  setCoalescing,
  addEventfd,
  TYPE_MEMORY_REGION,
} from "@mem/flat";
import { IOMMU_WALK } from "@mem/flat/plumbing";
import { beforeEach, describe, expect, it } from "vitest";

// What no document decides and no recording shows, as docs/BEHAVIOUR.md states it.

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
beforeEach(() => {
  machine = new Machine();
  root = machine.container({ name: "root", size: 2n ** 64n });
  bus = machine.addressSpace(root, "bus");
});

const device = (name: string, size: number, ops: MmioOps = { read: () => 0x5a, write() {} }) =>
  machine.mmio({ name, size, ...ops });

describe("accesses", () => {
  it("fill in chunks of 512 bytes from the address given", () => {
    const writes: number[] = [];
    const write = (offset: number) => void writes.push(offset);
    root.addSubregion(0, device("regs", 0x1000, { impl: { maxAccessSize: 4 }, write }));
    bus.set(0x1fe, 0x11, 0x204);
    expect(writes.length).toBeGreaterThan(0x200 / 4);
    expect(writes.at(-1)).toBe(0x400);
    expect(writes).toContain(0x3fe);
  });

  it("for memory only, refused later, skip what is refused and go on", () => {
    const calls: number[] = [];
    root.addSubregion(0, machine.ram({ name: "low", size: 0x1000 }));
    root.addSubregion(0x1000, device("regs", 0x1000, { read: (at) => calls.push(at) }));
    const into = new Uint8Array(8).fill(0xee);
    const result = bus.read(0xffc, into, memTxAttrs({ memory: true }));
    expect(result).toBe(MemTxResult.ACCESS_ERROR);
    expect([...into]).toEqual([0, 0, 0, 0, 0xee, 0xee, 0xee, 0xee]);
    expect(calls).toEqual([]);
  });

  it("run past 2^64 - 1 to address 0", () => {
    root.addSubregion(0, machine.ram({ name: "low", size: 0x1000 }));
    root.addSubregion(2n ** 64n - 0x1000n, machine.ram({ name: "high", size: 0x1000 }));
    expect(bus.write(2n ** 64n - 2n, Uint8Array.of(1, 2, 3, 4))).toBe(MemTxResult.OK);
    expect(bus.load(0, 2)).toBe(0x0403);
  });

  it("nest to a bound, beyond which they are refused", () => {
    let depth = 0;
    const results: number[] = [];
    const ops = {
      read: (): number => {
        depth++;
        const value = bus.load(0, 4);
        results.push(bus.lastResult);
        return value;
      },
    };
    root.addSubregion(0, device("self", 4, ops));
    bus.load(0, 4);
    expect(depth).toBe(MAX_REENTRY_DEPTH);
    expect(results[0]).toBe(MemTxResult.ACCESS_ERROR);
  });

  it("of an `accepts` that throws are refused as not accepted", () => {
    const accepts = (): boolean => {
      throw new Error("oops");
    };
    root.addSubregion(0, device("regs", 8, { valid: { accepts }, read: () => 1 }));
    expect(bus.load(0, 4)).toBe(0);
    expect(bus.lastResult).toBe(MemTxResult.DECODE_ERROR);
  });
});

describe("read-only", () => {
  it("on an alias shows in the map and stops nobody", () => {
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    const alias = machine.alias({ name: "alias", size: 0x1000, target: ram });
    alias.readonly = true;
    root.addSubregion(0x1000, alias);
    expect(findSection(root, 0x1000, 1)?.readonly).toBe(true);
    expect(bus.store(0x1000, 4, 7)).toBe(MemTxResult.OK);
    expect(ram.ramBytes(0, 1)[0]).toBe(7);
  });

  it("on device registers likewise, but for the guard", () => {
    const written: number[] = [];
    const regs = device("regs", 4, { write: (_, value) => void written.push(value) });
    regs.readonly = true;
    root.addSubregion(0, regs);
    expect(bus.store(0, 4, 7)).toBe(MemTxResult.OK);
    expect(written).toEqual([7]);
  });
});

describe("places", () => {
  it("whose view is built from what is further down lose the attributes of what is above", () => {
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    const alias = machine.alias({ name: "alias", size: 0x1000, target: ram });
    alias.readonly = true;
    root.addSubregion(0, alias);
    expect(bus.flatView.root).toBe(ram);
    expect(findSection(root, 0, 1)?.readonly).toBe(false);
    root.addSubregion(0x1000, device("regs", 4));
    expect(bus.flatView.root).toBe(root);
    expect(findSection(root, 0, 1)?.readonly).toBe(true);
  });

  it("of a root with an address of its own shift its view", () => {
    const top = machine.container({ name: "top", size: 0x1000 });
    top.addr = 0x4000;
    top.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    top.addSubregion(0x800, device("regs", 4), { priority: 1 });
    const space = machine.addressSpace(top, "top");
    expect(space.lookup(0x4000).region.name).toBe("ram");
    expect(space.lookup(0).region).toBe(machine.unassigned);
    expect(explain(space, 0x4800).path.map(({ offset }) => offset)).toEqual([0x800n, 0n]);
    expect(findSection(top, 0x800, 1)?.offsetWithinAddressSpace).toBe(0x4800n);
  });

  it("of what lies on both sides of 2^64 end there", () => {
    root.addSubregion(2n ** 64n - 0x1000n, machine.ram({ name: "high", size: 0x2000 }));
    expect([...bus.flatView.ranges()].map(({ end }) => end)).toEqual([2n ** 64n]);
  });
});

describe("pages of translations", () => {
  class Identity extends MemoryRegion {
    override get iommu() {
      const targetAs = bus;
      return {
        translate: (iova: bigint) => {
          return { targetAs, iova, translatedAddr: iova, addrMask: 0xfffn, perm: IommuAccess.RW };
        },
        attrsToIndex: () => 0,
        walk: IOMMU_WALK,
      };
    }
  }
  const identity = (size: bigint) => {
    const init = { objects: machine.objects, klass: machine.objects.types.get(TYPE_MEMORY_REGION) };
    return machine.adopt(
      new Identity(init, machine, { kind: "iommu", name: "iommu", owner: null, size }),
    );
  };

  it("count as untranslated when they are mapped in part, also where nothing is", () => {
    const outer = machine.container({ name: "outer", size: 0x10000 });
    outer.addSubregion(0x800, identity(0x1000n));
    const space = machine.addressSpace(outer, "outer");
    for (const addr of [0x10, 0x810]) {
      const entry = space.iotlbEntry(addr, false);
      expect(entry).toMatchObject({ targetAs: space, translatedAddr: 0n, addrMask: 0xfffn });
    }
    expect(space.iotlbEntry(0x8000, false).targetAs).toBeNull();
  });

  it("do not cut a device access that crosses their end", () => {
    const seen: unknown[] = [];
    const regs = device("regs", 0x2000, { read: (at, size) => seen.push([at, size]) });
    root.addSubregion(0, regs);
    regs.reentrancyGuardDisabled = true;
    const outer = machine.container({ name: "outer", size: 0x10000 });
    outer.addSubregion(0, identity(0x2000n));
    const space = machine.addressSpace(outer, "outer");
    const data = new Data64();
    // Alignment aside, which this device insists on, one access of 4 bytes is one call.
    expect(space.loadData(0xffe, memOp(4), data)).toBe(MemTxResult.DECODE_ERROR);
    expect(space.loadData(0xffc, memOp(4), data)).toBe(MemTxResult.OK);
    expect(seen).toEqual([[0xffc, 4]]);
    root.removeSubregion(regs);
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x2000 }));
    expect(space.loadData(0xffe, memOp(4), data)).toBe(MemTxResult.DECODE_ERROR);
  });
});

describe("listeners", () => {
  it("all go at once, lowest priority first", () => {
    const gone: string[] = [];
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    for (const [name, priority] of [
      ["b", 5],
      ["a", -1],
      ["c", 5],
    ] as const) {
      bus.listen({ name, priority, regionDel: () => void gone.push(name) });
    }
    bus.removeListeners();
    expect(gone).toEqual(["a", "b", "c"]);
  });

  it("hear of coalesced ranges at once, inside a transaction too, as of the last commit", () => {
    const heard: string[] = [];
    const shown = device("shown", 0x10);
    root.addSubregion(0x100, shown);
    bus.listen({
      coalescedIoAdd: (section, addr) => void heard.push(`${section.region.name} ${addr}`),
    });
    machine.transaction(() => {
      shown.addr = 0x200;
      setCoalescing(shown);
      expect(heard).toEqual(["shown 256"]);
    });
    expect(heard).toEqual(["shown 256", "shown 512"]);
  });

  it("hear of write triggers that reach into what shows, whole", () => {
    const heard: unknown[] = [];
    const regs = device("regs", 0x10);
    root.addSubregion(0x100, regs);
    root.addSubregion(0x100, device("lid", 2), { priority: 1 });
    addEventfd(regs, { addr: 0, size: 4, notifier: machine.eventNotifier() });
    bus.listen({
      eventfdAdd: (section) => void heard.push([section.offsetWithinAddressSpace, section.size]),
    });
    root.addSubregion(0x1000, device("other", 2));
    expect(heard).toEqual([[0x100n, 4n]]);
  });

  it("that throw do not stop the commit or the others; the error comes out at its end", () => {
    const heard: string[] = [];
    using _angry = bus.listen({
      regionAdd() {
        throw new Error("no");
      },
    });
    using _calm = bus.listen({
      regionAdd: ({ region }) => void heard.push(region.name),
      commit: () => void heard.push("commit"),
    });
    heard.length = 0;
    const regs = device("regs", 4);
    expect(() => root.addSubregion(0, regs)).toThrow("no");
    expect(heard).toEqual(["regs", "commit"]);
    expect(bus.lookup(0).region).toBe(regs);
    expect(systemInternals(machine).transactions.depth).toBe(0);
  });

  it("cannot be registered twice, not even elsewhere", () => {
    const listener = { commit() {} };
    using _first = bus.listen(listener);
    expect(() => bus.listen(listener)).toThrow("registered already");
    const other = machine.addressSpace(root, "other");
    expect(() => other.listen(listener)).toThrow("registered already");
  });
});

describe("bounce buffers", () => {
  it("of no room map no device, but memory", () => {
    const tight = machine.addressSpace(root, "tight", { maxBounceBufferSize: 0 });
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    root.addSubregion(0x1000, device("regs", 0x1000));
    let called = 0;
    using _waiting = tight.addMapClient(() => called++);
    expect(tight.map(0x1000, 4, { isWrite: false })).toBeNull();
    using memory = tight.map(0, 4, { isWrite: false });
    expect(memory?.isBounce).toBe(false);
    expect(called).toBe(0);
  });

  it("wake only those who wait for the same address space", () => {
    root.addSubregion(0, device("regs", 0x2000));
    const other = machine.addressSpace(root, "other");
    const woken: string[] = [];
    const [here, there] = [bus, other].map((space) => space.map(0, 4096, { isWrite: false }));
    using _a = bus.addMapClient(() => woken.push("bus"));
    using _b = other.addMapClient(() => woken.push("other"));
    here?.unmap();
    expect(woken).toEqual(["bus"]);
    there?.unmap();
    expect(woken).toEqual(["bus", "other"]);
  });
});
