import { ADDRESS_SPACE_END, type MemoryRegion } from "@mem/core";
import type { Interval } from "../view/render.js";
import type { PathStep, PathStepEntry } from "./path-step.js";

/** A region that a search came to, and how: linked upwards, which costs little while searching. */
export interface Trail {
  readonly region: MemoryRegion;
  readonly offset: bigint;
  readonly up: Trail | null;
  readonly isLookedThrough: boolean;
}

/** The regions of a trail from the root on. */
export function trailOf(end: Trail): Trail[] {
  const trail: Trail[] = [];
  for (let at: Trail | null = end; at; at = at.up) trail.push(at);
  return trail.reverse();
}

/** The steps of a trail for an address, from the root on. */
export function stepsOf(end: Trail, addr: bigint): PathStep[] {
  let range: Interval | null = { from: 0n, to: ADDRESS_SPACE_END };
  return trailOf(end).map((at) => {
    const { region, offset, isLookedThrough } = at;
    const start = addr - offset;
    range = intersection(range, start, start + region.size);
    return { region, kind: region.kind, entry: entryOf(at), isLookedThrough, offset, start, range };
  });
}

function entryOf({ region, up }: Trail): PathStepEntry {
  if (!up) return { how: "root" };
  if (up.region.alias) return { how: "alias", aliasOffset: up.region.aliasOffset };
  return { how: "subregion", addr: region.addr, priority: region.priority };
}

function intersection(range: Interval | null, from: bigint, to: bigint): Interval | null {
  if (!range) return null;
  const low = from > range.from ? from : range.from;
  const high = to < range.to ? to : range.to;
  return low < high ? { from: low, to: high } : null;
}
