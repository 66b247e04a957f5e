import { Machine, type MemoryRegion } from "@mem/flat";
import { describe, expect, it } from "vitest";

interface Map {
  readonly machine: Machine;
  readonly root: MemoryRegion;
  readonly regions: readonly MemoryRegion[];
}

function mapOf(count: number, place: (i: number) => number): Map {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 1n << 48n });
  machine.addressSpace(root, "bus");
  const regions = machine.transaction(() =>
    Array.from({ length: count }, (_, i) => {
      const region = machine.reservation({ name: null, size: 0x1000 });
      root.addSubregion(place(i), region);
      return region;
    }),
  );
  return { machine, root, regions };
}

/** What some changes add to the statistics of rendering. */
function work(
  machine: Machine,
  change: () => void,
): { full: number; windows: number; visits: number } {
  const before = { ...machine.renderStatistics };
  change();
  const { full, windows, visits } = machine.renderStatistics;
  return {
    full: full - before.full,
    windows: windows - before.windows,
    visits: visits - before.visits,
  };
}

describe("the work of a change", () => {
  for (const order of ["ascending", "descending", "scattered"]) {
    it(`does not grow with the map, whose regions came ${order}`, () => {
      const [small, large] = [100, 20_000].map((count) => {
        const at = (i: number): number =>
          order === "ascending" ? i : order === "descending" ? count - i : (i * 7919) % count;
        const { machine, regions } = mapOf(count, (i) => at(i) * 0x2000);
        return work(machine, () => {
          for (let i = 0; i < 50; i++) {
            const region = regions[(i * 31) % count];
            if (!region) throw new Error("no region");
            region.enabled = false;
            region.enabled = true;
            region.addr += 0x800n;
          }
        });
      });
      expect(large?.full).toBe(0);
      expect(large?.visits).toBeLessThanOrEqual((small?.visits ?? 0) + 10);
    });
  }

  it("does not grow with what is hidden: of a stack only those that show are visited", () => {
    const { machine, regions } = mapOf(5000, () => 0);
    const top = regions[4999];
    const hidden = regions[2500];
    if (!top || !hidden) throw new Error("no region");
    expect(work(machine, () => (hidden.enabled = false)).visits).toBeLessThan(5);
    expect(work(machine, () => (top.enabled = false)).visits).toBeLessThan(5);
    expect(machine.addressSpaces[0]?.lookup(0).region).toBe(regions[4998]);
    // Banks: all but one are off.
    machine.transaction(() => {
      for (const region of regions) region.enabled = region === hidden;
    });
    expect(machine.addressSpaces[0]?.lookup(0).region).toBe(hidden);
    const swap = work(machine, () =>
      machine.transaction(() => {
        hidden.enabled = false;
        top.enabled = true;
      }),
    );
    expect(swap.visits).toBeLessThan(5);
    expect(machine.addressSpaces[0]?.lookup(0).region).toBe(top);
  });

  it("of hundreds of regions at once is that of their places, not of the map", () => {
    const { machine, regions } = mapOf(20_000, (i) => i * 0x2000);
    const some = regions.filter((_, i) => i % 40 === 7);
    const done = work(machine, () =>
      machine.transaction(() => {
        for (const region of some) region.enabled = false;
      }),
    );
    expect(done).toMatchObject({ full: 0, windows: 500 });
    expect(machine.addressSpaces[0]?.flatView.length).toBe(19_500);
  });

  it("of most of a map is one rendering of it all", () => {
    const { machine, regions } = mapOf(2000, (i) => i * 0x4000);
    const done = work(machine, () =>
      machine.transaction(() => {
        for (const region of regions) region.addr += 0x1000n;
      }),
    );
    expect(done).toMatchObject({ full: 1, windows: 0 });
  });

  it("spares address spaces that do not see it", () => {
    const { machine, regions } = mapOf(100, (i) => i * 0x2000);
    for (let i = 0; i < 50; i++) {
      const own = machine.container({ name: `own${i}`, size: 0x100 });
      own.addSubregion(1, machine.reservation({ name: null, size: 1 }));
      machine.addressSpace(own, `own${i}`);
    }
    const views = machine.addressSpaces.map(({ flatView }) => flatView);
    const before = machine.renderStatistics.unchanged;
    const [first] = regions;
    if (!first) throw new Error("no region");
    expect(work(machine, () => (first.enabled = false))).toMatchObject({ full: 0, windows: 1 });
    expect(machine.renderStatistics.unchanged - before).toBe(50);
    const same = machine.addressSpaces.filter(({ flatView }, i) => flatView === views[i]);
    expect(same).toHaveLength(50);
  });
});
