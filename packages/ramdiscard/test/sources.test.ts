import {
  AddressError,
  IommuAccess,
  LifecycleError,
  type MemoryRegion,
  RegionOptionsError,
} from "@mem/core";
import {
  addRamDiscardSource,
  BitmapRamDiscardManager,
  BitmapRamDiscardSource,
  DiscardStatus,
  getRamDiscardManager,
  hasRamDiscardManager,
  RamDiscardManager,
  type RamDiscardSource,
  removeRamDiscardSource,
  translateIotlb,
} from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { listener, makeMachine, sectionOf, text } from "./machine.js";

/** A region of 16 pages with a manager and two sources, of pages and of four pages. */
function makeSources() {
  const { machine, ram, log } = makeMachine();
  const manager = new RamDiscardManager(ram);
  const small = new BitmapRamDiscardSource(ram, 0x1000);
  const large = new BitmapRamDiscardSource(ram, 0x4000);
  const told: string[] = [];
  const populated = (region: MemoryRegion = ram) => {
    const parts: string[] = [];
    manager.replayPopulated(sectionOf(region, 0, 0x10000), (part) => void parts.push(text(part)));
    return parts;
  };
  const all = sectionOf(ram, 0, 0x10000);
  return { machine, ram, log, manager, small, large, told, populated, all };
}

describe("a manager without sources", () => {
  it("has everything populated, in pages", () => {
    const { manager, ram, populated, all, told } = makeSources();
    expect(manager.isPopulated(sectionOf(ram, 1, 0xffff))).toBe(true);
    expect([populated(), manager.getMinGranularity(ram)]).toEqual([["0+10000"], 0x1000n]);
    manager.replayDiscarded(all, () => expect.unreachable());
    manager.registerListener(listener("a", told), all);
    expect(told).toEqual(["a+0+10000"]);
  });
});

