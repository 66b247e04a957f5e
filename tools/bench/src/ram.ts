import { KiB, MiB } from "@mem/core";
import { type AddressSpace, DirtyClient, Machine, snapshotAndClearDirty } from "@mem/flat";
import { Bus, MemoryRegionCache } from "@mem/ldst";
import { alone, compared } from "./measure.js";
import { fillRandomly, scatter } from "./random.js";
import type { Lap, Row } from "./row.js";
import { STEPS, type Walk, WALK_BYTES } from "./walk.js";

/** Walks over RAM. */
export function ramRows(walk: () => Walk): Row[] {
  const toRawLoad = { against: "raw.load", reference: () => walk().rawLoad() };
  const toRawStore = { against: "raw.store", reference: () => walk().rawStore() };
  return [
    alone({ name: "raw.load", subject: toRawLoad.reference }),
    alone({ name: "raw.store", subject: toRawStore.reference }),
    compared({ name: "ram.one", ...toRawLoad, subject: () => oneRegion(walk()) }),
    compared({ name: "ram.interleaved", ...toRawLoad, subject: () => interleaved(walk()) }),
    compared({ name: "ram.cached", ...toRawLoad, subject: () => cachedLoads(walk()) }),
    compared({ name: "ram.cached.store", ...toRawStore, subject: () => cachedStores(walk()) }),
    compared({ name: "ram.store", ...toRawStore, subject: () => stores(walk()) }),
    compared({ name: "ram.store.dirty", ...toRawStore, subject: () => dirtyStores(walk()) }),
    compared({ name: "ram.be", ...toRawLoad, subject: () => swapped(walk()) }),
    compared({ name: "ram.high", ...toRawLoad, subject: () => above4GiB(walk()) }),
  ];
}

function oneRegion({ space, offsets }: Walk): Lap {
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

function interleaved({ offsets }: Walk): Lap {
  const space = interleavedSpace();
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= space.load(offsets[i] as number, 4);
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

function cachedLoads({ space, offsets }: Walk): Lap {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, false);
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= cache.ld32le(offsets[i] as number);
      return sum;
    },
  };
}

function cachedStores({ space, offsets }: Walk): Lap {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, true);
  return {
    operations: STEPS,
    run() {
      for (let i = 0; i < STEPS; i++) cache.st32le(offsets[i] as number, scatter(i));
      return cache.ld32le(0);
    },
  };
}

function stores({ space, offsets }: Walk): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum |= space.store(offsets[i] as number, 4, scatter(i));
      return sum;
    },
  };
}

/** A display watches the RAM; before each lap it has drawn all, so that pages get dirty anew. */
function dirtyStores({ space, offsets, ram }: Walk): Lap {
  return {
    operations: STEPS,
    before() {
      ram.setLog(true);
      snapshotAndClearDirty(ram, 0, WALK_BYTES, DirtyClient.VGA);
    },
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum |= space.store(offsets[i] as number, 4, scatter(i));
      return sum;
    },
    after() {
      ram.setLog(false);
    },
  };
}

function swapped({ space, offsets }: Walk): Lap {
  const bus = new Bus(space);
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= bus.ld32be(offsets[i] as number);
      return sum;
    },
  };
}

/** The same RAM seen 4 GiB higher: addresses that are no small integers. */
function above4GiB({ machine, ram, offsets }: Walk): Lap {
  const base = 2 ** 32;
  const root = machine.container({ name: "above", size: 2n ** 64n });
  root.addSubregion(base, machine.alias({ name: "high", size: WALK_BYTES, target: ram }));
  const space = machine.addressSpace(root, "above");
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= space.load(base + (offsets[i] as number), 4);
      return sum;
    },
  };
}
