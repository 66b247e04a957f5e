import {
  type AddressSpace,
  Machine,
  type MemoryListener,
  MemoryRegionSection,
  type MemoryRegion,
} from "@mem/flat";
import { internalsOf } from "@mem/core/plumbing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FlatRange } from "../src/view/flat-range.js";

const COUNT = 3000;

let machine: Machine;
let bus: AddressSpace;
let regions: MemoryRegion[];
/** How often write triggers and coalesced ranges of a region that stays were asked for. */
let asked: { ioeventfds: number; coalesced: number };

beforeEach(() => {
  machine = new Machine();
  const root = machine.container({ name: "root", size: 1n << 40n });
  bus = machine.addressSpace(root, "bus");
  regions = machine.transaction(() =>
    Array.from({ length: COUNT }, (_, i) => {
      const region = machine.reservation({ name: null, size: 0x100 });
      root.addSubregion(i * 0x1000, region);
      return region;
    }),
  );
  asked = { ioeventfds: 0, coalesced: 0 };
  const region = regions[10];
  if (!region) throw new Error("no region");
  for (const key of ["ioeventfds", "coalesced"] as const) {
    Object.defineProperty(internalsOf(region).ownWatchers, key, {
      get: () => {
        asked[key]++;
        return [];
      },
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What two commits cost: comparisons of ranges, and sections made for callbacks. */
function work(listener: MemoryListener): { compared: number; sections: number } {
  using _watch = bus.listen(listener);
  asked = { ioeventfds: 0, coalesced: 0 };
  const equals = vi.spyOn(FlatRange.prototype, "equals");
  const ofRange = vi.spyOn(MemoryRegionSection, "ofRange");
  const region = regions[1500];
  if (!region) throw new Error("no region");
  region.enabled = false;
  region.enabled = true;
  const done = { compared: equals.mock.calls.length, sections: ofRange.mock.calls.length };
  vi.restoreAllMocks();
  return done;
}

describe("a listener pays for what it has callbacks for, and nothing else:", () => {
  it("begin and commit alone compare no views", () => {
    expect(work({ begin() {}, commit() {} })).toEqual({ compared: 0, sections: 0 });
  });

  it("regionAdd and regionDel look at the neighbourhood of what changed", () => {
    const { compared, sections } = work({ regionAdd() {}, regionDel() {} });
    expect(compared).toBeGreaterThan(0);
    expect(compared).toBeLessThan(200);
    expect(sections).toBe(2);
    expect(asked).toEqual({ ioeventfds: 0, coalesced: 0 });
  });

  it("regionAdd alone has no sections made of what goes", () => {
    expect(work({ regionAdd() {} }).sections).toBe(1);
    expect(work({ regionDel() {} }).sections).toBe(1);
    expect(work({ logStart() {} }).sections).toBe(0);
  });

  it("regionNop has every range visited", () => {
    let kept = 0;
    const { compared } = work({ regionNop: () => void kept++ });
    expect(kept).toBe(2 * (COUNT - 1));
    expect(compared).toBeGreaterThanOrEqual(kept);
  });

  it("write triggers are collected for those who hear of them", () => {
    work({ regionAdd() {}, coalescedIoAdd() {} });
    expect(asked.ioeventfds).toBe(0);
    work({ eventfdAdd() {} });
    expect(asked.ioeventfds).toBeGreaterThan(0);
  });

  it("coalesced ranges are looked up for those who hear of them", () => {
    const region = regions[10];
    if (!region) throw new Error("no region");
    const toggle = (listener: MemoryListener): number => {
      using _watch = bus.listen(listener);
      asked = { ioeventfds: 0, coalesced: 0 };
      region.enabled = false;
      region.enabled = true;
      return asked.coalesced;
    };
    expect(toggle({ regionAdd() {}, regionDel() {} })).toBe(0);
    expect(toggle({ coalescedIoAdd() {} })).toBe(1);
    expect(toggle({ coalescedIoDel() {} })).toBe(1);
  });

  it("one that registers without callbacks about ranges has none replayed", () => {
    const ofRange = vi.spyOn(MemoryRegionSection, "ofRange");
    using _watch = bus.listen({ begin() {}, commit() {}, eventfdAdd() {} });
    expect(ofRange).not.toHaveBeenCalled();
  });
});
