/** Guests that wait in a loop: a jump to itself, or a look at a device again and again. */
import type { PcCpu } from "../../board/index.js";

/** The place where the processor is, and what it has in its registers. */
export interface LoopSample {
  /** Linear address of the instruction. */
  readonly place: number;
  /** The general registers, in one text. */
  readonly registers: string;
}

const GENERAL = ["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp"] as const;
/** A loop is no longer than this, in bytes. */
const LOOP_BYTES = 32;
/** Samples after which a loop counts as endless. */
const ENOUGH = 300;
/** Of so many samples one may lie elsewhere, in an interrupt handler for instance. */
const TOLERANCE = 4;

/** A sample of `cpu`, `null` when it does not show its registers. */
export function loopSample(cpu: PcCpu): LoopSample | null {
  if (cpu.halted) {
    return null;
  }
  const state: Readonly<Record<string, unknown>> = { ...cpu.state() };
  const { cs, eip } = state;
  if (typeof eip !== "number" || typeof cs !== "object" || cs === null || !("base" in cs)) {
    return null;
  }
  const place = Number(cs.base) + eip;
  return { place, registers: GENERAL.map((name) => String(state[name])).join() };
}

/**
 * Tells from samples whether the guest goes round and round without anything changing: no register,
 * and nothing anybody could notice.
 */
export class WaitLoop {
  #first: LoopSample | null = null;
  #activity = 0;
  #hits = 0;
  #misses = 0;

  /** One more sample, with the count of the guest's signs of life. Whether it loops for good. */
  add(sample: LoopSample, activity: number): boolean {
    const first = this.#first;
    if (first === null || activity !== this.#activity) {
      this.#start(sample, activity);
      return false;
    }
    if (sample.registers === first.registers && Math.abs(sample.place - first.place) < LOOP_BYTES) {
      this.#hits++;
    } else {
      this.#misses++;
    }
    if (this.#misses * TOLERANCE > this.#hits + TOLERANCE) {
      this.#start(sample, activity);
    }
    return this.#hits >= ENOUGH;
  }

  /** Start over. */
  forget(): void {
    this.#first = null;
  }

  #start(sample: LoopSample, activity: number): void {
    this.#first = sample;
    this.#activity = activity;
    this.#hits = 0;
    this.#misses = 0;
  }
}
