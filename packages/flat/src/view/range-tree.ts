import { internalsOf } from "@mem/core/plumbing";
import type { FlatRange } from "./flat-range.js";
import { firstEndingAfter, firstStartingFrom, type Position } from "./range-search.js";

/** Most ranges of a leaf, and most children of a branch. */
const MAX_ITEMS = 16;
/** A node with fewer is joined with a neighbour. */
const MIN_ITEMS = 4;
/** Number of items in nodes that are cut from a long run. */
const CUT_ITEMS = 12;

const NO_RANGES: readonly FlatRange[] = [];
const NO_NODES: readonly RangeNode[] = [];

/**
 * A node in the tree of a view's ranges: a run of consecutive ranges (a leaf), or of nodes. All
 * leaves are equally deep. Immutable, and shared by all views and branches that contain it: a
 * view that differs in one place from the one before it has new nodes on the way there only.
 * While anything holds a leaf, that holds one use of each range's region.
 */
export class RangeNode {
  /** 0 for leaves. */
  readonly height: number;
  /** The ranges of a leaf. */
  readonly ranges: readonly FlatRange[];
  /** The parts of a branch. */
  readonly children: readonly RangeNode[];
  /** Number of ranges in all. */
  readonly count: number;
  /** The first range; absent, as the last one, only in the tree of an empty view. */
  readonly initial: FlatRange | undefined;
  /** The last range. */
  readonly final: FlatRange | undefined;
  /** `low` of the first range. */
  readonly low: number;
  #holders = 0;

  private constructor(
    height: number,
    ranges: readonly FlatRange[],
    children: readonly RangeNode[],
    count: number,
    initial: FlatRange | undefined,
    final: FlatRange | undefined,
  ) {
    this.height = height;
    this.ranges = ranges;
    this.children = children;
    this.count = count;
    this.initial = initial;
    this.final = final;
    this.low = initial?.low ?? 0;
  }

  /** A leaf. */
  static leaf(ranges: readonly FlatRange[]): RangeNode {
    return new RangeNode(0, ranges, NO_NODES, ranges.length, ranges[0], ranges.at(-1));
  }

  /** A branch with at least one child; all are of one height. */
  static branch(children: readonly RangeNode[]): RangeNode {
    let count = 0;
    for (const child of children) count += child.count;
    const first = children[0];
    const height = (first?.height ?? 0) + 1;
    const final = children.at(-1)?.final;
    return new RangeNode(height, NO_RANGES, children, count, first?.initial, final);
  }

