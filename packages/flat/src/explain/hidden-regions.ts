import type { MemoryRegion } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import type { GraphSearch, Loser } from "./graph-search.js";
import type { HiddenReason, HiddenRegion } from "./hidden.js";
import type { PathStep } from "./path-step.js";
import { stepsOf, type Trail, trailOf } from "./trail.js";

/**
 * The losers of a search with their reasons, in order of precedence. A region that is cut off on
 * some ways and there on another, at the same offset, is told once; so is one that is cut off on
 * all of them.
 */
export function hiddenRegions({ losers, winner }: GraphSearch, addr: bigint): HiddenRegion[] {
  const present = new Set<string>();
  if (winner) present.add(keyOf(winner));
  const cuts = new Map<string, Trail[]>();
  for (const { trail, why } of losers) {
    if (why?.kind !== "cutOff") present.add(keyOf(trail));
    else cuts.set(keyOf(trail), [...(cuts.get(keyOf(trail)) ?? []), why.by]);
  }
  const hidden: HiddenRegion[] = [];
  for (const loser of losers) {
    const { trail, why, isAbove } = loser;
    const { region, offset } = trail;
    if (why?.kind === "cutOff") {
      if (present.has(keyOf(trail))) continue;
      present.add(keyOf(trail));
    }
    const reason = reasonOf(loser, winner, addr, cuts.get(keyOf(trail)) ?? []);
    if (reason) hidden.push({ region, offset, reason, isAbove, path: stepsOf(trail, addr) });
  }
  return hidden;
}

function reasonOf(
  { trail, why }: Loser,
  winner: Trail | null,
  addr: bigint,
  cutters: readonly Trail[],
): HiddenReason | null {
  if (why === null) return winner && precedenceOf(trail, winner);
  switch (why.kind) {
    case "cutOff":
      return { kind: "cutOff", by: nearestFirst(cutters, addr) };
    case "pastTarget":
      return trail.region.alias && { kind: "pastTarget", target: trail.region.alias };
    case "empty":
    case "tooDeep":
      return { kind: why.kind };
    default:
      return why;
  }
}

/** Point at which the ways to two regions part, and the way taken there. */
function precedenceOf(loser: Trail, winner: Trail): HiddenReason | null {
  const lost = trailOf(loser);
  const won = trailOf(winner);
  let at = 0;
  while (lost[at] && lost[at]?.region === won[at]?.region) at++;
  const container = won[at - 1]?.region;
  const seen = won[at]?.region;
  const sibling = lost[at]?.region;
  if (!seen || !container) return null;
  if (!sibling) return { kind: "beneathSubregion", winner: seen };
  const kind = seen.priority === sibling.priority ? "addedEarlier" : "lowerPriority";
  return { kind, container, sibling, winner: seen };
}

function nearestFirst(cutters: readonly Trail[], addr: bigint): PathStep[] {
  const found = new Map<MemoryRegion, Trail>();
  for (const cutter of cutters) found.set(cutter.region, cutter);
  return [...found.values()]
    .sort((a, b) => compare(distance(a), distance(b)))
    .flatMap((trail) => stepsOf(trail, addr).slice(-1));
}

/** Distance of the address from a region that it lies outside of, in bytes. */
function distance({ region, offset }: Trail): bigint {
  return offset < 0n ? -offset : offset - region.size + 1n;
}

function compare(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function keyOf({ region, offset }: Trail): string {
  return `${internalsOf(region).id}@${offset}`;
}
