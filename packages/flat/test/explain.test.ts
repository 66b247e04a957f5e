import {
  AddressError,
  type AddressSpace,
  DirtyClient,
  explain,
  formatExplanation,
  IommuAccess,
  type IommuTlbEntry,
  Machine,
  MemoryRegion,
  memTxAttrs,
  TYPE_MEMORY_REGION,
} from "@mem/flat";
import { MAX_RENDER_DEPTH } from "@mem/core/plumbing";
import { IOMMU_WALK, MAX_EXPLAIN_VISITS, MAX_IOMMU_HOPS } from "@mem/flat/plumbing";
import { beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;

beforeEach(() => {
  machine = new Machine();
  root = machine.container({ name: "root", size: 2n ** 64n });
  bus = machine.addressSpace(root, "bus");
});

const ram = (name: string, size: number): MemoryRegion => machine.ram({ name, size });
const registers = (name: string, size: number): MemoryRegion =>
  machine.mmio({ name, size, read: () => 0, write() {} });

/** What is hidden, in a line each. */
function hidden(addr: number | bigint): string[] {
  return explain(bus, addr).hidden.map(({ region, offset, reason, isAbove }) => {
    const place = isAbove ? "above" : "below";
    return `${place} ${region.name}+${offset} ${reason.kind}`;
  });
}

const text = (addr: number | bigint): string[] => String(explain(bus, addr)).split("\n");

describe("the way", () => {
  it("tells ranges, offsets and priorities through containers and aliases", () => {
    const target = ram("ram", 0x4000);
    const window = machine.alias({ name: "window", size: 0x1000, target, offset: 0x2000 });
    const board = machine.container({ name: "board", size: 0x800 });
    root.addSubregion(0x1_0000, board, { priority: -3 });
    board.addSubregion(0x400, window, { priority: 7 });
    const { path, found } = explain(bus, 0x1_0480);
    expect(path.map(({ region, kind, entry }) => [region.name, kind, entry])).toEqual([
      // The only child is not at 0, so the root is what the view is built from.
      ["root", "container", { how: "root" }],
      ["board", "container", { how: "subregion", addr: 0x1_0000n, priority: -3 }],
      ["window", "alias", { how: "subregion", addr: 0x400n, priority: 7 }],
      ["ram", "ram", { how: "alias", aliasOffset: 0x2000n }],
    ]);
    expect(path.map(({ offset }) => offset)).toEqual([0x1_0480n, 0x480n, 0x80n, 0x2080n]);
    expect(path.at(-1)).toMatchObject({
      start: 0x1_0400n - 0x2000n,
      range: { from: 0x1_0400n, to: 0x1_0800n },
      isLookedThrough: false,
    });
    expect(found).toMatchObject({ kind: "section", region: target, offset: 0x2080n });
    expect(text(0x1_0480)).toContain(
      "        ram 0x10400-0x107ff: RAM, shown from 0x2000 on, offset 0x2080",
    );
  });

  it("marks what a view looks through", () => {
    const memory = ram("ram", 0x1000);
    const whole = machine.alias({ name: "whole", size: 0x1000, target: memory });
    root.addSubregion(0, whole);
    const { path, hidden: others } = explain(bus, 8);
    expect(path.map((step) => [step.region.name, step.isLookedThrough])).toEqual([
      ["root", true],
      ["whole", true],
      ["ram", false],
    ]);
    expect(others).toEqual([]);
    expect(hidden(0x1000)).toEqual(["above root+4096 empty"]);
  });

  it("is cut short in the text when it is long", () => {
    let deep = root;
    for (let i = 0; i < 60; i++) {
      const inner = machine.container({ name: `c${i}`, size: 0x1000 });
      deep.addSubregion(0, inner);
      deep.addSubregion(0x800, machine.reservation({ name: "r", size: 1 }));
      deep = inner;
    }
    deep.addSubregion(0, ram("ram", 0x100));
    expect(explain(bus, 0).path).toHaveLength(62);
    expect(text(0).length).toBeLessThan(60);
    expect(text(0).some((line) => line.trim() === "... 38 more ...")).toBe(true);
  });

  it("takes addresses of the whole space, and no others", () => {
    root.addSubregion(2n ** 64n - 0x1000n, ram("top", 0x1000));
    expect(explain(bus, 2n ** 64n - 1n).found).toMatchObject({ kind: "section", offset: 0xfffn });
    for (const addr of [-1, 2n ** 64n, 0.5, Number.NaN]) {
      expect(() => explain(bus, addr)).toThrow(AddressError);
    }
  });
});

describe("a hole", () => {
  it("has neighbours", () => {
    root.addSubregion(0x1000, ram("low", 0x1000));
    root.addSubregion(0x8000, ram("high", 0x1000));
    const inside = explain(bus, 0x4000);
    expect(inside.path).toEqual([]);
    expect(inside.found).toMatchObject({
      kind: "hole",
      start: 0x2000n,
      end: 0x8000n,
      before: { end: 0x2000n },
      after: { start: 0x8000n },
    });
    expect(explain(bus, 0).found).toMatchObject({ start: 0n, end: 0x1000n, before: null });
    const behind = { start: 0x9000n, end: 2n ** 64n, after: null };
    expect(explain(bus, 2n ** 64n - 1n).found).toMatchObject(behind);
    expect(inside.access.outcomes.every(({ kind }) => kind === "refused")).toBe(true);
    expect(text(0x4000)).toContain("  before it 0x1000-0x1fff is low from 0x0 on, RAM");
  });
});

describe("what is hidden", () => {
  it("lost by priority, or by age", () => {
    root.addSubregion(0, ram("old", 0x1000));
    root.addSubregion(0, ram("new", 0x1000));
    root.addSubregion(0, ram("low", 0x1000), { priority: -1 });
    expect(hidden(4)).toEqual(["below old+4 addedEarlier", "below low+4 lowerPriority"]);
    expect(text(4)).toContain("    in root, new has the same priority as old, and came later");
    expect(text(4)).toContain("    in root, new has priority 0, low -1");
  });

  it("is a device beneath its own subregion, and a container without anything", () => {
    const regs = registers("regs", 0x1000);
    regs.addSubregion(0x100, ram("buffer", 0x100));
    root.addSubregion(0, regs);
    root.addSubregion(0, machine.container({ name: "slots", size: 0x2000 }), { priority: 1 });
    expect(hidden(0x180)).toEqual(["above slots+384 empty", "below regs+384 beneathSubregion"]);
    expect(text(0x180)).toContain("    has nothing here, so the search goes on below it");
  });

  it("is disabled, itself or above", () => {
    const board = machine.container({ name: "board", size: 0x2000 });
    board.addSubregion(0, ram("chip", 0x1000));
    board.enabled = false;
    const switched = ram("switched", 0x1000);
    switched.enabled = false;
    root.addSubregion(0, board, { priority: 2 });
    root.addSubregion(0, switched);
    root.addSubregion(0, ram("seen", 0x1000), { priority: 1 });
    expect(hidden(0)).toEqual(["above chip+0 disabled", "below switched+0 disabled"]);
    expect(text(0)).toContain("    board above it is disabled");
    // The board has nothing there but itself.
    expect(hidden(0x1800)).toEqual(["above board+6144 disabled", "above root+6144 empty"]);
  });

  it("sticks out of its container, or out of a window", () => {
    const board = machine.container({ name: "board", size: 0x1000 });
    board.addSubregion(0x800, ram("long", 0x1000));
    root.addSubregion(0, board);
    const big = ram("big", 0x10000);
    root.addSubregion(
      0x8000,
      machine.alias({ name: "window", size: 0x1000, target: big, offset: 0x2000 }),
    );
    expect(hidden(0x1200)).toEqual(["above long+2560 cutOff", "above root+4608 empty"]);
    expect(text(0x1200)).toContain("    cut off: board ends before 0x1000");
    expect(hidden(0x9000)).toEqual(["above big+12288 cutOff", "above root+36864 empty"]);
    expect(text(0x9000)).toContain("    cut off: the window of window ends before 0x9000");
    expect(text(0x7fff)).toContain("    cut off: the window of window begins at 0x8000");
    // Of two ways to one byte the nearest edge is told first.
    root.addSubregion(
      0x8000,
      machine.alias({ name: "wider", size: 0x1800, target: big, offset: 0x2000 }),
      { priority: -1 },
    );
    expect(text(0x9800)).toContain(
      "    cut off: the window of wider ends before 0x9800 (cut off 1 more ways)",
    );
    // Where it shows by another way it is not told.
    expect(hidden(0x9000)).toEqual([]);
  });

  it("is an alias on what lies behind its target", () => {
    const target = ram("small", 0x1000);
    root.addSubregion(0, machine.alias({ name: "large", size: 0x4000, target, offset: 0x800 }));
    expect(hidden(0x1000)).toEqual(["above large+4096 pastTarget"]);
    expect(text(0x1000)).toContain("    shows what lies past the end of small: nothing");
  });

  it("is nested too deep", () => {
    let deep = root;
    root.addSubregion(0, ram("seen", 1), { priority: -1 });
    for (let i = 0; i < MAX_RENDER_DEPTH + 20; i++) {
      const inner = machine.container({ name: `c${i}`, size: 0x10 });
      deep.addSubregion(0, inner);
      deep = inner;
    }
    deep.addSubregion(0, ram("far", 0x10));
    expect(hidden(0)).toEqual([`above c${MAX_RENDER_DEPTH}+0 tooDeep`]);
    expect(explain(bus, 0).isPending).toBe(false);
  });

  it("is not told without end", () => {
    let target: MemoryRegion = registers("leaf", 0x1000);
    for (let i = 0; 2 ** i < MAX_EXPLAIN_VISITS; i++) {
      const level = machine.container({ name: `level${i}`, size: 0x1000 });
      for (const name of ["left", "right"]) {
        level.addSubregion(0, machine.alias({ name: `${name}${i}`, size: 0x1000, target }));
      }
      target = level;
    }
    root.addSubregion(0, target);
    const answer = explain(bus, 0);
    expect(answer.isComplete).toBe(false);
    expect(answer.isPending).toBe(false);
    expect(answer.path.at(-1)?.region.name).toBe("leaf");
    const lines = formatExplanation(answer).split("\n");
    expect(lines.length).toBeLessThan(200);
    expect(lines).toContain("There is more: the map is too large to tell it all.");
  });
});

describe("what is found", () => {
  it("comes with the attributes of the view, and who is told of stores", () => {
    const memory = ram("ram", 0x1000);
    const window = machine.alias({ name: "window", size: 0x1000, target: memory });
    root.addSubregion(0x1000, window);
    window.readonly = true;
    window.nonvolatile = true;
    memory.setLog(true);
    const { found, access } = explain(bus, 0x1004);
    expect(found).toMatchObject({
      range: { readonly: true, nonvolatile: true, dirtyMask: 1 << DirtyClient.VGA },
    });
    expect(access.dirtyClients).toEqual(["VGA"]);
    expect(text(0x1004)).toEqual(
      expect.arrayContaining([
        "  read-only by something above it, non-volatile",
        "  shown read-only: a processor drops its stores, other masters write",
        "  stores are told to VGA",
      ]),
    );
    memory.readonly = true;
    expect(text(0x1004)).toContain(
      "  store of 1, 2, 4 and 8: refused, DECODE_ERROR: the memory is read-only",
    );
    // A debugger may.
    const attrs = memTxAttrs({ debug: true });
    expect(String(explain(bus, 0x1004, { attrs }))).toContain("store of 1, 2, 4 and 8: memory");
  });

  it("is the committed view, within a transaction, and the regions as they are", () => {
    root.addSubregion(0, ram("old", 0x1000));
    machine.transaction(() => {
      root.addSubregion(0, ram("new", 0x1000));
      const answer = explain(bus, 0);
      expect(answer.found).toMatchObject({ region: { name: "old" } });
      expect(answer.path.at(-1)?.region.name).toBe("new");
      expect(answer.isPending).toBe(true);
      expect(String(answer)).toContain("The map has changed since the last commit");
    });
    expect(explain(bus, 0).isPending).toBe(false);
  });

  it("is nothing in an address space that is gone", () => {
    root.addSubregion(0, ram("ram", 0x1000));
    bus.destroy();
    const answer = explain(bus, 0);
    expect([answer.found.kind, answer.path, answer.hidden, answer.isPending]).toEqual([
      "hole",
      [],
      [],
      false,
    ]);
    expect(String(answer)).toContain("destroyed");
  });
});

describe("at an IOMMU", () => {
  type Entry = Partial<IommuTlbEntry<AddressSpace>>;
  class Translating extends MemoryRegion {
    asked: number[] = [];
    answer: (iova: bigint) => Entry = () => ({});
    override get iommu() {
      return {
        translate: (iova: bigint, flag: number): IommuTlbEntry<AddressSpace> => {
          this.asked.push(flag);
          const base = iova & ~0xfffn;
          const entry = { iova: base, translatedAddr: base, addrMask: 0xfffn };
          return { targetAs: null, perm: IommuAccess.NONE, ...entry, ...this.answer(iova) };
        },
        attrsToIndex: () => 0,
        walk: IOMMU_WALK,
      };
    }
  }
  let iommu: Translating;
  let memory: AddressSpace;

  beforeEach(() => {
    const init = { objects: machine.objects, klass: machine.objects.types.get(TYPE_MEMORY_REGION) };
    const spec = { kind: "iommu", name: "iommu", owner: null, size: 0x10000n } as const;
    iommu = machine.adopt(new Translating(init, machine, spec));
    root.addSubregion(0x1000, iommu);
    memory = machine.addressSpace(ram("ram", 0x10000), "memory");
  });

  it("asks nothing unless told to", () => {
    expect(explain(bus, 0x3010).translation).toEqual({ kind: "notAsked" });
    expect(iommu.asked).toEqual([]);
    expect(explain(memory, 0).translation).toBeNull();
  });

  it("goes on where the IOMMU says", () => {
    iommu.answer = () => ({ targetAs: memory, translatedAddr: 0x8000n, perm: IommuAccess.RO });
    const answer = explain(bus, 0x3010, { translate: true });
    expect(answer.translation).toMatchObject({
      kind: "goesOn",
      next: { addr: 0x8010n, addressSpace: memory, found: { offset: 0x8010n } },
    });
    expect(String(answer)).toContain("  0x2000-0x2fff goes to 0x8000 in memory, for loads\n");
    expect(String(answer)).toContain("\n  0x8010 in memory: ram + 0x8010\n");
    const store = explain(bus, 0x3010, { translate: true, isWrite: true });
    expect(store.translation?.kind).toBe("refused");
    expect(iommu.asked).toEqual([IommuAccess.RO, IommuAccess.WO]);
  });

  it("stops when it fails, and when there is no end", () => {
    iommu.answer = () => {
      throw new Error("broken");
    };
    expect(explain(bus, 0x3010, { translate: true }).translation).toEqual({
      kind: "refused",
      entry: null,
    });
    iommu.answer = () => ({ targetAs: bus, translatedAddr: 0x3000n, perm: IommuAccess.RW });
    let depth = 0;
    let at = explain(bus, 0x3000, { translate: true }).translation;
    for (; at?.kind === "goesOn"; depth++) at = at.next.translation;
    expect([depth, at?.kind]).toEqual([MAX_IOMMU_HOPS, "endless"]);
  });
});
