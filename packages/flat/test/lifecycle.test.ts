import { LifecycleError, Machine, type MemoryRegion, SectionCopy, findSection } from "@mem/flat";
import { describe, expect, it } from "vitest";

function setUp() {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 1n << 64n });
  const bus = machine.addressSpace(root, "bus");
  const owner = machine.objects.create("device");
  const died: string[] = [];
  machine.objects.onFinalize = (object) =>
    died.push((object as MemoryRegion).name || object.klass.name);
  return { machine, root, bus, owner, died };
}

describe("what keeps an owner alive", () => {
  it("a device region that shows, until the commit that takes it out", () => {
    const { machine, root, owner, died } = setUp();
    const regs = machine.mmio({ name: "regs", size: 8, owner, read: () => 0 });
    root.addSubregion(0, regs);
    owner.unref();
    expect(died).toEqual([]);
    machine.transaction(() => {
      root.removeSubregion(regs);
      expect(died).toEqual([]);
    });
    expect(died).toEqual(["regs", "device"]);
  });

  it("nothing, for a region that only its own owner's container holds", () => {
    const { machine, owner, died } = setUp();
    const box = machine.container({ name: "box", size: 16, owner });
    box.addSubregion(0, machine.mmio({ name: "regs", size: 8, owner, read: () => 0 }));
    owner.unref();
    expect(died.sort()).toEqual(["box", "device", "regs"]);
  });

  it("a mapping; RAM is kept alone, and outlives its owner", () => {
    const { machine, root, bus, owner, died } = setUp();
    const ram = machine.ram({ name: "ram", size: 0x1000, owner });
    root.addSubregion(0, ram);
    const mapping = bus.map(0, 16, { isWrite: true });
    root.removeSubregion(ram);
    owner.unref();
    expect(died).toEqual(["device"]);
    mapping?.bytes.set([1, 2]);
    mapping?.unmap();
    expect(died).toEqual(["device", "ram"]);
  });

  it("a copy of a section", () => {
    const { machine, root, owner, died } = setUp();
    const regs = machine.mmio({ name: "regs", size: 8, owner, read: () => 0 });
    root.addSubregion(0, regs);
    const section = findSection(root, 4, 1);
    if (!section) throw new Error("nothing found");
    const copy = new SectionCopy(section);
    root.removeSubregion(regs);
    owner.unref();
    expect(died).toEqual([]);
    copy[Symbol.dispose]();
    copy[Symbol.dispose]();
    expect(died).toEqual(["regs", "device"]);
  });

  it("a view until the outermost commit, when it dies inside a transaction", () => {
    const { machine, root, bus, owner, died } = setUp();
    const regs = machine.mmio({ name: "regs", size: 8, owner, read: () => 5 });
    root.addSubregion(0, regs);
    machine.transaction(() => {
      machine.transaction(() => {
        root.removeSubregion(regs);
        owner.unref();
      });
      expect(died).toEqual([]);
      expect(bus.load(0, 4)).toBe(5);
    });
    expect(died).toEqual(["regs", "device"]);
  });

  it("a container of another owner, until it lets go", () => {
    const { machine, owner, died } = setUp();
    const box = machine.container({ name: "box", size: 16 });
    const regs = machine.mmio({ name: "regs", size: 8, owner, read: () => 0 });
    box.addSubregion(0, regs);
    owner.unref();
    expect(died).toEqual([]);
    box.unparent();
    expect(died).toEqual(["box", "regs", "device"]);
  });

  it("an access in flight: a device may remove and drop itself in its own callback", () => {
    const { machine, root, bus, owner, died } = setUp();
    const regs: MemoryRegion = machine.mmio({
      name: "regs",
      size: 8,
      owner,
      write() {
        root.removeSubregion(regs);
        owner.unref();
        expect(died).toEqual([]);
      },
    });
    root.addSubregion(0, regs);
    expect(bus.store(0, 4, 1)).toBe(0);
    expect(died).toEqual(["regs", "device"]);
  });

  it("nothing once all is gone: the leak report is empty", () => {
    const { machine, root, owner } = setUp();
    const regs = machine.mmio({ name: "regs", size: 8, owner, read: () => 0 });
    root.addSubregion(0, regs);
    owner.unref();
    const [leak] = machine.leaks();
    expect(leak?.object).toBe(owner);
    expect(leak?.shownAt).toEqual(["regs at 0x0 of bus"]);
    expect(leak?.holders).toContainEqual({ holder: "container root", count: 1 });
    root.removeSubregion(regs);
    expect(machine.leaks()).toEqual([]);
  });
});

describe("address spaces", () => {
  it("refuse to be destroyed while in use, and to be used afterwards", () => {
    const { machine, root, bus } = setUp();
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    const mapping = bus.map(0, 1, { isWrite: false });
    expect(() => bus.destroy()).toThrow(LifecycleError);
    mapping?.unmap();
    expect(() => mapping?.unmap()).toThrow(/has ended/);
    const listener = bus.listen({});
    expect(() => bus.destroy()).toThrow(/1 listener/);
    listener[Symbol.dispose]();
    bus.destroy();
    expect(() => bus.destroy()).toThrow(/was destroyed/);
    expect(() => bus.listen({})).toThrow(/was destroyed/);
    expect(machine.addressSpaces).toEqual([]);
  });

  it("refuse to lose their root", () => {
    const { machine } = setUp();
    const box = machine.container({ name: "box", size: 16 });
    box.addSubregion(0, machine.mmio({ name: "m", size: 1, read: () => 0 }));
    box.addSubregion(8, machine.mmio({ name: "n", size: 1, read: () => 0 }));
    const bus = machine.addressSpace(box, "second");
    expect(() => box.unparent()).toThrow(/in use/);
    bus.destroy();
  });

  it("of two machines know nothing of each other", () => {
    const [a, b] = [setUp(), setUp()];
    a.root.addSubregion(0, a.machine.ram({ name: "ram", size: 0x1000 }));
    a.machine.begin();
    b.root.addSubregion(0, b.machine.ram({ name: "ram", size: 0x2000 }));
    expect([a.bus.flatView.length, b.bus.flatView.length]).toEqual([1, 1]);
    a.machine.commit();
  });
});
