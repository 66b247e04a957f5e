import { describe, expect, it } from "vitest";
import { JumpCache } from "../src/engine/shared/jump-cache.js";
import type { JumpTarget } from "../src/engine/shared/jump-target.js";
import { TRANSLATOR_BYTES } from "../src/layout.js";

const narrow = { context: 1, isLong: false };
const long = { context: 2, isLong: true };
const MEMORY = 7;
const OTHER_MEMORY = 8;
const LOCAL = { memory: MEMORY, isGlobal: false, pages: 1 } as const;
const GLOBAL = { memory: MEMORY, isGlobal: true, pages: 1 } as const;

function cacheOf(units: readonly JumpTarget[], place: typeof LOCAL | typeof GLOBAL = LOCAL) {
  const cache = new JumpCache(new Int32Array(TRANSLATOR_BYTES / 4));
  for (const unit of units) cache.enter(unit, place);
  return { cache, slots: () => units.map(({ mode, linear }) => cache.slotOf(mode, linear)) };
}

/** Two units of one page, and one of the next. */
const UNITS = [
  { mode: narrow, linear: 0x5010, slot: 1 },
  { mode: narrow, linear: 0x5020, slot: 2 },
  { mode: narrow, linear: 0x6010, slot: 3 },
];

describe("the jump cache", () => {
  it("shows all units of a page again once one of them is found in the same memory", () => {
    const { cache, slots } = cacheOf(UNITS);
    expect(slots()).toEqual([1, 2, 3]);
    cache.flushLocal();
    expect(slots()).toEqual([-1, -1, -1]);
    cache.enter(UNITS[1], LOCAL);
    expect(slots()).toEqual([1, 2, -1]);
    cache.flush();
    expect(slots()).toEqual([-1, -1, -1]);
    cache.enter(UNITS[2], LOCAL);
    expect(slots()).toEqual([-1, -1, 3]);
  });

  it("forgets what a page had as soon as it shows other memory", () => {
    const { cache, slots } = cacheOf(UNITS);
    cache.enter(UNITS[0], { ...LOCAL, memory: OTHER_MEMORY });
    expect(slots()).toEqual([1, -1, 3]);
    cache.flushLocal();
    cache.enter(UNITS[0], LOCAL);
    expect(slots()).toEqual([1, -1, -1]);
  });

  it("does not show a unit again that was dropped", () => {
    const { cache, slots } = cacheOf(UNITS);
    cache.drop(UNITS[0]);
    expect(slots()).toEqual([-1, 2, 3]);
    cache.flushLocal();
    cache.drop(UNITS[1]);
    cache.enter({ mode: narrow, linear: 0x5030, slot: 1 }, LOCAL);
    expect(slots()).toEqual([-1, -1, -1]);
  });

  it("forgets one page, in every context", () => {
    const high = { mode: long, linear: -0x7fff_ffff_afe0, slot: 4 };
    const { cache, slots } = cacheOf([...UNITS, { mode: long, linear: 0x5010, slot: 5 }, high]);
    cache.flushPage(0x5fff);
    expect(slots()).toEqual([-1, -1, 3, -1, 4]);
    cache.flushPage(high.linear);
    expect(slots()).toEqual([-1, -1, 3, -1, -1]);
    cache.enter(UNITS[0], LOCAL);
    expect(slots()).toEqual([1, 2, 3, -1, -1]);
    cache.flushLocal();
    expect(slots()).toEqual([-1, -1, -1, -1, -1]);
  });

  it("leaves pages of all address spaces where they are when CR3 is loaded", () => {
    const { cache, slots } = cacheOf(UNITS, GLOBAL);
    cache.flushLocal();
    expect(slots()).toEqual([1, 2, 3]);
    cache.flushPage(0x5000);
    expect(slots()).toEqual([-1, -1, 3]);
    cache.flush();
    expect(slots()).toEqual([-1, -1, -1]);
  });

  it("forgets units of two pages with either", () => {
    const unit = { mode: narrow, linear: 0x5ff8, slot: 6 };
    const { cache } = cacheOf([]);
    for (const linear of [0x5000, 0x6000]) {
      cache.enter(unit, { ...LOCAL, pages: 2 });
      expect(cache.slotOf(narrow, unit.linear)).toBe(6);
      cache.flushPage(linear);
      expect(cache.slotOf(narrow, unit.linear)).toBe(-1);
    }
  });

  it("keeps pages that are shown, however many there are", () => {
    const units = Array.from({ length: 6000 }, (_none, page) => ({
      mode: narrow,
      linear: page * 4096,
      slot: page,
    }));
    const { cache, slots } = cacheOf(units);
    const before = slots();
    expect(before.filter((slot) => slot >= 0).length).toBeGreaterThan(5000);
    cache.flushLocal();
    expect(new Set(slots())).toEqual(new Set([-1]));
  });
});
