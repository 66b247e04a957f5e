import type { Effort, Lap, Result, Row } from "./row.js";
import { median, spread } from "./statistics.js";

/** What a row compares. */
export interface Comparison {
  readonly name: string;
  readonly subject: () => Lap;
  readonly reference: () => Lap;
  /** The row that the reference is the subject of. */
  readonly against: string;
  readonly slow?: boolean;
}

/** A row that has nothing to be compared with. */
export type Alone = Omit<Comparison, "reference" | "against">;

/**
 * A row that compares: each round times the subject and the reference back to back, in turns
 * which comes first, and the ratio is the median of the rounds' ratios. What the machine does
 * meanwhile affects both sides of a ratio alike.
 */
export function compared({ name, against, slow = false, ...laps }: Comparison): Row {
  return {
    name,
    slow,
    measure(effort) {
      const subject = laps.subject();
      const reference = laps.reference();
      warm(reference, effort);
      warm(subject, effort);
      const times: number[] = [];
      const ratios: number[] = [];
      repeat(effort.measuring, effort.rounds, (round) => {
        const subjectFirst = round % 2 === 1;
        const first = time(subjectFirst ? subject : reference);
        const second = time(subjectFirst ? reference : subject);
        const [own, other] = subjectFirst ? [first, second] : [second, first];
        times.push(own);
        ratios.push(own / other);
      });
      return { ...summarized(times), ratio: median(ratios), against };
    },
  };
}

/** A row that is only reported. */
export function alone({ name, subject, slow = false }: Alone): Row {
  return {
    name,
    slow,
    measure(effort) {
      const lap = subject();
      const times: number[] = [];
      warm(lap, effort);
      repeat(effort.measuring, effort.rounds, () => times.push(time(lap)));
      return { ...summarized(times), ratio: null, against: null };
    },
  };
}

function summarized(times: readonly number[]): Pick<Result, "ns" | "spread"> {
  return { ns: median(times), spread: spread(times) };
}

/** Laps that do not count, until the compiler is done with them; what was warm needs but one. */
function warm(lap: Lap, { warming, warmLaps }: Effort): void {
  if (lap.isWarm) time(lap);
  else repeat(warming, warmLaps, () => time(lap));
  lap.isWarm = true;
}

/** At least `times` times, and for at least so many milliseconds. */
function repeat(milliseconds: number, times: number, action: (index: number) => void): void {
  const end = performance.now() + milliseconds;
  for (let i = 0; i < times || performance.now() < end; i++) action(i);
}

/** Nanoseconds for one operation. */
function time(lap: Lap): number {
  lap.before?.();
  const start = performance.now();
  const answer = lap.run();
  const end = performance.now();
  lap.after?.();
  if (Number.isNaN(answer)) throw new Error("a lap answered no number");
  return ((end - start) * 1e6) / lap.operations;
}
