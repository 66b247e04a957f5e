import { describe, expect, it } from "vitest";
import { HOSTILE_MODES } from "./hostile-modes.js";
import { HostilePair } from "./hostile-pair.js";

const environment = (globalThis as { process?: { env: Record<string, string | undefined> } })
  .process?.env;
/** Seed that the first program is made of: `MEM_HOSTILE_SEED`. */
const FIRST = Number(environment?.["MEM_HOSTILE_SEED"] ?? 1);

/**
 * Declares the tests of guests that are random instructions.
 * @param instructions in all, unless `MEM_HOSTILE` says another number: 10^8 is the long form
 * @param skipped seeds that are left to others
 */
export function declareHostile(instructions: number, skipped = 0): void {
  const total = Number(environment?.["MEM_HOSTILE"] ?? instructions);
  describe("a guest of random instructions, which are a system's, too", () => {
    it.each(HOSTILE_MODES)("throws nothing, hangs nothing: %s", { timeout: 2 ** 30 }, (mode) => {
      const pair = new HostilePair();
      for (let seed = FIRST + skipped; pair.count < total / HOSTILE_MODES.length; seed++) {
        expect(pair.run(seed, mode)).toBeNull();
      }
    });
  });
}