describe("several sources", () => {
  it("populate what all of them populate", () => {
    const { manager, small, large, ram, populated, all } = makeSources();
    expect([manager.addSource(large), manager.addSource(small)]).toEqual([0, 0]);
    expect(manager.getMinGranularity(ram)).toBe(0x1000n);
    large.populate(0x4000, 0x8000);
    expect(populated()).toEqual([]);
    small.populate(0x3000, 0x3000);
    small.populate(0xb000, 0x2000);
    expect(populated()).toEqual(["4000+2000", "b000+1000"]);
    expect(manager.isPopulated(sectionOf(ram, 0x4000, 0x2000))).toBe(true);
    expect(manager.isPopulated(sectionOf(ram, 0x3fff, 0x2))).toBe(false);
    const holes: string[] = [];
    manager.replayDiscarded(all, (part) => void holes.push(text(part)));
    expect(holes).toEqual(["0+4000", "6000+5000", "c000+4000"]);
  });

  it("tell listeners only what changes for both together", () => {
    const { manager, small, large, ram, told } = makeSources();
    manager.addSource(small);
    manager.addSource(large);
    manager.registerListener(listener("a", told), sectionOf(ram, 0x800, 0xf000));
    large.populate(0, 0x8000);
    expect(told).toEqual([]);
    small.populate(0, 0x2000);
    small.populate(0x1000, 0x2000);
    small.populate(0x7000, 0x2000);
    expect(told.splice(0)).toEqual(["a+800+1800", "a+2000+1000", "a+7000+1000"]);
    small.discard(0x8000, 0x1000);
    expect(told).toEqual([]);
    large.discard(0x0, 0x4000);
    small.discard(0, 0x1000);
    expect(told).toEqual(["a-800+2800"]);
    large.discard(0, 0x10000);
    expect(told.splice(1)).toEqual(["a-7000+1000"]);
  });

  it("that come and go make a difference to listeners", () => {
    const { manager, small, large, told, all } = makeSources();
    manager.registerListener(listener("a", told), all);
    expect(told.splice(0)).toEqual(["a+0+10000"]);
    small.populate(0x1000, 0x2000);
    small.populate(0x5000, 0x1000);
    manager.addSource(small);
    expect(told.splice(0)).toEqual(["a-0+1000", "a-3000+2000", "a-6000+a000"]);
    large.populate(0x4000, 0x4000);
    manager.addSource(large);
    expect(told.splice(0)).toEqual(["a-1000+2000"]);
    manager.removeSource(small);
    expect(told.splice(0)).toEqual(["a+4000+1000", "a+6000+2000"]);
    expect(small.manager).toBeNull();
    manager.removeSource(large);
    expect(told.splice(0)).toEqual(["a+0+4000", "a+8000+8000"]);
  });

  it("leave nothing behind when a listener refuses one of several parts", () => {
    const { manager, small, large, told, all, populated } = makeSources();
    manager.addSource(small);
    manager.addSource(large);
    large.populate(0, 0x4000);
    large.populate(0x8000, 0x4000);
    const refuse = (section: { offsetWithinRegion: bigint }) =>
      section.offsetWithinRegion >= 0x8000n ? -5 : 0;
    manager.registerListener(listener("a", told, { refuse }), all);
    manager.registerListener(listener("b", told), all);
    expect(small.populate(0x3000, 0x6000)).toBe(DiscardStatus.BUSY);
    expect(told.splice(0)).toEqual([
      "b+3000+1000",
      "b+8000+1000",
      "a+3000+1000",
      "a+8000+1000",
      "b-3000+1000",
      "b-8000+1000",
      "a-3000+1000",
    ]);
    expect([populated(), small.populatedBlocks]).toEqual([[], 0]);
    expect(manager.removeSource(small)).toBe(DiscardStatus.BUSY);
    expect([manager.sources, small.manager]).toEqual([[small, large], manager]);
    expect(told).toEqual([
      "b+0+4000",
      "b+8000+4000",
      "a+0+4000",
      "a+8000+4000",
      "b-0+4000",
      "b-8000+4000",
      "a-0+4000",
    ]);
  });

  it("discard again as a whole for those who accept that, if anything is populated", () => {
    const { manager, small, large, told, ram } = makeSources();
    manager.addSource(small);
    manager.addSource(large);
    const double = listener("d", told, { double: true });
    manager.registerListener(double, sectionOf(ram, 0, 0x8000));
    small.populate(0xf000, 0x1000);
    manager.unregisterListener(double);
    expect(told).toEqual([]);
    manager.registerListener(double, sectionOf(ram, 0, 0x8000));
    large.populate(0xc000, 0x4000);
    manager.unregisterListener(double);
    expect(told).toEqual(["d-0+8000"]);
  });

  it("stand behind the manager with the recorded behaviour, too", () => {
    const { ram, large, told, all } = makeSources();
    const manager = new BitmapRamDiscardManager(ram, 0x1000);
    manager.populate(0, 0x8000);
    manager.addSource(large);
    manager.registerListener(listener("a", told), all);
    large.populate(0x4000, 0x8000);
    manager.populate(0, 0x10000);
    expect(told).toEqual(["a+4000+4000", "a+4000+8000"]);
  });

  it("that throw have everything discarded, and are logged", () => {
    const { manager, small, ram, log, populated, told, all } = makeSources();
    let broken = false;
    const fails = () => {
      if (broken) throw new Error("out of order");
      return true;
    };
    const source: RamDiscardSource = {
      getMinGranularity: () => 0x1000n,
      isPopulated: fails,
      replayPopulated: (section, replay) => (fails(), replay(section) ?? 0),
      replayDiscarded: () => (fails(), 0),
    };
    manager.addSource(small);
    manager.addSource(source);
    small.populate(0, 0x2000);
    expect([populated(), manager.isPopulated(sectionOf(ram, 0, 0x2000))]).toEqual([
      ["0+2000"],
      true,
    ]);
    broken = true;
    expect([populated(), manager.isPopulated(sectionOf(ram, 0, 0x2000))]).toEqual([[], false]);
    const holes: string[] = [];
    manager.replayDiscarded(all, (part) => void holes.push(text(part)));
    expect(holes).toEqual(["0+10000"]);
    manager.registerListener(listener("a", told), all);
    expect(small.populate(0x3000, 0x1000)).toBe(DiscardStatus.OK);
    expect([told, log.join()]).toEqual([[], expect.stringContaining("out of order")]);
  });

  it("may answer with more than was asked for", () => {
    const { manager, ram } = makeSources();
    manager.addSource({
      getMinGranularity: () => 0x1000n,
      isPopulated: () => true,
      replayPopulated: (_section, replay) => {
        replay(sectionOf(ram, 0x4000, 0x8000));
        return replay(sectionOf(ram, 0, 0x5000)) ?? 0;
      },
      replayDiscarded: () => 0,
    });
    const parts: string[] = [];
    const section = sectionOf(ram, 0x1000, 0x6000);
    manager.replayPopulated(section, (part) => void parts.push(text(part)));
    expect(parts).toEqual(["1000+6000"]);
  });
});

