/** Speed of the machine, once a second while somebody looks. */
import type { PcMachine } from "@mem/pc-machine";
import type { MapSource } from "../map/map-source.js";
import type { SpeedLine } from "./protocol.js";

const EVERY_MS = 1000;
const MOST_REGIONS = 5;

/** Measures from its construction to its disposal. */
export class SpeedMeter implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pc: PcMachine, map: MapSource, tell: (line: SpeedLine) => void) {
    let lastMs = performance.now();
    let last = pc.cpu.instructionCount;
    this.#timer = setInterval(() => {
      const now = performance.now();
      const instructions = pc.cpu.instructionCount;
      const perSecond = ((instructions - last) * 1000) / (now - lastMs);
      lastMs = now;
      last = instructions;
      const accesses = [...map.counted]
        .map(([region, { reads, writes, fetches }]) => {
          return { name: region.name, count: reads + writes + fetches };
        })
        .sort((a, b) => b.count - a.count)
        .slice(0, MOST_REGIONS);
      tell({ perSecond, instructions, ...engineCounts(pc), accesses });
    }, EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function engineCounts(pc: PcMachine): Pick<SpeedLine, "units" | "tlbMisses"> {
  const translator = pc.board.translation?.translator;
  return {
    units: translator?.counters.units ?? null,
    tlbMisses: translator?.counters.misses ?? null,
  };
}
