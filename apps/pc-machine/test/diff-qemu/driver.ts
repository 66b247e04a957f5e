/** Runs seeds on a pair of programs. */
import { ProgramEndedError, QEMU } from "../support/qemu-process.js";
import { explain, type Explanation } from "./explain.js";
import { type Difference, ProgramPair } from "./pair.js";
import { differ, type Run, stepsOf } from "./seed-run.js";

/** What came of the seeds. */
export interface Outcome {
  /** The first difference; `null` where all was the same. */
  readonly found: (Explanation & { readonly seed: number }) | null;
  /** Seeds in which QEMU ended itself, and what it said: nothing was compared from there on. */
  readonly aborted: readonly { readonly seed: number; readonly complaint: string }[];
}

/**
 * Seeds from `first` to `last` on one pair, reset between them: a new one is taken where a reset leaves too little
 * of the machine.
 */
export async function runSeeds(first: number, last: number, run: Run): Promise<Outcome> {
  const aborted: { seed: number; complaint: string }[] = [];
  let pair = await ProgramPair.start(run.args, run.program);
  let start = first;
  try {
    for (let seed = first; seed <= last; seed++) {
      const result = await attempt(pair, seed, run);
      if (typeof result === "string") aborted.push({ seed, complaint: result });
      else if (result !== null) {
        pair.close();
        const text = await explain({ first: start, seed, run, found: result });
        return { found: { seed, ...text }, aborted };
      } else if (await pair.restart()) continue;
      pair.close();
      pair = await ProgramPair.start(run.args, run.program);
      start = seed + 1;
    }
    return { found: null, aborted };
  } finally {
    pair.close();
  }
}

/** What differs in a seed; a text is what QEMU said as it ended itself. */
async function attempt(
  pair: ProgramPair,
  seed: number,
  run: Run,
): Promise<Difference | string | null> {
  try {
    return await differ(pair, stepsOf(seed, run));
  } catch (error) {
    if (error instanceof ProgramEndedError && error.program === QEMU) return error.message;
    throw error;
  }
}
