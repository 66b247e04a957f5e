/** Runs seeds on a pair of programs. */
import { explain, type Explanation } from "./explain.js";
import { ProgramPair } from "./pair.js";
import { differ, type Run, stepsOf } from "./seed-run.js";

/**
 * Seeds from `first` to `last` on one pair, reset between them: a new one is taken where a reset leaves too little
 * of the machine. `null`: no difference.
 */
export async function runSeeds(
  first: number,
  last: number,
  run: Run,
): Promise<(Explanation & { readonly seed: number }) | null> {
  let pair = await ProgramPair.start(run.args, run.program);
  let start = first;
  try {
    for (let seed = first; seed <= last; seed++) {
      const found = await differ(pair, stepsOf(seed, run));
      if (found !== null) {
        pair.close();
        return { seed, ...(await explain({ first: start, seed, run, found })) };
      }
      await pair.restart();
      if (await pair.hasConfiguration()) continue;
      pair.close();
      pair = await ProgramPair.start(run.args, run.program);
      start = seed + 1;
    }
    return null;
  } finally {
    pair.close();
  }
}
