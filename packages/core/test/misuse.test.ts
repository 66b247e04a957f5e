import {
  AddressError,
  addEventfd,
  delEventfd,
  LifecycleError,
  MemoryModelError,
  MemorySystem,
  RamBlockError,
  RegionOptionsError,
  setCoalescing,
  TopologyError,
  TransactionError,
} from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { beforeEach, describe, expect, it } from "vitest";

/** Runs misuse and answers the error that refused it. */
function refusal(misuse: () => unknown): MemoryModelError {
  try {
    misuse();
  } catch (error) {
    if (error instanceof MemoryModelError) return error;
    throw error;
  }
  throw new Error("misuse was not refused");
}

/** Expects misuse to be refused with this kind of error and this rule. */
function expectRefused(
  kind: abstract new (...args: never[]) => MemoryModelError,
  rule: string,
  misuse: () => unknown,
): MemoryModelError {
  const error = refusal(misuse);
  expect([error.name, error.rule]).toEqual([kind.name, rule]);
  expect(error).toBeInstanceOf(kind);
  return error;
}

describe("misuse is refused before anything changes", () => {
  let machine: MemorySystem;
  beforeEach(() => {
    machine = new MemorySystem();
  });
  const container = (name: string, size: number | bigint = 0x1000) =>
    machine.container({ name, size });

  it("adding a region twice", () => {
    const [a, b, child] = [container("a"), container("b"), container("child", 0x10)];
    a.addSubregion(0x20, child);
    const error = expectRefused(TopologyError, "region-added-twice", () =>
      b.addSubregion(0, child),
    );
    expect(error.message).toContain("/machine/unattached/child[0]");
    expect(error.message).toContain("0x20");
    expect(error.region).toBe("/machine/unattached/b[0]");
    expect(child.container).toBe(a);
    expect([...b.subregions]).toEqual([]);
    expectRefused(TopologyError, "region-added-twice", () => a.addSubregion(0, child));
    expect(child.addr).toBe(0x20n);
  });

  it("a region inside itself, directly and through containers", () => {
    const [a, b, c] = [container("a"), container("b"), container("c")];
    a.addSubregion(0, b);
    b.addSubregion(0, c);
    expectRefused(TopologyError, "cycle", () => c.addSubregion(0, a));
    expectRefused(TopologyError, "cycle", () => a.addSubregion(0, a));
    expect([...c.subregions]).toEqual([]);
  });

  it("an alias cycle", () => {
    const a = container("a");
    const alias = machine.alias({ name: "alias", size: 0x10, target: a });
    const outer = machine.alias({ name: "outer", size: 0x10, target: alias });
    expectRefused(TopologyError, "cycle", () => a.addSubregion(0, alias));
    expectRefused(TopologyError, "cycle", () => a.addSubregion(0, outer));
    const inner = container("inner");
    a.addSubregion(0, inner);
    expectRefused(TopologyError, "cycle", () => inner.addSubregion(0, outer));
    expect(alias.container).toBeNull();
    expect(a.isMapped).toBe(false);
  });

  it("a subregion of an alias", () => {
    const alias = machine.alias({ name: "alias", size: 0x10, target: container("t") });
    expectRefused(TopologyError, "subregion-of-alias", () => alias.addSubregion(0, container("c")));
  });

  it("sizes below 0 and above 2^64", () => {
    expectRefused(AddressError, "size-range", () => container("x", -1));
    expectRefused(AddressError, "size-range", () => container("x", (1n << 64n) + 1n));
    expectRefused(AddressError, "exact-number", () => container("x", 2 ** 60));
    expectRefused(AddressError, "exact-number", () => container("x", 1.5));
    const region = container("x", 1n << 64n);
    expectRefused(AddressError, "size-range", () => (region.size = -1n));
    expectRefused(AddressError, "size-range", () => (region.size = (1n << 64n) + 1n));
    expect(region.size).toBe(1n << 64n);
  });

  it("RAM of size 0, above its block, or on too little memory", () => {
    expectRefused(RamBlockError, "ram-size", () => machine.ram({ name: "r", size: 0 }));
    expectRefused(RamBlockError, "memory-too-small", () =>
      machine.ram({ name: "r", size: 0x2000, memory: new ArrayBuffer(0x1000) }),
    );
    const ram = machine.ram({ name: "r", size: 0x1000 });
    expectRefused(RamBlockError, "ram-size", () => (ram.size = 0x1001));
    expect(ram.size).toBe(0x1000n);
    const rom = machine.romDevice({ name: "d", size: 0x1000, write: () => undefined });
    expectRefused(RamBlockError, "ram-size", () => (rom.size = 0x2000));
  });

  it("migratable RAM under a name that is taken", () => {
    machine.ram({ name: "r", size: 0x1000, migratable: true });
    machine.ram({ name: "r", size: 0x1000 });
    expectRefused(RamBlockError, "ram-name", () =>
      machine.ram({ name: "r", size: 0x1000, migratable: true }),
    );
  });

  it("offsets out of range", () => {
    const [a, b] = [container("a"), container("b")];
    expectRefused(AddressError, "address-range", () => a.addSubregion(-1, b));
    expectRefused(AddressError, "address-range", () => a.addSubregion(1n << 64n, b));
    expect(b.container).toBeNull();
    a.addSubregion(8, b);
    expectRefused(AddressError, "address-range", () => (b.addr = -8n));
    expect(b.addr).toBe(8n);
    const alias = machine.alias({ name: "alias", size: 1, target: a });
    expectRefused(AddressError, "address-range", () => (alias.aliasOffset = 1n << 64n));
    expectRefused(TopologyError, "not-an-alias", () => (a.aliasOffset = 0));
  });

  it("priorities that are not 32-bit integers", () => {
    const [a, b] = [container("a"), container("b")];
    expectRefused(TopologyError, "priority-range", () =>
      a.addSubregion(0, b, { priority: 2 ** 31 }),
    );
    expectRefused(TopologyError, "priority-range", () => a.addSubregion(0, b, { priority: 0.5 }));
  });

  it("deleting what is not there", () => {
    const [a, b, c] = [container("a"), container("b"), container("c")];
    b.addSubregion(0, c);
    const error = expectRefused(TopologyError, "not-a-subregion", () => a.removeSubregion(c));
    expect(error.other).toBe("/machine/unattached/c[0]");
    expect(c.container).toBe(b);
  });

  it("commit without begin", () => {
    expectRefused(TransactionError, "commit-without-begin", () => machine.commit());
    machine.begin();
    machine.commit();
    expectRefused(TransactionError, "commit-without-begin", () => machine.commit());
  });

  it("regions of two systems in one tree", () => {
    const foreign = new MemorySystem().container({ name: "foreign", size: 1 });
    expectRefused(TopologyError, "other-system", () => container("a").addSubregion(0, foreign));
  });

  it("unparenting a region that is in use", () => {
    const owner = machine.objects.create("device", { parent: machine.objects.root, name: "dev" });
    const mmio = machine.mmio({ name: "regs", size: 8, owner, read: () => 0 });
    const bus = container("bus");
    bus.addSubregion(0, mmio);
    expectRefused(LifecycleError, "region-in-use", () => mmio.unparent());
    expect(mmio.finalized).toBe(false);
    bus.removeSubregion(mmio);
    mmio.unparent();
    expect(mmio.finalized).toBe(true);
  });

  it("use after finalization", () => {
    const gone = container("gone");
    const bus = container("bus");
    gone.unparent();
    expect(gone.finalized).toBe(true);
    for (const use of [
      () => bus.addSubregion(0, gone),
      () => gone.addSubregion(0, bus),
      () => (gone.enabled = false),
      () => (gone.size = 1),
      () => (gone.addr = 1),
      () => (gone.readonly = true),
      () => (gone.nonvolatile = true),
      () => (gone.unmergeable = true),
      () => (gone.romd = false),
      () => gone.setLog(true),
      () => gone.ramResize(1),
      () => machine.alias({ name: "a", size: 1, target: gone }),
      () => setCoalescing(gone),
    ]) {
      expectRefused(LifecycleError, "use-after-finalize", use);
    }
  });

  it("wrong access sizes and missing 8-byte callbacks", () => {
    const make = (ops: object) => () => machine.mmio({ name: "m", size: 8, ...ops });
    expectRefused(RegionOptionsError, "access-size", make({ valid: { maxAccessSize: 3 } }));
    expectRefused(
      RegionOptionsError,
      "access-sizes",
      make({ valid: { minAccessSize: 4, maxAccessSize: 2 } }),
    );
    expectRefused(
      RegionOptionsError,
      "access-sizes",
      make({ impl: { minAccessSize: 4, maxAccessSize: 2 } }),
    );
    expectRefused(
      RegionOptionsError,
      "read64-missing",
      make({ impl: { maxAccessSize: 8 }, read: () => 0 }),
    );
    expectRefused(
      RegionOptionsError,
      "write64-missing",
      make({ impl: { maxAccessSize: 8 }, write: () => 0 }),
    );
    expectRefused(RegionOptionsError, "wide-offsets", () =>
      machine.mmio({ name: "m", size: 1n << 60n, read: () => 0 }),
    );
  });

  it("logging switched off more often than on", () => {
    const ram = machine.ram({ name: "r", size: 0x1000 });
    expectRefused(LifecycleError, "log-not-on", () => ram.setLog(false));
  });

  it("write triggers that make no sense, or are not there", () => {
    const mmio = machine.mmio({ name: "m", size: 8, write: () => undefined });
    const notifier = machine.eventNotifier();
    expectRefused(RegionOptionsError, "eventfd-size", () =>
      addEventfd(mmio, { addr: 0, size: 3, notifier }),
    );
    expectRefused(RegionOptionsError, "eventfd-size", () =>
      addEventfd(mmio, { addr: 0, data: 1, notifier }),
    );
    expectRefused(RegionOptionsError, "no-eventfd", () =>
      delEventfd(mmio, { addr: 0, size: 4, notifier }),
    );
    expect(internalsOf(mmio).watchers.ioeventfds).toEqual([]);
  });

  it("coalescing 2^64 bytes, resizing beyond the maximum, memory where there is none", () => {
    expectRefused(RegionOptionsError, "coalesce-size", () =>
      setCoalescing(container("c", 1n << 64n)),
    );
    const ram = machine.resizeableRam({ name: "r", size: 0x1000, maxSize: 0x2000 });
    const error = expectRefused(RamBlockError, "ram-max-size", () => ram.ramResize(0x2001));
    expect(error.message).toBe(
      `${error.region}: 0x3000 bytes of RAM are more than its maxSize, 0x2000`,
    );
    expectRefused(RamBlockError, "ram-size", () => ram.ramResize(0));
    expectRefused(RamBlockError, "no-ram", () => container("d").ramResize(1));
    expectRefused(RamBlockError, "no-ram", () => container("d").ramBytes());
    expectRefused(RamBlockError, "ram-range", () => ram.ramBytes(0x1fff, 2));
  });
});
