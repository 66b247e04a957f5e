import type { MemoryRegion } from "@mem/core";
import { MAX_RENDER_DEPTH, internalsOf } from "@mem/core/plumbing";
import { lookThrough } from "../view/view-root.js";
import type { Trail } from "./trail.js";

/**
 * Containers, aliases and regions at the address looked at for one explanation, at most.
 * @see {@link explain}
 */
export const MAX_EXPLAIN_VISITS = 200_000;

/** Hidden regions kept of one search; it ends when it has these and the one that is seen. */
const MAX_LOSERS = 5000;

/** Reason why all that lies below a region does not show. */
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
 * What several causes hide, such as a disabled container and a window, is not told.
 */
export class GraphSearch {
  /** Way to the region that is seen; `null` where nothing is. */
  winner: Trail | null = null;
  readonly losers: Loser[] = [];
  /** True if all was looked at. */
  isComplete = true;
  #left = MAX_EXPLAIN_VISITS;
  /** Number of regions that would be seen if there were no other, or were found to lead nowhere. */
  #told = 0;

  constructor(root: MemoryRegion, addr: bigint) {
    this.#run(lookThrough(root), addr);
  }

  #run(chain: readonly MemoryRegion[], addr: bigint): void {
    const base = chain.at(-1);
    if (!base) return;
    // All of them begin where the region does that the view is built from.
    const offset = addr - base.addr;
    const visited: { trail: Trail; told: number; behind: MemoryRegion[] }[] = [];
    let up: Trail | null = null;
    for (const [index, region] of chain.slice(0, -1).entries()) {
      const trail: Trail = { region, offset, up, isLookedThrough: true };
      up = trail;
      // What lies outside of it could not even show if it were looked into.
      const others = covers(trail) ? [...region.subregions] : [];
      const at = others.findIndex((sub) => sub === chain[index + 1]);
      visited.push({ trail, told: this.#told, behind: others.slice(at + 1) });
      for (const sub of others.slice(0, Math.max(at, 0))) {
        this.#visit(sub, offset - sub.addr, trail, null, 0);
      }
    }
    this.#visit(
      base,
      offset,
      up,
      internalsOf(base).isCountable ? null : { kind: "ending", by: base },
      0,
    );
    for (const { trail, told, behind } of visited.reverse()) {
      for (const sub of behind) this.#visit(sub, offset - sub.addr, trail, null, 0);
      if (told === this.#told && covers(trail)) this.#leadsNowhere(trail);
    }
  }

  #visit(
    region: MemoryRegion,
    offset: bigint,
    up: Trail | null,
    above: Obstacle | null,
    depth: number,
  ): void {
    const trail = { region, offset, up, isLookedThrough: false };
    // The many that are elsewhere and lead nowhere are not counted.
    if (!region.alias && internalsOf(region).subregionList === null && !covers(trail)) return;
    if (this.#left-- <= 0) {
      this.isComplete = false;
      return;
    }
    const obstacle = obstacleOf(trail, above);
    if (obstacle === "several") return;
    if (depth > MAX_RENDER_DEPTH) {
      if (obstacle === null) this.#tell(trail, "tooDeep");
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
    if (!covers(trail)) return;
    if (internalsOf(region).terminates) this.#end(trail, obstacle);
    else if (obstacle === null) {
      if (this.#told === before.told) this.#leadsNowhere(trail);
    } else if (obstacle.kind !== "cutOff" && losers.length === before.losers) {
      this.#lose(trail, obstacle);
    }
  }

  /** A region that answers accesses itself, and covers the address. */
  #end(trail: Trail, obstacle: Obstacle | null): void {
    if (obstacle !== null) this.#lose(trail, obstacle);
    else if (!internalsOf(trail.region).isCountable)
      this.#lose(trail, { kind: "ending", by: trail.region });
    else {
      this.#told++;
      if (this.winner === null) this.winner = trail;
      else this.#lose(trail, null);
    }
  }

  /** A container or an alias in which nothing shows; one on what is empty is not worth telling. */
  #leadsNowhere(trail: Trail): void {
    const { region, offset } = trail;
    const { alias } = region;
    if (!alias) this.#tell(trail, "empty");
    else if (offset + region.aliasOffset >= alias.size) this.#tell(trail, "pastTarget");
  }

  #tell(trail: Trail, kind: "empty" | "pastTarget" | "tooDeep"): void {
    this.#told++;
    this.#lose(trail, { kind });
  }

  #lose(trail: Trail, why: Loser["why"]): void {
    if (this.losers.length >= MAX_LOSERS) {
      this.isComplete = false;
      if (this.winner) this.#left = 0;
      return;
    }
    this.losers.push({ trail, why, isAbove: this.winner === null });
  }
}

function covers({ region, offset }: Trail): boolean {
  return offset >= 0n && offset < region.size;
}

/**
 * Reason why a region and all below it do not show: the topmost cause. `several` when it would take
 * more than one change; nested containers that all end before the address count as one.
 */
function obstacleOf(trail: Trail, above: Obstacle | null): Obstacle | "several" | null {
  const { region } = trail;
  if (covers(trail)) {
    if (region.enabled) return above;
    return above?.kind === "cutOff" ? "several" : (above ?? { kind: "disabled", by: region });
  }
  if (!region.enabled) return "several";
  if (above === null) return { kind: "cutOff", by: trail };
  if (above.kind !== "cutOff" || region.alias || above.by.region.alias) return "several";
  return above;
}
