import { describe, expect, it } from "vitest";
import { Lockstep } from "./lockstep/lockstep.js";
import { MODES } from "./lockstep/machine.js";

/**
 * Instructions of each mode; `MEM_LOCKSTEP=100000000` runs that many in all, from a seed that
 * `MEM_LOCKSTEP_SEED` says.
 */
const total = Number(process.env["MEM_LOCKSTEP"] ?? 120_000);
const first = Number(process.env["MEM_LOCKSTEP_SEED"] ?? 1);
const LONG = 2 ** 30;
/** Many short programs in the quick test, and long ones in others. */
const slices = total < 1_000_000 ? 6 : 40;

describe("random programs on the interpreter and the translator", () => {
  it.each(MODES)("do the same: %s", { timeout: LONG }, (mode) => {
    const lockstep = new Lockstep({}, slices);
    for (let seed = first; lockstep.count < total / MODES.length; seed++) {
      expect(lockstep.run({ seed, mode })).toBeNull();
    }
    const { counters } = lockstep.translated.translator ?? { counters: null };
    expect(counters?.entries).toBeGreaterThan(100);
  });

  it.each([
    ["one instruction a unit", { instructions: 1 }],
    ["units that wait for others", { batch: 8, patience: 40 }],
    ["few units at a time", { units: 3 }],
    ["no links, and runs that are counted", { links: false, countRuns: true }],
  ])("do the same with %s", { timeout: LONG }, (_, options) => {
    const lockstep = new Lockstep(options, slices);
    for (let seed = first + 1000; lockstep.count < total / 10; seed++) {
      expect(lockstep.run({ seed, mode: MODES[seed % MODES.length] ?? "flat" })).toBeNull();
    }
  });
});
