/** Random programs without end: translators of several settings take turns, and so do long programs and others. */
import type { TranslatorOptions } from "../../src/index.js";
import { Lockstep, LONG, USUAL } from "./lockstep.js";
import type { Mode } from "./machine.js";

/** Of so many programs one is long: it takes about as much time as the others together, and executes most of all. */
const LONG_ONE_IN = 4;
/** Of so many one goes to a translator of other settings than the usual ones. */
const OTHER_ONE_IN = 8;
/** Milliseconds between two lines about how far it has come. */
const TOLD_EVERY = 60_000;

/** Settings of translators by what they try. */
export const SETTINGS: readonly (readonly [what: string, options: Partial<TranslatorOptions>])[] = [
  ["one instruction a unit", { instructions: 1 }],
  ["units that wait for others", { batch: 8, patience: 40 }],
  ["few units at a time", { units: 3 }],
  ["no links, and runs that are counted", { links: false, countRuns: true }],
];

/** Programs of one mode. */
export class Campaign {
  readonly #mode: Mode;
  readonly #usual = new Lockstep();
  readonly #others = SETTINGS.map(([, options]) => new Lockstep(options));

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  /** Instructions executed. */
  get count(): number {
    return this.#others.reduce((sum, { count }) => sum + count, this.#usual.count);
  }

  /**
   * Runs programs until so many instructions have been executed; answers the first difference, or null.
   * @param first seed of the first program
   * @param tell told now and then how far it has come
   */
  run(first: number, instructions: number, tell?: (text: string) => void): string | null {
    let told = Date.now();
    for (let seed = first; this.count < instructions; seed++) {
      const difference = this.runOne(seed);
      if (difference !== null) return difference;
      if (tell === undefined || Date.now() - told < TOLD_EVERY) continue;
      told = Date.now();
      tell(`${this.#mode}: ${this.count} instructions, the last seed is ${seed}`);
    }
    return null;
  }

  /** Runs the program of a seed; answers the first difference, or null. */
  runOne(seed: number): string | null {
    const reach = seed % LONG_ONE_IN === 1 ? LONG : USUAL;
    return this.#testerOf(seed).run({ seed, mode: this.#mode, reach });
  }

  #testerOf(seed: number): Lockstep {
    if (seed % OTHER_ONE_IN !== 0) return this.#usual;
    return this.#others[(seed / OTHER_ONE_IN) % this.#others.length] ?? this.#usual;
  }
}
