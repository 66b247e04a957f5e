import { describe, expect, it } from "vitest";
import { Campaign } from "./lockstep/campaign.js";
import { askedInstructions, askedModes, firstSeed } from "./lockstep/knobs.js";

/**
 * Instructions of all modes together. More of them, as 10^9, by `MEM_LOCKSTEP`, of the modes that
 * `MEM_LOCKSTEP_MODES` names, from the seed that `MEM_LOCKSTEP_SEED` says.
 */
const INSTRUCTIONS = 100_000_000;
/** Another seed than the quick test begins with. */
const FIRST = 100_000;

const asked = askedInstructions();
const modes = askedModes();
// What takes an hour says how far it has come.
const tell = asked === null ? undefined : (text: string) => console.log(text);

describe("many random programs on the interpreter and the translator", () => {
  it.each(modes)("do the same: %s", { timeout: 2 ** 30 }, (mode) => {
    const campaign = new Campaign(mode);
    const instructions = (asked ?? INSTRUCTIONS) / modes.length;
    expect(campaign.run(firstSeed(FIRST), instructions, tell)).toBeNull();
    expect(campaign.count).toBeGreaterThanOrEqual(instructions);
  });
});
