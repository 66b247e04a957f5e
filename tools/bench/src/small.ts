import { KiB } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { MemoryRegionCache } from "@mem/ldst";
import { alone, compared } from "./measure.js";
import { type Lap, lazy, type Row } from "./row.js";
import { SEED, STEPS, type Walk, WALK_BYTES } from "./walk.js";

/** What is accessed here: it stays in the first-level cache. */
const SMALL_BYTES = 16 * KiB;
const SMALL_PLACE = SMALL_BYTES - 4;
/** Accesses of one call: a request that a device serves, or a block that a processor runs. */
const SMALL_STEPS = 1 << 10;

/**
 * Accesses within 16 KiB, from functions that are called often, so that the host compiles them from
 * their beginning. The long walks are loops that it enters while they run, which it compiles
 * differently: see docs/PERFORMANCE.md. In a chain each place depends on what was loaded before:
 * nothing is fetched ahead, so that all of an access counts. What goes round is kept to 32 bits with
 * sign, for the host puts numbers above 2^31 on the heap where it does not know that it may not.
 */
export function smallRows(walk: () => Walk): Row[] {
  const rawLoad = lazy(() => rawLoads(walk()));
  const rawStore = lazy(() => rawStores(walk()));
  const rawChain = lazy(() => rawChains(walk()));
  const toLoad = { against: "small.raw.load", reference: rawLoad };
  const toStore = { against: "small.raw.store", reference: rawStore };
  const toChain = { against: "chain.raw", reference: rawChain };
  return [
    alone({ name: "small.raw.load", subject: rawLoad }),
    alone({ name: "small.raw.store", subject: rawStore }),
    compared({ name: "small.load", ...toLoad, subject: () => loads(walk()) }),
    compared({ name: "small.store", ...toStore, subject: () => stores(walk()) }),
    compared({ name: "small.cached", ...toLoad, subject: () => cachedLoads(walk()) }),
    compared({ name: "small.cached.store", ...toStore, subject: () => cachedStores(walk()) }),
    alone({ name: "chain.raw", subject: rawChain }),
    compared({ name: "chain.load", ...toChain, subject: () => chains(walk()) }),
    compared({ name: "chain.cached", ...toChain, subject: () => cachedChains(walk()) }),
  ];
}

function rawLoads({ ram }: Walk): Lap {
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callRawLoads(view, sum | 1);
      return sum;
    },
  };
}

function callRawLoads(view: DataView, place: number): number {
  let sum = 0;
  let x = place;
  for (let i = 0; i < SMALL_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    sum ^= view.getUint32(x & SMALL_PLACE, true);
  }
  return sum ^ x;
}

function rawStores({ ram }: Walk): Lap {
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callRawStores(view, sum | 1);
      return sum;
    },
  };
}

function callRawStores(view: DataView, place: number): number {
  let x = place;
  for (let i = 0; i < SMALL_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    view.setUint32(x & SMALL_PLACE, x, true);
  }
  return x;
}

function rawChains({ ram }: Walk): Lap {
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callRawChains(view, sum | 1);
      return sum;
    },
  };
}

function callRawChains(view: DataView, place: number): number {
  let x = place | 0;
  for (let i = 0; i < SMALL_STEPS; i++) x = view.getUint32((x ^ (i << 2)) & SMALL_PLACE, true) | 0;
  return x;
}

function loads({ space }: Walk): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callLoads(space, sum | 1);
      return sum;
    },
  };
}

function callLoads(space: AddressSpace, place: number): number {
  let sum = 0;
  let x = place;
  for (let i = 0; i < SMALL_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    sum ^= space.load(x & SMALL_PLACE, 4);
  }
  return sum ^ x;
}

function stores({ space }: Walk): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callStores(space, sum | 1);
      return sum;
    },
  };
}

function callStores(space: AddressSpace, place: number): number {
  let x = place;
  for (let i = 0; i < SMALL_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    space.store(x & SMALL_PLACE, 4, x);
  }
  return x;
}

function chains({ space }: Walk): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callChains(space, sum | 1);
      return sum;
    },
  };
}

function callChains(space: AddressSpace, place: number): number {
  let x = place | 0;
  for (let i = 0; i < SMALL_STEPS; i++) x = space.load((x ^ (i << 2)) & SMALL_PLACE, 4) | 0;
  return x;
}

function cachedLoads({ space }: Walk): Lap {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, true);
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callCachedLoads(cache, sum | 1);
      return sum;
    },
  };
}

function callCachedLoads(cache: MemoryRegionCache, place: number): number {
  let sum = 0;
  let x = place;
  for (let i = 0; i < SMALL_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    sum ^= cache.ld32le(x & SMALL_PLACE);
  }
  return sum ^ x;
}

function cachedStores({ space }: Walk): Lap {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, true);
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callCachedStores(cache, sum | 1);
      return sum;
    },
  };
}

function callCachedStores(cache: MemoryRegionCache, place: number): number {
  let x = place;
  for (let i = 0; i < SMALL_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    cache.st32le(x & SMALL_PLACE, x);
  }
  return x;
}

function cachedChains({ space }: Walk): Lap {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, true);
  return {
    operations: STEPS,
    run() {
      let sum = SEED;
      for (let i = 0; i < STEPS; i += SMALL_STEPS) sum = callCachedChains(cache, sum | 1);
      return sum;
    },
  };
}

function callCachedChains(cache: MemoryRegionCache, place: number): number {
  let x = place | 0;
  for (let i = 0; i < SMALL_STEPS; i++) x = cache.ld32le((x ^ (i << 2)) & SMALL_PLACE) | 0;
  return x;
}
