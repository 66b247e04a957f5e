import { KiB } from "@mem/core";
import { alone, compared } from "./measure.js";
import { randomOffsets } from "./random.js";
import { type Lap, lazy, type Row } from "./row.js";
import { type Walk, WALK_BYTES } from "./walk.js";

const BLOCK = 4 * KiB;
const BLOCKS = 1 << 14;
/** What fits the processor's cache. */
const WARM_BYTES = 256 * KiB;

/** Reads of 4 KiB into a buffer, all over the RAM and in a part that stays in the cache. */
export function bulkRows(walk: () => Walk): Row[] {
  const cold = lazy(() => rawBlocks(walk(), WALK_BYTES));
  const warm = lazy(() => rawBlocks(walk(), WARM_BYTES));
  const set4k = { against: "raw.set4k", reference: cold };
  const setWarm = { against: "raw.set4k.warm", reference: warm };
  return [
    alone({ name: "raw.set4k", subject: cold }),
    alone({ name: "raw.set4k.warm", subject: warm }),
    compared({ name: "read4k", ...set4k, subject: () => blocks(walk(), WALK_BYTES) }),
    compared({ name: "read4k.warm", ...setWarm, subject: () => warmBlocks(walk(), WARM_BYTES) }),
  ];
}

/** `set` of views that are there already: a copy and nothing else. */
function rawBlocks({ ram }: Walk, within: number): Lap {
  const bytes = ram.ramBytes();
  const offsets = randomOffsets(BLOCKS, within, BLOCK);
  const views = Array.from({ length: within / BLOCK }, (_, i) =>
    bytes.subarray(i * BLOCK, (i + 1) * BLOCK),
  );
  const sources = Array.from(offsets, (offset) => views[offset / BLOCK] ?? bytes);
  const into = new Uint8Array(BLOCK);
  return {
    operations: BLOCKS,
    run() {
      for (let i = 0; i < BLOCKS; i++) into.set(sources[i] as Uint8Array);
      return into[0];
    },
  };
}

function blocks({ space }: Walk, within: number): Lap {
  const offsets = randomOffsets(BLOCKS, within, BLOCK);
  const into = new Uint8Array(BLOCK);
  return {
    operations: BLOCKS,
    run() {
      let sum = 0;
      for (let i = 0; i < BLOCKS; i++) sum |= space.read(offsets[i] as number, into);
      return sum;
    },
  };
}

function warmBlocks({ space }: Walk, within: number): Lap {
  const offsets = randomOffsets(BLOCKS, within, BLOCK);
  const into = new Uint8Array(BLOCK);
  return {
    operations: BLOCKS,
    run() {
      let sum = 0;
      for (let i = 0; i < BLOCKS; i++) sum |= space.read(offsets[i] as number, into);
      return sum;
    },
  };
}
