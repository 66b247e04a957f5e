import { AddressError, LifecycleError, RegionOptionsError } from "@mem/core";
import { BitmapRamDiscardManager, DiscardStatus } from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { listener, makeMachine, sectionOf, text } from "./machine.js";

describe("what is populated", () => {
  it("is nothing at first, and then whole blocks", () => {
    const { ram, manager } = makeMachine();
    const is = (offset: number, size: number) => manager.isPopulated(sectionOf(ram, offset, size));
    expect([manager.blocks, manager.getMinGranularity(ram), is(0, 0x1000)]).toEqual([
      16,
      0x1000n,
      false,
    ]);
    expect(manager.populate(0x2000, 0x3000)).toBe(DiscardStatus.OK);
    expect([is(0x2000, 0x3000), is(0x2fff, 2), is(0x1fff, 2), is(0x4fff, 2)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    manager.discard(0x3000, 0x1000);
    expect([is(0x2000, 0x1000), is(0x3000, 1), is(0x4000, 0x1000)]).toEqual([true, false, true]);
  });

  it("is never a last part that fills no block", () => {
    const { ram, manager } = makeMachine(0x2800);
    expect(manager.blocks).toBe(2);
    manager.populate(0, 0x2000);
    expect(manager.isPopulated(sectionOf(ram, 0x1000, 0x1000))).toBe(true);
    expect(manager.isPopulated(sectionOf(ram, 0x1000, 0x1001))).toBe(false);
    expect(() => manager.populate(0x2000, 0x1000)).toThrow(AddressError);
  });

  it("is replayed in runs, cropped to the section", () => {
    const { ram, manager } = makeMachine();
    manager.populate(0x1000, 0x2000);
    manager.populate(0x5000, 0x1000);
    manager.populate(0xf000, 0x1000);
    const told: string[] = [];
    const places: bigint[] = [];
    const section = sectionOf(ram, 0x1800, 0x4000);
    const status = manager.replayPopulated(section, (part) => {
      told.push(text(part));
      places.push(part.offsetWithinAddressSpace);
    });
    expect([status, told]).toEqual([0, ["1800+1800", "5000+800"]]);
    expect(places).toEqual([0x10_0000n, 0x10_3800n]);
    told.length = 0;
    manager.replayDiscarded(section, (part) => void told.push(text(part)));
    expect(told).toEqual(["3000+2000"]);
  });

  it("is replayed until the callback refuses", () => {
    const { ram, manager } = makeMachine();
    manager.populate(0, 0x1000);
    manager.populate(0x2000, 0x1000);
    let calls = 0;
    const status = manager.replayPopulated(sectionOf(ram, 0, 0x10000), () => (calls++, -2));
    expect([status, calls]).toEqual([-2, 1]);
  });
});

describe("listeners", () => {
  it("are told at registration what is there, and refuse without being dropped", () => {
    const { ram, manager } = makeMachine();
    manager.populate(0, 0x1000);
    manager.populate(0x2000, 0x1000);
    const told: string[] = [];
    const shy = listener("shy", told, { refuse: () => DiscardStatus.INVALID });
    expect(manager.registerListener(shy, sectionOf(ram, 0, 0x10000))).toBe(-22);
    expect(told).toEqual(["shy+0+1000"]);
    manager.discard(0, 0x1000);
    expect(told).toEqual(["shy+0+1000", "shy-0+1000"]);
  });

  it("are told of changes in their section, newest first", () => {
    const { ram, manager } = makeMachine();
    const told: string[] = [];
    manager.registerListener(listener("a", told), sectionOf(ram, 0x800, 0x2000));
    manager.registerListener(listener("b", told), sectionOf(ram, 0x2000, 0x8000));
    manager.registerListener(listener("c", told), sectionOf(ram, 0x8000, 0x1000));
    manager.populate(0x1000, 0x2000);
    manager.populate(0x1000, 0x1000);
    manager.discard(0x2000, 0x2000);
    expect(told).toEqual([
      "b+2000+1000",
      "a+1000+1800",
      "a+1000+1000",
      "b-2000+2000",
      "a-2000+800",
    ]);
  });

  it("that agreed are told of a discard when a later one refuses", () => {
    const { ram, manager } = makeMachine();
    const told: string[] = [];
    const section = sectionOf(ram, 0, 0x10000);
    manager.registerListener(listener("a", told), section);
    manager.registerListener(listener("b", told, { refuse: () => -5 }), section);
    manager.registerListener(listener("c", told), section);
    manager.registerListener(listener("d", told), section);
    expect(manager.populate(0x1000, 0x1000)).toBe(DiscardStatus.BUSY);
    expect(told).toEqual([
      "d+1000+1000",
      "c+1000+1000",
      "b+1000+1000",
      "d-1000+1000",
      "c-1000+1000",
    ]);
    expect(manager.isPopulated(sectionOf(ram, 0x1000, 0x1000))).toBe(false);
  });

  it("are told of the end of what they saw", () => {
    const { ram, manager } = makeMachine();
    const told: string[] = [];
    const a = listener("a", told);
    const b = listener("b", told, { double: true });
    for (const one of [a, b]) manager.registerListener(one, sectionOf(ram, 0x800, 0x4000));
    manager.populate(0x1000, 0x1000);
    manager.populate(0x4000, 0x1000);
    told.length = 0;
    manager.unregisterListener(a);
    manager.unregisterListener(b);
    expect(told).toEqual(["a-1000+1000", "a-4000+800", "b-800+4000"]);
    manager.discard(0, 0x10000);
    told.length = 0;
    manager.registerListener(b, sectionOf(ram, 0, 0x1000));
    manager.unregisterListener(b);
    expect(told).toEqual([]);
  });

  it("keep the region until they leave", () => {
    const { machine } = makeMachine();
    const owner = machine.objects.create("container");
    const ram = machine.ram({ name: "dimm", size: 0x4000, owner });
    const manager = new BitmapRamDiscardManager(ram, 0x1000);
    const one = listener("a", []);
    manager.registerListener(one, sectionOf(ram, 0, 0x4000));
    owner.unref();
    expect(ram.finalized).toBe(false);
    manager.unregisterListener(one);
    expect(ram.finalized).toBe(true);
  });

  it("that throw have refused", () => {
    const { ram, manager, log } = makeMachine();
    const broken = {
      notifyPopulate: () => {
        throw new Error("no idea");
      },
      notifyDiscard: () => {
        throw new Error("no idea either");
      },
    };
    manager.registerListener(broken, sectionOf(ram, 0, 0x10000));
    expect(manager.populate(0, 0x1000)).toBe(DiscardStatus.BUSY);
    expect(() => manager.discard(0, 0x1000)).not.toThrow();
    expect(log.join()).toContain("no idea");
  });
});

describe("misuse", () => {
  it.each([
    ["half a block", 0x800, 0x1000],
    ["a size of half a block", 0, 0x800],
    ["nothing", 0, 0],
    ["what lies behind", 0x10000, 0x1000],
    ["more than there is", 0xf000, 0x2000],
    ["a negative offset", -0x1000, 0x1000],
  ])("a change of %s", (_what, offset, size) => {
    const { ram, manager } = makeMachine();
    const told: string[] = [];
    manager.registerListener(listener("a", told), sectionOf(ram, 0, 0x10000));
    expect(() => manager.populate(offset, size)).toThrow(AddressError);
    expect(() => manager.discard(offset, size)).toThrow(AddressError);
    expect(told).toEqual([]);
  });

  it("granularities, and regions that have no memory to discard", () => {
    const { ram, system } = makeMachine();
    for (const grain of [0, 0x1800]) {
      expect(() => new BitmapRamDiscardManager(ram, grain)).toThrow(RegionOptionsError);
    }
    expect(() => new BitmapRamDiscardManager(system, 0x1000)).toThrow(RegionOptionsError);
  });

  it("listeners twice, not at all, or for another region", () => {
    const { machine, ram, manager } = makeMachine();
    const one = listener("a", []);
    expect(() => manager.unregisterListener(one)).toThrow(LifecycleError);
    manager.registerListener(one, sectionOf(ram, 0, 0x1000));
    expect(() => manager.registerListener(one, sectionOf(ram, 0, 0x1000))).toThrow(LifecycleError);
    const foreign = sectionOf(machine.ram({ name: "other", size: 0x1000 }), 0, 0x1000);
    expect(() => manager.registerListener(listener("b", []), foreign)).toThrow(RegionOptionsError);
    expect(() => manager.isPopulated(foreign)).toThrow("/machine/unattached/other[0]");
    expect(() => manager.replayDiscarded(foreign, () => 0)).toThrow(RegionOptionsError);
  });
});
