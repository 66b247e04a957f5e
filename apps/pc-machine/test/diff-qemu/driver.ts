/** Runs seeds on a pair of programs. */
import { explain, type Explanation } from "./explain.js";
import { ProgramPair } from "./pair.js";
import { differ, type Run, stepsOf } from "./seed-run.js";

/** Seeds from `first` to `last` on one pair, reset between them. `null`: no difference. */
export async function runSeeds(
  first: number,
  last: number,
  run: Run,
): Promise<(Explanation & { readonly seed: number }) | null> {
  const pair = await ProgramPair.start(run.args, run.program);
  try {
    for (let seed = first; seed <= last; seed++) {
      const found = await differ(pair, stepsOf(seed, run));
      if (found !== null) {
        pair.close();
        return { seed, ...(await explain({ first, seed, run, found })) };
      }
      await pair.restart();
    }
    return null;
  } finally {
    pair.close();
  }
}
