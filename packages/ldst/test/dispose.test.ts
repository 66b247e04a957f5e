import { LifecycleError, Machine, MemTxResult, SectionCopy, findSection } from "@mem/flat";
import { MemoryRegionCache } from "@mem/ldst";
import { describe, expect, it } from "vitest";

function make() {
  const log: string[] = [];
  const machine = new Machine({ log: (_, text) => log.push(text) });
  const system = machine.container({ name: "system", size: 0x100000 });
  const device = machine.objects.createChild(machine.objects.root, "card", "device");
  system.addSubregion(0, machine.ram({ name: "ram", size: 0x4000 }));
  const write = () => undefined;
  const regs = machine.mmio({ name: "regs", size: 0x1000, owner: device, read: () => 1, write });
  system.addSubregion(0x8000, regs);
  system.addSubregion(0x9000, machine.ram({ name: null, size: 0x1000 }));
  return { log, machine, system, device, regs, space: machine.addressSpace(system, "memory") };
}

describe("a machine that is disposed", () => {
  it("ends all that it gave out, once", () => {
    const { log, machine, system, regs, device, space } = make();
    const told: string[] = [];
    space.listen({ regionDel: (section) => told.push(section.region.name) });
    machine.listen({ regionDel: (section) => told.push(section.region.name) });
    const direct = space.map(0, 16, { isWrite: true });
    const bounce = space.map(0x8000, 16, { isWrite: true });
    const cache = new MemoryRegionCache(space, 0, 0x100, true);
    const section = findSection(system, 0x8000, 16);
    if (section) new SectionCopy(section);
    space.addMapClient(() => told.push("map client"));
    machine.schedule(() => told.push("callback"));
    const ended: string[] = [];
    machine.own({ [Symbol.dispose]: () => ended.push("first") });
    machine.own({ [Symbol.dispose]: () => ended.push("second") });
    machine.own({ [Symbol.dispose]: () => ended.push("third") })[Symbol.dispose]();
    machine[Symbol.dispose]();
    machine[Symbol.dispose]();
    expect(ended).toEqual(["second", "first"]);
    expect([space.isDestroyed, cache.isValid, machine.isDisposed]).toEqual([true, false, true]);
    expect([direct, bounce].map((mapping) => mapping?.[Symbol.dispose]())).toHaveLength(2);
    expect([regs.finalized, device.finalized, system.finalized]).toEqual([true, true, true]);
    expect(told.filter((name) => name === "regs")).toHaveLength(2);
    expect(told).not.toContain("map client");
    expect([machine.pendingCount, machine.leaks(), log]).toEqual([0, [], []]);
  });

  it("takes nothing more, with an error that says so; accesses find nothing", () => {
    const { machine, system, space } = make();
    machine[Symbol.dispose]();
    const gone = expect.objectContaining({ name: "LifecycleError", rule: "use-after-dispose" });
    expect(() => machine.ram({ name: "more", size: 0x1000 })).toThrow(gone);
    expect(() => machine.begin()).toThrow(gone);
    expect(() => machine.own({ [Symbol.dispose]: () => undefined })).toThrow(gone);
    expect(() => machine.addressSpace(system, "other")).toThrow(LifecycleError);
    expect(space.store(0, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    machine.schedule(() => undefined);
    expect(machine.pendingCount).toBe(0);
  });

  it("names who holds on, when everything else has ended", () => {
    const { machine, device, space } = make();
    device.ref("a debugger");
    expect(() => machine[Symbol.dispose]()).toThrow(/\(device\) by a debugger \(1\)/);
    expect([machine.isDisposed, space.isDestroyed]).toEqual([true, true]);
    expect(machine.leaks().map(({ object }) => object)).toContain(device);
    device.unref("a debugger");
    expect(machine.leaks()).toEqual([]);
  });

  it("is refused within an access and a transaction, before anything has changed", () => {
    const { machine, system, space } = make();
    const busy = expect.objectContaining({ rule: "machine-busy" });
    machine.transaction(() => expect(() => machine[Symbol.dispose]()).toThrow(busy));
    let thrown: unknown;
    const write = (): void => {
      try {
        machine[Symbol.dispose]();
      } catch (error) {
        thrown = error;
      }
    };
    system.addSubregion(0xa000, machine.mmio({ name: "off", size: 4, write }));
    space.store(0xa000, 4, 1);
    expect([thrown, machine.isDisposed, space.isDestroyed]).toEqual([busy, false, false]);
  });
});

it("what was logged of a region is forgotten with it, and each machine remembers so many causes", () => {
  const { log, machine } = make();
  for (let i = 0; i < 10_010; i++) machine.logOnce(`cause ${i}`, "unimp", "line");
  expect(log).toHaveLength(10_001);
  expect(log.at(-1)).toContain("further ones are not");
});

it("an address space that ended leaves no view behind, unless another one shows it", () => {
  const { machine, system, space } = make();
  const view = space.flatView;
  machine.addressSpace(system, "other").destroy();
  expect(machine.addressSpace(system, "third").flatView).toBe(view);
  const root = machine.ram({ name: "alone", size: 0x1000 });
  machine.addressSpace(root, "alone").destroy();
  expect(root.inUse).toBe(false);
  const before = machine.renderStatistics.full;
  machine.addressSpace(root, "again").destroy();
  expect(machine.renderStatistics.full).toBe(before + 1);
});
