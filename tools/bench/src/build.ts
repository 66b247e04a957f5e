import { COUNTS, SeenMap } from "./map.js";
import { alone, compared } from "./measure.js";
import { type Lap, lazy, type Row } from "./row.js";

/** Regions built in a lap, at least: small maps are built several times. */
const REGIONS_A_LAP = 2000;
const HUGE = 100_000;

/** What it costs to build a map, for each region. */
export function buildRows(): Row[] {
  const hundred = lazy(() => building(100));
  return [
    ...COUNTS.map((count) =>
      count === 100
        ? alone({ name: "build.100", subject: hundred })
        : compared({
            name: `build.${count}`,
            against: "build.100",
            reference: hundred,
            subject: () => building(count),
            slow: count >= HUGE,
          }),
    ),
    ...COUNTS.map((count) =>
      alone({
        name: `build.tx.${count}`,
        subject: () => buildingAtOnce(count),
        slow: count >= HUGE,
      }),
    ),
  ];
}

function building(count: number): Lap {
  const maps = Math.max(1, Math.round(REGIONS_A_LAP / count));
  return {
    operations: maps * count,
    run() {
      let ranges = 0;
      for (let i = 0; i < maps; i++) ranges += new SeenMap().build(count).space.flatView.length;
      return checked(ranges, maps * count);
    },
  };
}

function buildingAtOnce(count: number): Lap {
  const maps = Math.max(1, Math.round(REGIONS_A_LAP / count));
  return {
    operations: maps * count,
    run() {
      let ranges = 0;
      for (let i = 0; i < maps; i++) {
        ranges += new SeenMap().buildAtOnce(count).space.flatView.length;
      }
      return checked(ranges, maps * count);
    },
  };
}

function checked(ranges: number, wanted: number): number {
  if (ranges !== wanted) throw new Error(`${ranges} ranges, not ${wanted}`);
  return ranges;
}
