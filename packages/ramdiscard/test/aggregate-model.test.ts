import type { MemoryRegion } from "@mem/core";
import { DiscardStatus, RamDiscardManager } from "@mem/ramdiscard";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMachine, sectionOf } from "./machine.js";
import {
  and,
  any,
  minus,
  NaiveListener,
  NaiveSource,
  UNIT,
  UNITS,
  unitsOf,
} from "./naive-discard.js";
import { same } from "./same.js";

const EVERYTHING: readonly boolean[] = Array.from({ length: UNITS }, () => true);
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 400);
const SEED = process.env["MEM_PROPERTY_SEED"];

/** The manager, and what it should do. */
class World {
  readonly region: MemoryRegion;
  readonly manager: RamDiscardManager;
  sources: NaiveSource[] = [];
  listeners: NaiveListener[] = [];

  constructor() {
    const { ram } = makeMachine(UNITS * UNIT);
    this.region = ram;
    this.manager = new RamDiscardManager(ram);
  }

  aggregate(sources: readonly NaiveSource[] = this.sources): boolean[] {
    return and(EVERYTHING, ...sources.map(({ units }) => units));
  }

  /** What a change to the aggregate that populates these units should answer. */
  expected(gained: readonly boolean[]): number {
    const refused = this.listeners.some((listener) => listener.refuses(gained));
    return refused ? DiscardStatus.BUSY : DiscardStatus.OK;
  }

  check(): void {
    const aggregate = this.aggregate();
    for (const listener of this.listeners) {
      same(listener.complaints, []);
      same(listener.view, and(aggregate, listener.units));
    }
    same(this.manager.listenerCount, this.listeners.length);
    const sources = this.manager.sources.map((source, i) => source === this.sources[i]?.source);
    same(
      sources,
      this.sources.map(() => true),
    );
    const all = sectionOf(this.region, 0, UNITS * UNIT);
    const populated = EVERYTHING.map(() => false);
    this.manager.replayPopulated(all, (part) => {
      for (const [i, is] of unitsOf(part).entries()) if (is) populated[i] = true;
    });
    same(populated, aggregate);
    const discarded = EVERYTHING.map(() => false);
    this.manager.replayDiscarded(all, (part) => {
      for (const [i, is] of unitsOf(part).entries()) if (is) discarded[i] = true;
    });
    same(discarded, minus(EVERYTHING, aggregate));
  }
}

type Step = (world: World) => void;

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % (list.length || 1)];
const blocks = fc.tuple(fc.nat(23), fc.integer({ min: 1, max: 8 }));
const units = fc.array(fc.boolean(), { minLength: UNITS, maxLength: UNITS });
const fewUnits = fc.array(fc.nat(UNITS - 1), { maxLength: 2 }).map((some) => {
  const flags = EVERYTHING.map(() => false);
  for (const i of some) flags[i] = true;
  return flags;
});

const change = fc
  .tuple(fc.nat(9), blocks, fc.boolean())
  .map(([n, [start, length], on]): Step => (world) => {
    const one = pick(world.sources, n);
    if (!one) return;
    const { source } = one;
    const from = start % source.blocks;
    const to = Math.min(from + length, source.blocks);
    const grain = Number(source.granularity);
    const range = one.unitsOfBlocks(from, to);
    if (!on) {
      source.discard(from * grain, (to - from) * grain);
      one.set(range, false);
      return;
    }
    const others = world.aggregate(world.sources.filter((other) => other !== one));
    const expected = world.expected(and(others, minus(range, one.units)));
    same(source.populate(from * grain, (to - from) * grain), expected);
    if (expected === DiscardStatus.OK) one.set(range, true);
  });

const addSource = fc
  .tuple(fc.constantFrom(1, 2, 4, 8), fc.array(blocks, { maxLength: 4 }))
  .map(([pages, populated]): Step => (world) => {
    const one = new NaiveSource(world.region, pages);
    const grain = pages * 0x1000;
    for (const [start, length] of populated) {
      const from = start % one.source.blocks;
      const to = Math.min(from + length, one.source.blocks);
      one.source.populate(from * grain, (to - from) * grain);
      one.set(one.unitsOfBlocks(from, to), true);
    }
    same(world.manager.addSource(one.source), DiscardStatus.OK);
    world.sources.push(one);
  });

const removeSource = fc.nat(9).map((n): Step => (world) => {
  const one = pick(world.sources, n);
  if (!one) return;
  const rest = world.sources.filter((other) => other !== one);
  const expected = world.expected(minus(world.aggregate(rest), world.aggregate()));
  same(world.manager.removeSource(one.source), expected);
  if (expected === DiscardStatus.OK) world.sources = rest;
});

const load = fc.tuple(fc.nat(9), fc.nat(9)).map(([n, m]): Step => (world) => {
  const one = pick(world.sources, n);
  const other = pick(world.sources, m);
  if (!one || !other || one.source.blocks !== other.source.blocks) return;
  const others = world.aggregate(world.sources.filter((known) => known !== one));
  const expected = world.expected(and(others, minus(other.units, one.units)));
  same(one.source.load(other.source.save()), expected);
  if (expected !== DiscardStatus.OK) return;
  const wanted = [...other.units];
  one.set(minus(one.units, wanted), false);
  one.set(wanted, true);
});

const join = fc
  .tuple(fc.nat(UNITS - 1), fc.integer({ min: 1, max: UNITS }), fc.boolean(), fewUnits)
  .map(([from, length, double, forbidden]): Step => (world) => {
    const one = new NaiveListener(world.region, from, Math.min(length, UNITS - from), double);
    one.forbidden = forbidden;
    const refused = one.refuses(world.aggregate());
    same(world.manager.registerListener(one, one.section), refused ? -1 : 0);
    if (!refused) return void world.listeners.unshift(one);
    same([any(one.view), one.complaints], [false, []]);
  });

const leave = fc.nat(9).map((n): Step => (world) => {
  const one = pick(world.listeners, n);
  if (!one) return;
  world.manager.unregisterListener(one);
  world.listeners = world.listeners.filter((other) => other !== one);
  same([any(one.view), one.complaints], [false, []]);
});

const forbid = fc
  .tuple(fc.nat(9), fc.oneof(fewUnits, units))
  .map(([n, forbidden]): Step => (world) => {
    const one = pick(world.listeners, n);
    if (one) one.forbidden = forbidden;
  });

const steps = fc.array(
  fc.oneof(
    { arbitrary: change, weight: 8 },
    { arbitrary: addSource, weight: 2 },
    { arbitrary: removeSource, weight: 1 },
    { arbitrary: load, weight: 1 },
    { arbitrary: join, weight: 2 },
    { arbitrary: leave, weight: 1 },
    { arbitrary: forbid, weight: 1 },
  ),
  { minLength: 1, maxLength: 40, size: "max" },
);

describe("sources and listeners of one region", () => {
  it("agree with a naive model at all times", () => {
    let refusals = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const world = new World();
        for (const step of all) {
          step(world);
          world.check();
        }
        refusals += world.listeners.filter(({ forbidden }) => any(forbidden)).length;
      }),
      { numRuns: CASES, ...(SEED ? { seed: Number(SEED) } : {}) },
    );
    expect(refusals).toBeGreaterThan(0);
  });
});
