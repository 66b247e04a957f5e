import { MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { fillRandomly, randomOffsets } from "./random.js";
import { type Lap, lazy } from "./row.js";

/** Bytes that are walked over. */
export const WALK_BYTES = 64 * MiB;
/** Accesses in a lap. */
export const STEPS = 1 << 20;
/** Cuts a random number down to a place in the walk, a multiple of 4. */
export const PLACE = WALK_BYTES - 4;
/** Where the random numbers of a walk begin. */
export const SEED = 0x2545f491;

/**
 * What all walks share (each draws its next place by xorshift, in the loop): 64 MiB of RAM as a machine has it, the random places, and the walks on a
 * `DataView` that others are compared with. They go over the RAM's own bytes, so that how the
 * host happened to lay them out is the same for both.
 */
export class Walk {
  readonly machine = new Machine();
  readonly root = this.machine.container({ name: "system", size: 2n ** 64n });
  readonly ram = this.machine.ram({ name: "ram", size: WALK_BYTES });
  readonly space = this.machine.addressSpace(this.root, "cpu");
  /** Multiples of 4 (addresses as well as offsets: the RAM begins at 0). */
  readonly offsets = randomOffsets(STEPS, WALK_BYTES, 4);
  /** Multiples of 8. */
  readonly wideOffsets = randomOffsets(STEPS, WALK_BYTES, 8);
  readonly rawLoad = lazy(() => this.#rawLoad());
  readonly rawDrawn = lazy(() => this.#rawDrawn());
  readonly rawStore = lazy(() => this.#rawStore());
  readonly #view: DataView;

  constructor() {
    this.root.addSubregion(0, this.ram);
    const bytes = this.ram.ramBytes();
    fillRandomly(bytes);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #rawLoad(): Lap {
    const view = this.#view;
    return {
      operations: STEPS,
      run() {
        let sum = 0;
        let x = SEED;
        for (let i = 0; i < STEPS; i++) {
          x ^= x << 13;
          x ^= x >>> 17;
          x ^= x << 5;
          sum ^= view.getUint32(x & PLACE, true);
        }
        return sum;
      },
    };
  }

  /** The same with places that were drawn beforehand: many loads are in flight at a time. */
  #rawDrawn(): Lap {
    const view = this.#view;
    const { offsets } = this;
    return {
      operations: STEPS,
      run() {
        let sum = 0;
        for (let i = 0; i < STEPS; i++) sum ^= view.getUint32(offsets[i] as number, true);
        return sum;
      },
    };
  }

  #rawStore(): Lap {
    const view = this.#view;
    return {
      operations: STEPS,
      run() {
        let x = SEED;
        for (let i = 0; i < STEPS; i++) {
          x ^= x << 13;
          x ^= x >>> 17;
          x ^= x << 5;
          view.setUint32(x & PLACE, x, true);
        }
        return view.getUint32(0, true);
      },
    };
  }
}
