/** Runs seeds on a pair of programs and finds the shortest way to a difference. */
import type { Step } from "../support/guest-access.js";
import { type Difference, formatSteps, ProgramPair } from "./pair.js";
import { RandomOperations } from "./random-operations.js";
import { traitsOf } from "./traits.js";

/** Steps between two looks at the maps. */
const BATCH = 25;
/** Tries to leave something out of a run that differs. */
const MOST_TRIES = 200;

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

/** Seeds from `first` to `last` on one pair, reset between them. `null`: no difference. */
export async function runSeeds(
  first: number,
  last: number,
  run: Run,
): Promise<{ seed: number; text: string } | null> {
  const pair = await ProgramPair.start(run.args, run.program);
  try {
    for (let seed = first; seed <= last; seed++) {
      const found = await differ(pair, stepsOf(seed, run));
      if (found !== null) {
        pair.close();
        return { seed, text: await explain(seed, run, found) };
      }
      await pair.restart();
    }
    return null;
  } finally {
    pair.close();
  }
}

/** Do `steps`, and look at the maps between batches of them. */
async function differ(pair: ProgramPair, steps: readonly Step[]): Promise<Difference | null> {
  for (let from = 0; from < steps.length; from += BATCH) {
    const batch = steps.slice(from, from + BATCH);
    const found = await pair.run(batch);
    if (found !== null) return { ...found, after: from + found.after };
    const lines = await pair.compareMaps();
    if (lines.length > 0) return { lines, after: from + batch.length };
  }
  return null;
}

/** Leave out of a seed what it does not need to differ, and put it into words. */
async function explain(seed: number, run: Run, first: Difference): Promise<string> {
  const pair = await ProgramPair.start(run.args, run.program);
  try {
    let steps = stepsOf(seed, run).slice(0, first.after);
    let found = await differ(pair, steps);
    if (found === null) {
      const last = formatSteps(steps.slice(-5));
      return ["differs only after the seeds before it:", last, ...first.lines].join("\n");
    }
    steps = steps.slice(0, found.after);
    let tries = 0;
    for (let chunk = Math.ceil(steps.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
      for (let from = steps.length - chunk; from >= 0 && tries < MOST_TRIES; from -= chunk) {
        tries++;
        const fewer = [...steps.slice(0, from), ...steps.slice(from + chunk)];
        await pair.restart();
        const still = await differ(pair, fewer);
        if (still !== null) {
          found = still;
          steps = fewer.slice(0, still.after);
          from = Math.min(from, steps.length);
        }
      }
    }
    return [formatSteps(steps), "differs:", ...found.lines].join("\n");
  } finally {
    pair.close();
  }
}
