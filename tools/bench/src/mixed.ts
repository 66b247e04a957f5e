import { MemoryRegionCache } from "@mem/ldst";
import { compared } from "./measure.js";
import type { Lap, Row } from "./row.js";
import { PLACE, SEED, STEPS, type Walk, WALK_BYTES } from "./walk.js";
import { warmUp } from "./warm-up.js";

/**
 * The walks again in a program that has made accesses of every kind: to RAM, ROM and devices, of
 * all sizes, logged and not. The compiler then knows more ways that an access may go.
 */
export function mixedRows(walk: () => Walk): Row[] {
  const toRawLoad = { against: "raw.load", reference: () => walk().rawLoad() };
  const toRawStore = { against: "raw.store", reference: () => walk().rawStore() };
  return [
    compared({ name: "mixed.load", ...toRawLoad, subject: () => loads(walk()) }),
    compared({ name: "mixed.store", ...toRawStore, subject: () => stores(walk()) }),
    compared({ name: "mixed.cached", ...toRawLoad, subject: () => cachedLoads(walk()) }),
  ];
}

function loads({ space }: Walk): Lap {
  warmUp();
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      let x = SEED;
      for (let i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        sum ^= space.load(x & PLACE, 4);
      }
      return sum;
    },
  };
}

function stores({ space }: Walk): Lap {
  warmUp();
  return {
    operations: STEPS,
    run() {
      let x = SEED;
      for (let i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        space.store(x & PLACE, 4, x);
      }
      return space.load(0, 4);
    },
  };
}

function cachedLoads({ space }: Walk): Lap {
  warmUp();
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, false);
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      let x = SEED;
      for (let i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        sum ^= cache.ld32le(x & PLACE);
      }
      return sum;
    },
  };
}
