import type { MemoryRegion } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { MemoryRegionSection } from "@mem/flat";
import type { RamDiscardSource } from "./ram-discard-source.js";
import { intersect, normalize, type Run } from "./run-set.js";

/** The runs of `range` that every source has populated: all of it, where there is no source. */
export function populatedRuns(
  region: MemoryRegion,
  sources: readonly RamDiscardSource[],
  range: Run,
): Run[] {
  let runs = normalize([range]);
  for (const source of sources) {
    if (runs.length === 0) break;
    runs = intersect(runs, runsOf(region, source, range, true));
  }
  return runs;
}

/** The runs of `range` that some source has discarded. */
export function discardedRuns(
  region: MemoryRegion,
  sources: readonly RamDiscardSource[],
  range: Run,
): Run[] {
  return normalize(sources.flatMap((source) => runsOf(region, source, range, false)));
}

/** A section of `range` that belongs to no address space. */
export function sectionOf(region: MemoryRegion, { from, to }: Run): MemoryRegionSection {
  return new MemoryRegionSection({
    region,
    offsetWithinRegion: from,
    offsetWithinAddressSpace: 0n,
    size: to - from,
  });
}

/** A source that throws counts as one that has everything discarded: that harms nobody. */
function runsOf(region: MemoryRegion, source: RamDiscardSource, range: Run, on: boolean): Run[] {
  const runs: Run[] = [];
  const section = sectionOf(region, range);
  const visit = (part: MemoryRegionSection) => {
    const cropped = section.withinRegion(part.offsetWithinRegion, part.size);
    if (!cropped) return;
    const from = cropped.offsetWithinRegion;
    runs.push({ from, to: from + cropped.size });
  };
  try {
    if (on) source.replayPopulated(section, visit);
    else source.replayDiscarded(section, visit);
  } catch (error) {
    internalsOf(region).logCallbackError(error);
    return on ? [] : normalize([range]);
  }
  return normalize(runs);
}