  /** A view or a branch takes the node. */
  retain(): void {
    if (this.#holders++ > 0) return;
    const { children, ranges } = this;
    for (let i = 0; i < children.length; i++) children[i]?.retain();
    for (const { region } of ranges) internalsOf(region).refShown();
  }

  /** Drops a hold of the view. */
  release(): void {
    if (--this.#holders > 0) return;
    const { children, ranges } = this;
    for (let i = 0; i < children.length; i++) children[i]?.release();
    for (const { region } of ranges) internalsOf(region).unrefShown();
  }

  /** The leaves, ascending. */
  *leaves(): IterableIterator<RangeNode> {
    if (this.height === 0) yield this;
    else for (const child of this.children) yield* child.leaves();
  }

  /** The first range that ends after a position, and the one before it. */
  around(position: Position): { before: FlatRange | undefined; after: FlatRange | undefined } {
    let before: FlatRange | undefined;
    let node: RangeNode = this;
    while (node.height > 0) {
      const index = firstChildEndingAfter(node.children, position);
      before = node.children[index - 1]?.final ?? before;
      const child = node.children[index];
      if (!child) return { before, after: undefined };
      node = child;
    }
    const index = firstEndingAfter(node.ranges, position);
    return { before: node.ranges[index - 1] ?? before, after: node.ranges[index] };
  }

  /** The last range whose {@link FlatRange.low} is not above a number. */
  lastStartingAt(low: number): FlatRange | undefined {
    let node: RangeNode | undefined = this;
    while (node !== undefined && node.height > 0) {
      const { children }: RangeNode = node;
      node = children[countNotAbove(children, low) - 1];
    }
    if (node === undefined) return undefined;
    return node.ranges[countNotAbove(node.ranges, low) - 1];
  }

  /** The ranges that intersect the addresses between two positions, ascending. */
  *within(from: Position, to: Position): IterableIterator<FlatRange> {
    const { children, ranges } = this;
    for (let i = firstChildEndingAfter(children, from); i < children.length; i++) {
      const child = children[i];
      if (!child || child.low > to.rough) return;
      yield* child.within(from, to);
    }
    const end = firstStartingFrom(ranges, to);
    for (let i = firstEndingAfter(ranges, from); i < end; i++) {
      const range = ranges[i];
      if (range) yield range;
    }
  }
}

/** A tree of these ranges, which ascend. */
export function rangeTree(ranges: readonly FlatRange[]): RangeNode {
  return topped(cut(ranges, RangeNode.leaf));
}

/**
 * A tree in which the ranges between two positions, whose boundaries no range crosses, are
 * replaced by others; what the window does not touch is shared with the old tree.
 */
export function replaceRanges(
  root: RangeNode,
  from: Position,
  to: Position,
  fresh: readonly FlatRange[],
): RangeNode {
  return topped(edit(root, from, to, fresh));
}

/** Nodes that take the place of a node: any number of nodes of the same height. */
function edit(
  node: RangeNode,
  from: Position,
  to: Position,
  fresh: readonly FlatRange[],
): RangeNode[] {
  if (node.height === 0) {
    const { ranges } = node;
    const head = firstEndingAfter(ranges, from);
    const tail = firstStartingFrom(ranges, to);
    const edited = ranges.slice(0, head);
    for (const range of fresh) edited.push(range);
    for (let i = tail; i < ranges.length; i++) edited.push(ranges[i] as FlatRange);
    return cut(edited, RangeNode.leaf);
  }
  const { children } = node;
  const first = Math.min(firstChildEndingAfter(children, from), children.length - 1);
  let next = first + 1;
  while (children[next]?.initial?.startsFrom(to) === false) next++;
  const edited = children.slice(0, first);
  for (const part of edit(children[first] as RangeNode, from, to, fresh)) edited.push(part);
  // What lies between the first and the last child that the window touches is gone altogether.
  if (next - 1 > first) {
    for (const part of edit(children[next - 1] as RangeNode, from, to, NO_RANGES)) {
      edited.push(part);
    }
  }
  const end = edited.length;
  for (let i = next; i < children.length; i++) edited.push(children[i] as RangeNode);
  joinSmall(edited, first, end);
  return cut(edited, RangeNode.branch);
}

/** Joins small nodes at `[first, end)` with a neighbour, so that the tree does not crumble. */
function joinSmall(nodes: RangeNode[], first: number, end: number): void {
  for (let i = Math.min(end, nodes.length) - 1; i >= first && nodes.length > 1; i--) {
    const node = nodes[i];
    if (!node || sizeOf(node) >= MIN_ITEMS) continue;
    const at = i > 0 ? i - 1 : 0;
    const [left, right] = [nodes[at], nodes[at + 1]];
    if (!left || !right) continue;
    const joined =
      node.height === 0
        ? cut([...left.ranges, ...right.ranges], RangeNode.leaf)
        : cut([...left.children, ...right.children], RangeNode.branch);
    nodes.splice(at, 2, ...joined);
  }
}

function sizeOf(node: RangeNode): number {
  return node.height === 0 ? node.ranges.length : node.children.length;
}

/** As few nodes of about one size as a run of items needs. */
function cut<T>(items: readonly T[], make: (items: readonly T[]) => RangeNode): RangeNode[] {
  const { length } = items;
  if (length === 0) return [];
  if (length <= MAX_ITEMS) return [make(items)];
  const pieces = Math.ceil(length / CUT_ITEMS);
  const nodes: RangeNode[] = [];
  for (let i = 0; i < pieces; i++) {
    const start = Math.floor((i * length) / pieces);
    nodes.push(make(items.slice(start, Math.floor(((i + 1) * length) / pieces))));
  }
  return nodes;
}

/** Puts one root on top of nodes, and takes roots with a single child away. */
function topped(nodes: readonly RangeNode[]): RangeNode {
  let level = nodes;
  while (level.length > 1) level = cut(level, RangeNode.branch);
  let root = level[0] ?? RangeNode.leaf(NO_RANGES);
  for (let only = onlyChild(root); only; only = onlyChild(root)) root = only;
  return root;
}

function onlyChild({ children }: RangeNode): RangeNode | undefined {
  return children.length === 1 ? children[0] : undefined;
}

function firstChildEndingAfter(children: readonly RangeNode[], position: Position): number {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const final = children[middle]?.final;
    if (final && final.endsBy(position)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of items at the front whose `low` is not above a number. */
function countNotAbove(items: readonly { readonly low: number }[], value: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.low ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
