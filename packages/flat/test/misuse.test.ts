import { systemInternals } from "@mem/core/plumbing";
import {
  addEventfd,
  type AddressSpace,
  DeviceObject,
  explain,
  findSection,
  Machine,
  MemoryModelError,
  type MemoryRegion,
  mtree,
  SectionCopy,
  TYPE_DEVICE,
} from "@mem/flat";
import { beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;

beforeEach(() => {
  machine = new Machine();
  root = machine.container({ name: "root", size: 1n << 64n });
  bus = machine.addressSpace(root, "bus");
});

/** The rule by which misuse was refused. */
function rule(misuse: () => unknown): string {
  try {
    misuse();
  } catch (error) {
    if (error instanceof MemoryModelError) return error.rule;
    throw error;
  }
  return "not refused";
}

function device(name: string): DeviceObject {
  const made = machine.objects.create(TYPE_DEVICE, {
    parent: machine.objects.container("/machine"),
    name,
  });
  if (!(made instanceof DeviceObject)) throw new Error("no device");
  return made;
}

describe("refused, and without a trace", () => {
  it("mixing two machines", () => {
    const other = new Machine();
    const foreign = other.container({ name: "foreign", size: 0x1000 });
    expect(rule(() => machine.addressSpace(foreign, "mixed"))).toBe("other-system");
    expect(rule(() => machine.alias({ name: "a", size: 1, target: foreign }))).toBe("other-system");
    const owner = other.objects.create(TYPE_DEVICE);
    const make = () => machine.ram({ name: "ram", size: 0x1000, migratable: true, owner });
    expect(rule(make)).toBe("other-system");
    expect(machine.addressSpaces).toHaveLength(1);
    // The name is still free.
    machine.ram({ name: "ram", size: 0x1000, migratable: true });
  });

  it("owners that are gone", () => {
    const owner = device("gone");
    const orphan = machine.mmio({ name: null, size: 4, owner, read: () => 0 });
    const inside = machine.container({ name: "inside", size: 0x1000 });
    owner.unref();
    owner.unparent();
    expect(owner.finalized).toBe(true);
    expect(rule(() => machine.mmio({ name: "late", size: 4, owner }))).toBe("owner-finalized");
    expect(rule(() => machine.ram({ name: "late", size: 4, owner, migratable: true }))).toBe(
      "owner-finalized",
    );
    machine.ram({ name: "late", size: 4, migratable: true });
    expect(rule(() => inside.addSubregion(0, orphan))).toBe("owner-finalized");
    expect(orphan.container).toBeNull();
    expect(rule(() => machine.addressSpace(orphan, "late"))).toBe("owner-finalized");
    expect(systemInternals(machine).transactions.depth).toBe(0);
    root.addSubregion(0, machine.alias({ name: "alias", size: 4, target: orphan }));
    expect(bus.flatView.length).toBe(0);
  });

  it("the last reference on what is in use", () => {
    const regs = machine.mmio({ name: null, size: 4, read: () => 5 });
    root.addSubregion(0, regs);
    expect(rule(() => regs.unref())).toBe("region-in-use");
    expect(bus.load(0, 4)).toBe(5);
    const top = machine.container({ name: null, size: 4 });
    const space = machine.addressSpace(top, "top");
    expect(rule(() => top.unref())).toBe("region-in-use");
    space.destroy();
    root.removeSubregion(regs);
    regs.unref();
    expect(regs.finalized).toBe(true);
  });

  it("views that are gone", () => {
    root.addSubregion(0, machine.ram({ name: "ram", size: 0x1000 }));
    const view = bus.flatView;
    const section = findSection(root, 0, 1);
    if (!section) throw new Error("nothing found");
    root.addSubregion(0x1000, machine.ram({ name: "more", size: 0x1000 }));
    expect(rule(() => view.retain())).toBe("view-released");
    expect(rule(() => view.release())).toBe("view-released");
    expect(rule(() => new SectionCopy(section))).toBe("view-released");
    expect(section.region.refcount).toBe(1);
  });

  it("odd numbers", () => {
    const regs = machine.mmio({ name: "regs", size: 8, read: () => 0 });
    const notifier = machine.eventNotifier();
    for (const data of [-1, 0.5, 1n << 64n]) {
      expect(rule(() => addEventfd(regs, { addr: 0, size: 4, data, notifier }))).toMatch(
        /address-range|exact-number/,
      );
    }
    for (const length of [-1, 0.5, NaN]) {
      expect(rule(() => bus.map(0, length, { isWrite: false }))).toMatch(/size-range|exact-number/);
      expect(rule(() => bus.set(0, 0, length))).toMatch(/size-range|exact-number/);
      expect(rule(() => bus.accessValid(0, length, false))).toMatch(/size-range|exact-number/);
    }
    for (const addr of [NaN, 0.5, Infinity]) {
      expect(rule(() => bus.loadData(addr, 0, { lo: 0 } as never))).toBe("exact-number");
      expect(rule(() => bus.load(addr, 1))).toBe("exact-number");
      expect(rule(() => bus.read(addr, new Uint8Array(4)))).toBe("exact-number");
    }
    expect(rule(() => machine.addressSpace(root, "x", { maxBounceBufferSize: -1 }))).toBe(
      "size-range",
    );
    expect(systemInternals(machine).reclaimer.inFlight).toBe(0);
  });
});

describe("very deep maps", () => {
  it("can change at the bottom", () => {
    let deep = root;
    machine.transaction(() => {
      for (let i = 0; i < 12_000; i++) {
        const inner = machine.container({ name: null, size: 0x1000 });
        deep.addSubregion(0, inner);
        deep = inner;
      }
      root.addSubregion(0, machine.reservation({ name: "behind", size: 0x1000 }), { priority: -1 });
      deep.addSubregion(0, machine.reservation({ name: "far", size: 0x10 }));
    });
    deep.enabled = false;
    deep.enabled = true;
    expect(explain(bus, 4).path.map(({ region }) => region.name)).toEqual(["root", "behind"]);
    expect(mtree(machine).length).toBeGreaterThan(0);
  });
});
