import { KiB, MiB } from "@mem/core";
import { type AddressSpace, DirtyClient, Machine, snapshotAndClearDirty } from "@mem/flat";
import { Bus, MemoryRegionCache } from "@mem/ldst";
import { alone, compared } from "./measure.js";
import { fillRandomly } from "./random.js";
import type { Lap, Row } from "./row.js";
import { PLACE, SEED, STEPS, type Walk, WALK_BYTES } from "./walk.js";

/** Walks over RAM. */
export function ramRows(walk: () => Walk): Row[] {
  const toRawLoad = { against: "raw.load", reference: () => walk().rawLoad() };
  const toRawDrawn = { against: "raw.load.drawn", reference: () => walk().rawDrawn() };
  const toRawStore = { against: "raw.store", reference: () => walk().rawStore() };
  return [
    alone({ name: "raw.load", subject: toRawLoad.reference }),
    alone({ name: "raw.load.drawn", subject: toRawDrawn.reference }),
    alone({ name: "raw.store", subject: toRawStore.reference }),
    compared({ name: "ram.one", ...toRawLoad, subject: () => oneRegion(walk()) }),
    compared({ name: "ram.one.drawn", ...toRawDrawn, subject: () => drawn(walk()) }),
    compared({ name: "ram.interleaved", ...toRawLoad, subject: () => interleaved() }),
    compared({ name: "ram.cached", ...toRawLoad, subject: () => cachedLoads(walk()) }),
    compared({ name: "ram.cached.store", ...toRawStore, subject: () => cachedStores(walk()) }),
    compared({ name: "ram.store", ...toRawStore, subject: () => stores(walk()) }),
    compared({ name: "ram.store.dirty", ...toRawStore, subject: () => dirtyStores(walk()) }),
    compared({ name: "ram.be", ...toRawLoad, subject: () => swapped(walk()) }),
    compared({ name: "ram.high", ...toRawLoad, subject: () => above4GiB(walk()) }),
  ];
}

function oneRegion({ space }: Walk): Lap {
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

function drawn({ space, offsets }: Walk): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= space.load(offsets[i] as number, 4);
      return sum;
    },
  };
}

/** Pages of the walk alternate between this many regions. */
const REGIONS = 64;
const PIECE = 4 * KiB;

function interleaved(): Lap {
  const space = interleavedSpace();
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

/** 64 RAM regions of 1 MiB: page n shows region n modulo 64, through an alias. */
export function interleavedSpace(): AddressSpace {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const regions = Array.from({ length: REGIONS }, (_, i) => {
    const region = machine.ram({ name: `ram${i}`, size: MiB });
    fillRandomly(region.ramBytes());
    return region;
  });
  machine.transaction(() => {
    for (let i = 0; i * PIECE < WALK_BYTES; i++) {
      const target = regions[i % REGIONS];
      if (!target) continue;
      const offset = Math.floor(i / REGIONS) * PIECE;
      const piece = machine.alias({ name: null, size: PIECE, target, offset });
      root.addSubregion(i * PIECE, piece);
    }
  });
  return machine.addressSpace(root, "interleaved");
}

function cachedLoads({ space }: Walk): Lap {
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

function cachedStores({ space }: Walk): Lap {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, true);
  return {
    operations: STEPS,
    run() {
      let x = SEED;
      for (let i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        cache.st32le(x & PLACE, x);
      }
      return cache.ld32le(0);
    },
  };
}

function stores({ space }: Walk): Lap {
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

/** A display watches the RAM; before each lap it has drawn all, so that pages get dirty anew. */
function dirtyStores({ space, ram }: Walk): Lap {
  return {
    operations: STEPS,
    before() {
      ram.setLog(true);
      snapshotAndClearDirty(ram, 0, WALK_BYTES, DirtyClient.VGA);
    },
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
    after() {
      ram.setLog(false);
    },
  };
}

function swapped({ space }: Walk): Lap {
  const bus = new Bus(space);
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      let x = SEED;
      for (let i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        sum ^= bus.ld32be(x & PLACE);
      }
      return sum;
    },
  };
}

/** The same RAM seen 4 GiB higher: addresses that are no small integers. */
function above4GiB({ machine, ram }: Walk): Lap {
  const base = 2 ** 32;
  const root = machine.container({ name: "above", size: 2n ** 64n });
  root.addSubregion(base, machine.alias({ name: "high", size: WALK_BYTES, target: ram }));
  const space = machine.addressSpace(root, "above");
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      let x = SEED;
      for (let i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        sum ^= space.load(base + (x & PLACE), 4);
      }
      return sum;
    },
  };
}
