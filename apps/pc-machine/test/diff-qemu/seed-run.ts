/** What is done for a seed, and doing it on a pair of programs. */
import type { Step } from "../support/guest-access.js";
import type { Difference, ProgramPair } from "./pair.js";
import { RandomOperations } from "./random-operations.js";
import { traitsOf } from "./traits.js";

/** Steps between two looks at the maps. */
const BATCH = 25;

/** What a run needs to know. */
export interface Run {
  /** QEMU's options. */
  readonly args: readonly string[];
  /** The program that is compared with QEMU. */
  readonly program: string;
  readonly operations: number;
}

/** The steps of a seed. */
export function stepsOf(seed: number, { args, operations }: Run): Step[] {
  const source = new RandomOperations(seed, traitsOf(args));
  return [...source.setUp(), ...Array.from({ length: operations }, () => source.step())];
}

/** Do `steps`, and look at the maps between batches of them. */
export async function differ(
  pair: ProgramPair,
  steps: readonly Step[],
): Promise<Difference | null> {
  for (let from = 0; from < steps.length; from += BATCH) {
    const batch = steps.slice(from, from + BATCH);
    const found = await pair.run(batch);
    if (found !== null) return { ...found, after: from + found.after };
    const lines = await pair.compareMaps();
    if (lines.length > 0) return { lines, after: from + batch.length };
  }
  return null;
}
