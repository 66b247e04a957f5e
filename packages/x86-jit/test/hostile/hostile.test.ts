import { describe, expect, it } from "vitest";
import { HOSTILE_MODES } from "./hostile-modes.js";
import { HostilePair } from "./hostile-pair.js";

/**
 * Instructions in all; `MEM_HOSTILE=100000000` is the long form, and `MEM_HOSTILE_SEED` says where it begins.
 */
const environment = (globalThis as { process?: { env: Record<string, string | undefined> } })
  .process?.env;
const total = Number(environment?.["MEM_HOSTILE"] ?? 1_000_000);
const first = Number(environment?.["MEM_HOSTILE_SEED"] ?? 1);

describe("a guest of random instructions, which are a system's, too", () => {
  it.each(HOSTILE_MODES)("throws nothing, hangs nothing: %s", { timeout: 2 ** 30 }, (mode) => {
    const pair = new HostilePair();
    for (let seed = first; pair.count < total / HOSTILE_MODES.length; seed++) {
      expect(pair.run(seed, mode)).toBeNull();
    }
  });
});
