import type { AddressSpace } from "@mem/flat";
import { collectGarbage, heapBytes } from "./heap.js";
import { RegionMap } from "./map.js";
import type { Effort, Result, Row } from "./row.js";
import { median, spread } from "./statistics.js";

const REGIONS = 5000;

/** Bytes of the heap that maps take. */
export function memoryRows(): Row[] {
  return [
    { name: "memory.region", measure: (effort) => measure(effort, bytesOfRegions) },
    { name: "memory.range", measure: (effort) => measure(effort, bytesOfRanges) },
  ];
}

/** Bytes for each of what a sample counts; all maps live until the end, so that none goes within. */
function measure(effort: Effort, sample: (map: RegionMap) => number): Result {
  const maps = Array.from({ length: effort.quick ? 4 : 8 }, () => new RegionMap());
  const samples = maps.map(sample).slice(1);
  return {
    ns: 0,
    spread: spread(samples),
    ratio: null,
    against: null,
    bytes: Math.round(median(samples)),
  };
}

/** A device region in a container that nobody sees. */
function bytesOfRegions(map: RegionMap): number {
  const before = settledHeap();
  map.buildAtOnce(REGIONS);
  return (settledHeap() - before) / map.regions.length;
}

/** What a view adds to that, for each of its ranges, once every range has been looked up. */
function bytesOfRanges(map: RegionMap): number {
  map.buildAtOnce(REGIONS);
  const before = settledHeap();
  const space = map.see("bus");
  lookUpAll(space);
  return (settledHeap() - before) / space.flatView.length;
}

function lookUpAll(space: AddressSpace): void {
  for (const range of space.flatView.ranges()) space.lookup(range.low);
}

function settledHeap(): number {
  collectGarbage("major");
  collectGarbage("major");
  return heapBytes();
}
