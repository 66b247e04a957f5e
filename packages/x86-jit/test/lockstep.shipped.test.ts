import { describe, expect, it } from "vitest";
import { Lockstep } from "./lockstep/lockstep.js";
import { MODES } from "./lockstep/machine.js";

/** Instructions of each mode, and the first seed: others than the quick test has. */
const INSTRUCTIONS = 250_000;
const FIRST = 100_000;

describe("many random programs on the interpreter and the translator", () => {
  it.each(MODES)("do the same: %s", { timeout: 2 ** 30 }, (mode) => {
    const lockstep = new Lockstep();
    for (let seed = FIRST; lockstep.count < INSTRUCTIONS; seed++) {
      expect(lockstep.run({ seed, mode })).toBeNull();
    }
  });
});
