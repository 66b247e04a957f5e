/** The order and the loops of a region's blocks, so that structured control flow can express them. */
import type { Region } from "./region.js";

/** A block, or a loop around several parts. */
export type Part = { readonly block: number } | { readonly header: number; readonly parts: Part[] };

/** Structure in which a region is written. */
export interface Structure {
  readonly parts: Part[];
  /** Jumps that go into the midst of a loop: they leave the region, as `from * blocks + to`. */
  readonly cut: ReadonlySet<number>;
}

/** The block that a part begins with. */
export function entryOf(part: Part): number {
  return "block" in part ? part.block : part.header;
}

/**
 * Orders the blocks so that jumps go forwards, but for those to the header of a loop around them.
 * Jumps into a loop beside its header are cut.
 */
export function structure(region: Region): Structure {
  const count = region.blocks.length;
  const cut = new Set<number>();
  const successors = (from: number, nodes: Set<number>, header: number): number[] =>
    region.blocks[from].successors.filter(
      (to) => to !== header && nodes.has(to) && !cut.has(from * count + to),
    );

  const order = (nodes: Set<number>, entry: number, header: number): Part[] => {
    const parts: Part[] = [];
    for (const component of components(nodes, entry, (n) => successors(n, nodes, header))) {
      const members = new Set(component);
      const [only] = component;
      const isLoop =
        component.length > 1 || (only !== header && successors(only, nodes, header).includes(only));
      if (!isLoop) {
        parts.push({ block: only });
        continue;
      }
      // The header is what is entered from outside; the entry of all, or the first that is.
      let head = members.has(entry) ? entry : -1;
      for (const from of nodes) {
        if (members.has(from)) continue;
        for (const to of successors(from, nodes, header)) {
          if (!members.has(to)) continue;
          if (head < 0) head = to;
          if (to !== head) cut.add(from * count + to);
        }
      }
      if (head < 0) continue;
      parts.push({ header: head, parts: order(members, head, head) });
    }
    return parts;
  };
  return { parts: order(new Set(region.blocks.keys()), 0, -1), cut };
}

/** Strongly connected components of what is reached from `entry`, in topological order. */
function components(
  nodes: Set<number>,
  entry: number,
  successors: (node: number) => number[],
): number[][] {
  const indices = new Map<number, number>();
  const lowest = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const found: number[][] = [];
  const low = (node: number): number => lowest.get(node) ?? 0;
  const visit = (node: number): void => {
    const index = indices.size;
    indices.set(node, index);
    lowest.set(node, index);
    stack.push(node);
    onStack.add(node);
    for (const to of successors(node)) {
      if (!indices.has(to)) {
        visit(to);
        lowest.set(node, Math.min(low(node), low(to)));
      } else if (onStack.has(to)) {
        lowest.set(node, Math.min(low(node), indices.get(to) ?? 0));
      }
    }
    if (low(node) !== index) return;
    const component: number[] = [];
    for (let last = -1; last !== node;) {
      last = stack.pop() ?? node;
      onStack.delete(last);
      component.push(last);
    }
    found.push(component);
  };
  if (nodes.has(entry)) visit(entry);
  return found.reverse();
}
