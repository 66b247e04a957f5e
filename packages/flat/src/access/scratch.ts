import { Data64, type MemorySystem } from "@mem/core";
import { Translation } from "./translation.js";

/**
 * Working storage of one access in flight.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export interface Frame {
  /** Carries the value. */
  readonly data: Data64;
  /** Carries where the access went. */
  readonly hit: Translation;
}

/**
 * Reusable working storage for accesses: one frame for each depth at which device callbacks
 * have re-entered the bus, so that an access never disturbs the one that caused it.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export class ScratchFrames {
  readonly #memory: MemorySystem;
  readonly #frames: Frame[] = [];
  readonly #splits: boolean;

  /** @param splits whether words go to each side of a boundary that they cross. */
  constructor(memory: MemorySystem, splits = false) {
    this.#memory = memory;
    this.#splits = splits;
  }

  /** The frame for the present depth. */
  get current(): Frame {
    const depth = this.#memory.reclaimer.inFlight;
    return this.#frames[depth] ?? this.#grow(depth);
  }

  #grow(depth: number): Frame {
    const hit = new Translation(this.#memory.unassigned, this.#splits);
    const frame = { data: new Data64(), hit };
    this.#frames[depth] = frame;
    return frame;
  }
}
