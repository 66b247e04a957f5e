import type { MemoryRegion } from "@mem/core";
import type { CheckedOptions } from "../map-options.js";

/** A region where it stands in a tree, cut to what is drawn of it. */
export interface TreeNode {
  readonly region: MemoryRegion;
  /** Its start and end in the panel's addresses, before anything is cut off. */
  readonly start: bigint;
  readonly end: bigint;
  /** The part of it that is drawn. */
  readonly low: bigint;
  readonly high: bigint;
  readonly depth: number;
  readonly disabled: boolean;
  /** Lowest precedence first: what comes later lies in front. */
  readonly children: readonly TreeNode[];
  /** Subregions that are not drawn since they lie too deep. */
  readonly folded: number;
}

/** The tree below `region`, or `null` where nothing of it is to be drawn. */
export function growTree(
  region: MemoryRegion,
  base: bigint,
  window: { readonly from: bigint; readonly to: bigint },
  options: CheckedOptions,
  above: { readonly depth: number; readonly disabled: boolean } = { depth: 0, disabled: false },
): TreeNode | null {
  const end = base + region.size;
  const low = base > window.from ? base : window.from;
  const high = end < window.to ? end : window.to;
  const disabled = above.disabled || !region.enabled;
  if (low >= high || (disabled && !options.showDisabled)) return null;
  const { depth } = above;
  const children: TreeNode[] = [];
  let folded = 0;
  if (!region.alias) {
    for (const sub of region.subregions) {
      if (depth >= options.depth) {
        folded++;
        continue;
      }
      const inner = { from: low, to: high };
      const child = growTree(sub, base + sub.addr, inner, options, { depth: depth + 1, disabled });
      if (child) children.push(child);
    }
  }
  children.reverse();
  return { region, start: base, end, low, high, depth, disabled, children, folded };
}

/** The node and all below it, parents first. */
export function* walk(node: TreeNode): IterableIterator<TreeNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** The tree without the nodes that are not wanted; a parent stays while a child does. */
export function prune(node: TreeNode, keep: (node: TreeNode) => boolean): TreeNode | null {
  const children = node.children
    .map((child) => prune(child, keep))
    .filter((child) => child !== null);
  return children.length > 0 || keep(node) ? { ...node, children } : null;
}
