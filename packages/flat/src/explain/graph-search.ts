import { MAX_RENDER_DEPTH, type MemoryRegion } from "@mem/core";
import { lookThrough } from "../view-root.js";
import type { Trail } from "./trail.js";

/** Regions looked at for one explanation; what is left then is not told. */
export const MAX_EXPLAIN_VISITS = 1_000_000;

/** What keeps all that lies below a region from showing. */
export type Obstacle =
  | { readonly kind: "disabled"; readonly by: MemoryRegion }
  | { readonly kind: "ending"; readonly by: MemoryRegion }
  | { readonly kind: "cutOff"; readonly by: Trail };

/** A region that lost. Without a reason: another of higher precedence covers the address. */
export interface Loser {
  readonly trail: Trail;
  readonly why: Obstacle | { readonly kind: "empty" | "pastTarget" | "tooDeep" } | null;
  readonly isAbove: boolean;
}

/**
 * Looks at all that lies at one address below a root, by the same rules as a view is rendered but
 * without stopping at what is seen: in order of precedence, disabled regions, and what sticks out
 * of its container or of an alias's window, included.
 *
 * What is both disabled and cut off is not told: it takes two changes to see it.
 */
export class GraphSearch {
  /** What is seen; `null` where nothing is. */
  winner: Trail | null = null;
  readonly losers: Loser[] = [];
  /** Whether all was looked at. */
  isComplete = true;
  #left = MAX_EXPLAIN_VISITS;
  /** How many regions would be seen if there were no other, or were found to lead nowhere. */
  #told = 0;

  constructor(root: MemoryRegion, addr: bigint) {
    this.#run(lookThrough(root), addr);
  }

  #run(chain: readonly MemoryRegion[], addr: bigint): void {
    const base = chain.at(-1);
    if (!base) return;
    // All of them begin where the region does that the view is built from.
    const offset = addr - base.addr;
    const obstacle: Obstacle | null = base.isCountable ? null : { kind: "ending", by: base };
    const behind: { region: MemoryRegion; up: Trail }[] = [];
    let up: Trail | null = null;
    for (const [index, region] of chain.entries()) {
      const next = chain[index + 1];
      if (!next) break;
      up = { region, offset, up, isLookedThrough: true };
      if (region.alias) continue;
      let isBehind = false;
      for (const sub of region.subregions) {
        if (sub === next) isBehind = true;
        else if (isBehind) behind.push({ region: sub, up });
        else this.#visit(sub, offset - sub.addr, up, null, 0);
      }
    }
    this.#visit(base, offset, up, obstacle, 0);
    for (const { region, up: above } of behind.reverse()) {
      this.#visit(region, offset - region.addr, above, null, 0);
    }
  }

  #visit(
    region: MemoryRegion,
    offset: bigint,
    up: Trail | null,
    above: Obstacle | null,
    depth: number,
  ): void {
    if (this.#left-- <= 0) {
      this.isComplete = false;
      return;
    }
    const trail = { region, offset, up, isLookedThrough: false };
    const covers = offset >= 0n && offset < region.size;
    const obstacle = this.#obstacle(trail, covers, above);
    if (obstacle === "several") return;
    if (depth > MAX_RENDER_DEPTH) {
      if (obstacle === null) this.#leadsNowhere(trail, "tooDeep");
      return;
    }
    const { losers } = this;
    const before = { told: this.#told, losers: losers.length };
    const { alias } = region;
    if (alias) this.#visit(alias, offset + region.aliasOffset, trail, obstacle, depth + 1);
    // What begins before its container does not exist.
    else if (offset >= 0n) {
      for (const sub of region.subregions) {
        this.#visit(sub, offset - sub.addr, trail, obstacle, depth + 1);
      }
    }
    if (!covers) return;
    if (region.terminates) this.#end(trail, obstacle);
    else if (obstacle === null) {
      if (this.#told > before.told) return;
      if (!alias) this.#leadsNowhere(trail, "empty");
      else if (offset + region.aliasOffset >= alias.size) this.#leadsNowhere(trail, "pastTarget");
    } else if (obstacle.kind !== "cutOff" && losers.length === before.losers) {
      this.#lose(trail, obstacle);
    }
  }

  /** What keeps a region and all below it from showing: the topmost cause, or more than one. */
  #obstacle(trail: Trail, covers: boolean, above: Obstacle | null): Obstacle | "several" | null {
    const { enabled } = trail.region;
    if (enabled && covers) return above;
    if (enabled) {
      // What does not cover the address itself has nothing cut off; what is below it may have.
      if (above === null || above.kind === "cutOff") return above ?? { kind: "cutOff", by: trail };
      return "several";
    }
    if (!covers || above?.kind === "cutOff") return "several";
    return above ?? { kind: "disabled", by: trail.region };
  }

  /** A region that answers accesses itself, and covers the address. */
  #end(trail: Trail, obstacle: Obstacle | null): void {
    if (obstacle !== null) this.#lose(trail, obstacle);
    else if (!trail.region.isCountable) this.#lose(trail, { kind: "ending", by: trail.region });
    else {
      this.#told++;
      if (this.winner === null) this.winner = trail;
      else this.#lose(trail, null);
    }
  }

  #leadsNowhere(trail: Trail, kind: "empty" | "pastTarget" | "tooDeep"): void {
    this.#told++;
    this.#lose(trail, { kind });
  }

  #lose(trail: Trail, why: Loser["why"]): void {
    this.losers.push({ trail, why, isAbove: this.winner === null });
  }
}
