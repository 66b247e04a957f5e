import { describe, expect, it } from "vitest";
import { SETTINGS } from "./lockstep/campaign.js";
import { askedInstructions, firstSeed } from "./lockstep/knobs.js";
import { BRIEF, Lockstep } from "./lockstep/lockstep.js";
import { MODES } from "./lockstep/machine.js";

/** Instructions of all modes together, of brief programs; the shipped test has others. */
const INSTRUCTIONS = 60_000;
const LONG = 2 ** 30;

const total = askedInstructions() ?? INSTRUCTIONS;
const first = firstSeed(1);

describe("random programs on the interpreter and the translator", () => {
  it.each(MODES)("do the same: %s", { timeout: LONG }, (mode) => {
    const lockstep = new Lockstep();
    for (let seed = first; lockstep.count < total / MODES.length; seed++) {
      expect(lockstep.run({ seed, mode, reach: BRIEF })).toBeNull();
    }
    const { counters } = lockstep.translated.translator ?? { counters: null };
    expect(counters?.entries).toBeGreaterThan(100);
  });

  it.each(SETTINGS)("do the same with %s", { timeout: LONG }, (_, options) => {
    const lockstep = new Lockstep(options);
    for (let seed = first + 1000; lockstep.count < total / 10; seed++) {
      expect(
        lockstep.run({ seed, mode: MODES[seed % MODES.length] ?? "flat", reach: BRIEF }),
      ).toBeNull();
    }
  });
});