describe("listeners of a manager", () => {
  it("that refuse what is there are told that it is gone, and do not stay", () => {
    const { manager, small, told, all } = makeSources();
    manager.addSource(small);
    small.populate(0, 0x1000);
    small.populate(0x4000, 0x1000);
    small.populate(0x8000, 0x1000);
    const one = listener("a", told, { refuse: (part) => (part.offsetWithinRegion ? -7 : 0) });
    expect(manager.registerListener(one, all)).toBe(-7);
    expect(told.splice(0)).toEqual(["a+0+1000", "a+4000+1000", "a-0+1000"]);
    expect(manager.listenerCount).toBe(0);
    small.discard(0, 0x10000);
    expect(told).toEqual([]);
    expect(manager.registerListener(one, all)).toBe(0);
  });

  it("keep nothing alive once they were refused", () => {
    const { machine } = makeMachine();
    const owner = machine.objects.create("container");
    const ram = machine.ram({ name: "dimm", size: 0x4000, owner });
    const manager = new RamDiscardManager(ram);
    expect(
      manager.registerListener(listener("a", [], { refuse: () => -1 }), sectionOf(ram, 0, 1)),
    ).toBe(-1);
    owner.unref();
    expect(ram.finalized).toBe(true);
  });

  it("cannot change the manager from within", () => {
    const { manager, small, large, told, all, log } = makeSources();
    manager.addSource(small);
    const answers: unknown[] = [];
    const attempt = (action: () => unknown) => {
      try {
        answers.push(action());
      } catch (error) {
        answers.push(error instanceof LifecycleError ? error.rule : error);
      }
    };
    const other = listener("b", told);
    const nosy = {
      notifyPopulate: () => {
        attempt(() => small.populate(0x8000, 0x1000));
        attempt(() => small.discard(0, 0x1000));
        attempt(() => small.load(new Uint8Array(2)));
        attempt(() => manager.addSource(large));
        attempt(() => manager.removeSource(small));
        attempt(() => manager.registerListener(other, all));
        attempt(() => manager.unregisterListener(nosy));
        attempt(() => manager.isPopulated(all));
      },
      notifyDiscard: () => manager.unregisterListener(nosy),
    };
    manager.registerListener(nosy, all);
    expect(small.populate(0, 0x1000)).toBe(DiscardStatus.OK);
    const refused = "discard-notifying";
    expect(answers).toEqual([-16, refused, refused, -16, -16, refused, refused, false]);
    expect([manager.sources, manager.listenerCount, small.populatedBlocks]).toEqual([
      [small],
      1,
      1,
    ]);
    small.discard(0, 0x1000);
    expect(log.join()).toContain("cannot remove a listener");
  });
});

describe("the sources of a region", () => {
  it("bring its manager and take it along", () => {
    const { ram, small, large, told, all } = makeSources();
    expect(addRamDiscardSource(ram, small)).toBe(DiscardStatus.OK);
    expect(addRamDiscardSource(ram, small)).toBe(DiscardStatus.BUSY);
    expect(addRamDiscardSource(ram, large)).toBe(DiscardStatus.OK);
    const manager = getRamDiscardManager(ram);
    expect(manager?.sources).toEqual([small, large]);
    removeRamDiscardSource(ram, small);
    const one = listener("a", told);
    manager?.registerListener(one, all);
    removeRamDiscardSource(ram, large);
    expect([hasRamDiscardManager(ram), told]).toEqual([true, ["a+0+10000"]]);
    manager?.unregisterListener(one);
    addRamDiscardSource(ram, small);
    removeRamDiscardSource(ram, small);
    expect(hasRamDiscardManager(ram)).toBe(false);
  });

  it("decide together what a translation may lead to", () => {
    const { memory, ram } = makeMachine();
    const [a, b] = [0x1000, 0x2000].map((grain) => new BitmapRamDiscardSource(ram, grain));
    for (const source of [a, b]) if (source) addRamDiscardSource(ram, source);
    const entry = {
      targetAs: null,
      iova: 0n,
      translatedAddr: 0x12000n,
      addrMask: 0xfffn,
      perm: IommuAccess.RW,
    };
    const results = [a, b].map((source) => {
      source?.populate(0x2000, 0x2000);
      return translateIotlb(memory, entry).ok;
    });
    expect(results).toEqual([false, true]);
  });
});

describe("misuse of managers and sources", () => {
  it("is refused before anything changes", () => {
    const { machine, ram, manager, small, large } = makeSources();
    const rom = machine.container({ name: "c", size: 0x1000 });
    expect(() => new RamDiscardManager(rom)).toThrow(RegionOptionsError);
    expect(() => manager.removeSource(small)).toThrow(LifecycleError);
    expect(() => manager.announcePopulate(small, 0, 0x1000)).toThrow(LifecycleError);
    expect(() => manager.announceDiscard(small, 0, 0x1000)).toThrow(LifecycleError);
    expect(() => removeRamDiscardSource(ram, small)).toThrow(LifecycleError);
    manager.addSource(small);
    expect(manager.addSource(small)).toBe(DiscardStatus.BUSY);
    expect(() => new RamDiscardManager(ram).addSource(small)).toThrow(LifecycleError);
    const other = machine.ram({ name: "other", size: 0x1000 });
    expect(() => new RamDiscardManager(other).addSource(large)).toThrow(RegionOptionsError);
    const odd = { ...grainless(), getMinGranularity: () => 0x3000n };
    expect(() => manager.addSource(odd)).toThrow(RegionOptionsError);
    expect(() => manager.announcePopulate(small, 0xf000, 0x2000)).toThrow(AddressError);
    expect(() => manager.announceDiscard(small, -1, 0x2000)).toThrow(AddressError);
    expect(() => small.load(new Uint8Array(3))).toThrow(RegionOptionsError);
    expect([manager.sources, small.manager, large.manager]).toEqual([[small], manager, null]);
  });
});

function grainless(): RamDiscardSource {
  return {
    getMinGranularity: () => 0n,
    isPopulated: () => true,
    replayPopulated: () => 0,
    replayDiscarded: () => 0,
  };
}
