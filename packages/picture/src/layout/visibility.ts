import type { MemoryRegion } from "@mem/core";
import { MAX_RENDER_DEPTH, internalsOf } from "@mem/core/plumbing";
import type { FlatView } from "@mem/flat";
import type { MapSegmentState } from "./map-layout.js";
import type { TreeNode } from "./tree.js";

/** Regions looked at to find what shows at one address. */
const MAX_STEPS = 100_000;

/** The region that answers at an offset of a region. */
interface Place {
  readonly region: MemoryRegion;
  readonly offset: bigint;
}

/** The thing that shows at an offset of a region: itself, or something below it, through aliases. */
function resolve(
  region: MemoryRegion,
  offset: bigint,
  budget = { steps: MAX_STEPS },
  depth = 0,
): Place | null {
  if (!region.enabled || offset < 0n || offset >= region.size) return null;
  if (depth > MAX_RENDER_DEPTH || budget.steps-- <= 0) return null;
  const { alias } = region;
  if (alias) return resolve(alias, offset + region.aliasOffset, budget, depth + 1);
  for (const sub of region.subregions) {
    const place = resolve(sub, offset - sub.addr, budget, depth + 1);
    if (place) return place;
  }
  return internalsOf(region).terminates ? { region, offset } : null;
}

/** The part that a node shows by itself, where none of its children that are drawn is in front. */
function ownPlace({ region, start, disabled, folded }: TreeNode, address: bigint): Place | null {
  if (disabled) return null;
  const offset = address - start;
  if (region.alias || folded > 0) return resolve(region, offset);
  return internalsOf(region).terminates ? { region, offset } : null;
}

/** Node of the tree that is in front at an address. */
export function frontNode(node: TreeNode, address: bigint): TreeNode | null {
  if (node.disabled || address < node.low || address >= node.high) return null;
  for (let at = node.children.length - 1; at >= 0; at--) {
    const child = node.children[at];
    const front = child ? frontNode(child, address) : null;
    if (front) return front;
  }
  return ownPlace(node, address) ? node : null;
}

/** Says what a node is to the guest at an address. */
export type StateOf = (node: TreeNode, address: bigint) => MapSegmentState;

/** For the tree of the address space itself: whatever is in front is seen. */
export function statesOfRoot(root: TreeNode): StateOf {
  return (node, address) => {
    if (frontNode(root, address) === node) return "seen";
    return ownPlace(node, address) ? "covered" : "through";
  };
}

/** For a tree that aliases lead to: what shows anywhere in the address space is seen. */
export function statesOfTarget(shown: ShownParts): StateOf {
  return (node, address) => {
    if (showsSomewhere(node, address, shown)) return "seen";
    return ownPlace(node, address) ? "covered" : "through";
  };
}

/** True if what a node shows at an address shows anywhere: there, or elsewhere through an alias. */
export function showsSomewhere(node: TreeNode, address: bigint, shown: ShownParts): boolean {
  const place = ownPlace(node, address);
  return place !== null && shown.includes(place);
}

/** Parts of regions that an address space shows. */
export class ShownParts {
  readonly #parts = new Map<MemoryRegion, { from: bigint; to: bigint }[]>();

  constructor(view: FlatView, window: { readonly from: bigint; readonly to: bigint }) {
    for (const range of view.rangesWithin(window.from, window.to)) {
      const low = range.start > window.from ? range.start : window.from;
      const high = range.end < window.to ? range.end : window.to;
      const from = range.offset + (low - range.start);
      const parts = this.#parts.get(range.region) ?? [];
      parts.push({ from, to: from + (high - low) });
      this.#parts.set(range.region, parts);
    }
  }

  includes({ region, offset }: Place): boolean {
    return this.of(region).some(({ from, to }) => from <= offset && offset < to);
  }

  of(region: MemoryRegion): readonly { readonly from: bigint; readonly to: bigint }[] {
    return this.#parts.get(region) ?? [];
  }
}
