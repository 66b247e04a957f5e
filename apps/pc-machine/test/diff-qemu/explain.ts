/** Finds the shortest way to a difference, and puts it into words. */
import type { Step } from "../support/guest-access.js";
import { ProgramEndedError } from "../support/qemu-process.js";
import { type Difference, formatSteps, ProgramPair } from "./pair.js";
import { differ, type Run, stepsOf } from "./seed-run.js";

/** Tries to leave something out of a run that differs. */
const MOST_TRIES = 200;
/** Numbers of seeds before one that may have left what a reset keeps. */
const PREDECESSORS = [1, 2, 4, 8, 16] as const;

/** A difference of a seed, where `first` was the first seed on the machines. */
export interface Finding {
  readonly first: number;
  readonly seed: number;
  readonly run: Run;
  readonly found: Difference;
}

/** The way to a difference, for people. */
export interface Explanation {
  /** The seed to begin with, so that it is met again. */
  readonly from: number;
  readonly text: string;
}

/** The steps that lead to a difference, what is answered, and nothing that could be left out. */
export async function explain({ first, seed, run, found }: Finding): Promise<Explanation> {
  const alone = stepsOf(seed, run).slice(0, found.after);
  const shortest = await shorten(alone, new ResetTrials(run));
  if (shortest !== null) return { from: seed, text: shortest };
  for (const count of PREDECESSORS) {
    const from = Math.max(first, seed - count);
    const steps = [...historyOf(from, seed, run), ...alone];
    const text = await shorten(steps, new FreshTrials(run));
    if (text !== null) return { from, text: `differs only after what a reset keeps:\n${text}` };
    if (from === first) break;
  }
  const last = formatSteps(alone.slice(-5));
  const text = ["differs only after the seeds before it:", last, ...found.lines].join("\n");
  return { from: first, text };
}

/** The steps of the seeds from `from` up to `seed`, which is not among them, with resets between them. */
export function historyOf(from: number, seed: number, run: Run): Step[] {
  const seeds = Array.from({ length: seed - from }, (_unused, n) => from + n);
  const reset: Step = { what: "between seeds", accesses: [], resetButton: true };
  return seeds.flatMap((one) => [...stepsOf(one, run), reset]);
}

/** A way to try steps on machines that nothing was done to. */
interface Trials {
  differ(steps: readonly Step[]): Promise<Difference | null>;
  close(): void;
}

/** The same two machines, reset before each try. */
class ResetTrials implements Trials {
  readonly #run: Run;
  #pair: ProgramPair | null = null;

  constructor(run: Run) {
    this.#run = run;
  }

  async differ(steps: readonly Step[]): Promise<Difference | null> {
    if (this.#pair === null || !(await this.#pair.restart())) {
      this.close();
      this.#pair = await ProgramPair.start(this.#run.args, this.#run.program);
    }
    return differ(this.#pair, steps);
  }

  close(): void {
    this.#pair?.close();
  }
}

/** Two new machines for each try: what a reset keeps is what is looked for. */
class FreshTrials implements Trials {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async differ(steps: readonly Step[]): Promise<Difference | null> {
    const pair = await ProgramPair.start(this.#run.args, this.#run.program);
    try {
      return await differ(pair, steps);
    } finally {
      pair.close();
    }
  }

  close(): void {
    // Each try has closed its machines.
  }
}

/** Leave out of `all` what it does not need to differ. `null` where it does not. */
async function shorten(all: readonly Step[], trials: Trials): Promise<string | null> {
  try {
    let found = await trials.differ(all);
    if (found === null) return null;
    let steps = all.slice(0, found.after);
    let tries = 0;
    for (let chunk = Math.ceil(steps.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
      for (let from = steps.length - chunk; from >= 0 && tries < MOST_TRIES; from -= chunk) {
        tries++;
        const fewer = [...steps.slice(0, from), ...steps.slice(from + chunk)];
        const still = await trials.differ(fewer).catch(unlessEnded);
        if (still === null || subject(still) !== subject(found)) continue;
        found = still;
        steps = fewer.slice(0, still.after);
        from = Math.min(from, steps.length);
      }
    }
    return [formatSteps(steps), "differs:", ...found.lines].join("\n");
  } finally {
    trials.close();
  }
}

/** What differs, without how: a shorter way to another difference would explain nothing. */
function subject({ lines }: Difference): string | undefined {
  return lines[0]?.split(":")[0];
}

/** A way on which QEMU ends itself is none to a difference. @throws what else went wrong */
function unlessEnded(error: unknown): null {
  if (error instanceof ProgramEndedError) return null;
  throw error;
}
