import { Machine, type MemoryRegion } from "@mem/flat";
import { describe, expect, it, vi } from "vitest";
import { SpaceRegistry } from "../src/space/registry.js";
import { RandomMap } from "./random-map.js";

/** Says the same by looking at every range of every address space. */
function isInSomeView(machine: Machine, region: MemoryRegion): boolean {
  return machine.addressSpaces.some(({ flatView }) =>
    [...flatView.ranges()].some((range) => range.region === region),
  );
}

describe("whether a region shows", () => {
  it("is told alike by the way up from it and by all ranges, on random maps", () => {
    let [shown, hidden] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const { machine, regions } = new RandomMap(seed);
      const check = (): void => {
        for (const { real } of regions) {
          const expected = isInSomeView(machine, real);
          expect(SpaceRegistry.of(machine).isShown(real), `seed ${seed}, ${real.name}`).toBe(
            expected,
          );
          if (expected) shown++;
          else hidden++;
        }
      };
      check();
      for (const { real } of regions) real.enabled = !real.enabled;
      check();
      machine.transaction(() => {
        for (const { real } of regions) real.enabled = true;
        check();
      });
      check();
    }
    expect([shown > 50, hidden > 50]).toEqual([true, true]);
  });

  it("does not depend on how much else there is", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 2n ** 32n });
    const regions: MemoryRegion[] = [];
    machine.transaction(() => {
      for (let i = 0; i < 2000; i++) {
        const region = machine.mmio({ name: `r${i}`, size: 16, read: () => 0 });
        root.addSubregion(i * 16, region);
        regions.push(region);
      }
    });
    const space = machine.addressSpace(root, "bus");
    let looked = 0;
    const { flatView } = space;
    const within = flatView.rangesWithin.bind(flatView);
    flatView.rangesWithin = function* (from, to) {
      for (const range of within(from, to)) {
        looked++;
        yield range;
      }
    };
    flatView.ranges = () => {
      throw new Error("all ranges are looked at");
    };
    expect(regions.every((region) => SpaceRegistry.of(machine).isShown(region))).toBe(true);
    expect(looked).toBe(regions.length);
  });

  it("does not depend on it within a transaction either: all ranges are looked at once", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 2n ** 32n });
    const regions = Array.from({ length: 200 }, (_, i) =>
      machine.mmio({ name: `r${i}`, size: 16, read: () => 0 }),
    );
    machine.transaction(() => regions.forEach((it, i) => root.addSubregion(i * 16, it)));
    const { flatView } = machine.addressSpace(root, "bus");
    const all = vi.spyOn(flatView, "ranges");
    const registry = SpaceRegistry.of(machine);
    machine.transaction(() => {
      for (const it of regions) root.removeSubregion(it);
      expect(regions.every((it) => registry.isShown(it))).toBe(true);
      expect(registry.isShown(root)).toBe(false);
    });
    expect(all).toHaveBeenCalledOnce();
    expect(regions.some((it) => registry.isShown(it))).toBe(false);
  });
});
