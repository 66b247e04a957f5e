import { Data64, MemOp } from "@mem/core";
import { Bus } from "@mem/ldst";
import { compared } from "./measure.js";
import type { Lap, Row } from "./row.js";
import { STEPS, type Walk } from "./walk.js";

/** Walks over RAM, 64 bits at a time. */
export function quadRows(walk: () => Walk): Row[] {
  const toRawLoad = { against: "raw.load", reference: () => walk().rawLoad() };
  return [
    compared({ name: "ram.load64", ...toRawLoad, subject: () => bigints(walk()) }),
    compared({ name: "ram.load64.halves", ...toRawLoad, subject: () => halves(walk()) }),
  ];
}

function bigints({ space, wideOffsets }: Walk): Lap {
  const bus = new Bus(space);
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) {
        sum ^= bus.ld64le(wideOffsets[i] as number) === 1n ? 1 : 0;
      }
      return sum;
    },
  };
}

function halves({ space, wideOffsets }: Walk): Lap {
  const data = new Data64();
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) {
        space.loadData(wideOffsets[i] as number, MemOp.SIZE_64, data);
        sum ^= data.lo ^ data.hi;
      }
      return sum;
    },
  };
}
