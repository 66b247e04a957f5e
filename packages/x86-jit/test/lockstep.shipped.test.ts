import { describe, expect, it } from "vitest";
import { Lockstep } from "./lockstep/lockstep.js";
import { MODES } from "./lockstep/machine.js";

/**
 * Instructions of all modes together, which take some minutes; 10^8 of them
 * are run by `MEM_LOCKSTEP=100000000`.
 */
const environment = (globalThis as { process?: { env: Record<string, string | undefined> } })
  .process?.env;
const INSTRUCTIONS = Number(environment?.["MEM_LOCKSTEP"] ?? 8_000_000);
/** Another seed than the quick test begins with. */
const FIRST = 100_000;

describe("many random programs on the interpreter and the translator", () => {
  it.each(MODES)("do the same: %s", { timeout: 2 ** 30 }, (mode) => {
    const lockstep = new Lockstep();
    for (let seed = FIRST; lockstep.count < INSTRUCTIONS / MODES.length; seed++) {
      expect(lockstep.run({ seed, mode })).toBeNull();
    }
  });
});
