import { Data64, type MemorySystem } from "@mem/core";
import { Translation } from "./translation.js";

/**
 * Working storage of one access in flight.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export interface AccessScratch {
  /** Carries the value. */
  readonly data: Data64;
  /** Carries where the access went. */
  readonly translation: Translation;
}

/**
 * Reusable working storage for accesses: one set for each depth at which device callbacks
 * have re-entered the bus, so that an access never disturbs the one that caused it.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export class ScratchStack {
  readonly #system: MemorySystem;
  readonly #slots: AccessScratch[] = [];
  readonly #splits: boolean;

  /** @param splits whether words go to each side of a boundary that they cross. */
  constructor(system: MemorySystem, splits = false) {
    this.#system = system;
    this.#splits = splits;
  }

  /** The storage for the present depth. */
  get current(): AccessScratch {
    const depth = this.#system.reclaimer.inFlight;
    return this.#slots[depth] ?? this.#grow(depth);
  }

  #grow(depth: number): AccessScratch {
    const translation = new Translation(this.#system.unassigned, this.#splits);
    const scratch = { data: new Data64(), translation };
    this.#slots[depth] = scratch;
    return scratch;
  }
}
