import { precedes } from "./precedence.js";
import type { Sibling } from "./sibling.js";

/**
 * Finds the children of a large container that may intersect a window, highest precedence first
 * and one by one, without looking at all of them: a randomized search tree by start, in which
 * each node knows the highest end and the enabled child of highest precedence below it. Works on
 * rounded numbers and errs on the side of finding too much.
 */
export class SubregionIndex<Region extends Sibling> {
  #root: Node<Region> | null = null;
  #seed = 1;

  /** Adds a child at its present place. */
  add(region: Region): void {
    // Heap order of random numbers keeps the tree balanced, in whatever order children come.
    this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
    this.#root = insert(this.#root, new Node(region, this.#seed));
  }

  /** Forgets a child, which lies where it lay when it was added. */
  remove(region: Region): void {
    this.#root = remove(this.#root, region, region.approximateStart);
  }

  /** A child was enabled or disabled. */
  switched(region: Region): void {
    refresh(this.#root, region, region.approximateStart, null);
  }

  /** A child has another end. */
  resized(region: Region): void {
    refresh(this.#root, region, region.approximateStart, region.approximateEnd);
  }

  /** The enabled child of highest precedence. */
  get top(): Region | null {
    return this.#root?.top ?? null;
  }

  /** All children, ascending by start. */
  all(): Region[] {
    const found: Region[] = [];
    collect(this.#root, found);
    return found;
  }

  /**
   * Calls `visit` for enabled children that may intersect `[low, high]`, highest precedence first,
   * until it answers `false`.
   */
  visit(low: number, high: number, visit: (region: Region) => boolean): void {
    const few: Region[] = [];
    if (collectWindow(this.#root, low, high, few, FEW)) {
      visitSorted(few, 0, visit);
      return;
    }
    // The first of many may hide all others.
    const queue = new Queue<Region>(low, high);
    queue.addSubtree(this.#root);
    for (let count = 0; count < ONE_BY_ONE; count++) {
      const next = queue.next();
      if (!next || !visit(next)) return;
    }
    const all: Region[] = [];
    collectWindow(this.#root, low, high, all, Infinity);
    visitSorted(all, ONE_BY_ONE, visit);
  }
}

/** Number of found children up to which all are sorted at once. */
const FEW = 8;
/** Number of children that are found one by one, where there are more, before the others are sorted. */
const ONE_BY_ONE = 64;

/** Visits children from some place in their order of precedence on. */
function visitSorted<Region extends Sibling>(
  found: Region[],
  first: number,
  visit: (region: Region) => boolean,
): void {
  // Ascending, because children mostly come by ascending address, which is how they are found.
  if (found.length > 1) found.sort((a, b) => (precedes(a, b) ? -1 : 1));
  for (let i = found.length - 1 - first; i >= 0; i--) {
    const region = found[i];
    if (region && !visit(region)) return;
  }
}

class Node<Region extends Sibling> {
  readonly region: Region;
  readonly weight: number;
  readonly start: number;
  end: number;
  left: Node<Region> | null = null;
  right: Node<Region> | null = null;
  /** The highest end of the node and those below. */
  maxEnd: number;
  /** The enabled child of highest precedence of the node and those below. */
  top: Region | null;

  constructor(region: Region, weight: number) {
    this.region = region;
    this.weight = weight;
    this.start = region.approximateStart;
    this.end = region.approximateEnd;
    this.maxEnd = this.end;
    this.top = region.enabled ? region : null;
  }

  update(): void {
    const { region, left, right, end } = this;
    let maxEnd = end;
    let top = region.enabled ? region : null;
    if (left) {
      if (left.maxEnd > maxEnd) maxEnd = left.maxEnd;
      top = higher(top, left.top);
    }
    if (right) {
      if (right.maxEnd > maxEnd) maxEnd = right.maxEnd;
      top = higher(top, right.top);
    }
    this.maxEnd = maxEnd;
    this.top = top;
  }
}

function higher<Region extends Sibling>(a: Region | null, b: Region | null): Region | null {
  if (a === null || b === null) return a ?? b;
  return precedes(a, b) ? b : a;
}

/** Order in the tree: by start, equals by which was added first. */
function isLeftOf<Region extends Sibling>(
  region: Region,
  start: number,
  node: Node<Region>,
): boolean {
  return start !== node.start ? start < node.start : region.sequence < node.region.sequence;
}

function insert<Region extends Sibling>(
  node: Node<Region> | null,
  added: Node<Region>,
): Node<Region> {
  if (!node) return added;
  if (added.weight > node.weight) {
    [added.left, added.right] = split(node, added);
    added.update();
    return added;
  }
  if (isLeftOf(added.region, added.start, node)) node.left = insert(node.left, added);
  else node.right = insert(node.right, added);
  node.update();
  return node;
}

/** The nodes left and right of one that comes between them. */
function split<Region extends Sibling>(
  node: Node<Region> | null,
  at: Node<Region>,
): [Node<Region> | null, Node<Region> | null] {
  if (!node) return [null, null];
  if (isLeftOf(at.region, at.start, node)) {
    const [left, right] = split(node.left, at);
    node.left = right;
    node.update();
    return [left, node];
  }
  const [left, right] = split(node.right, at);
  node.right = left;
  node.update();
  return [node, right];
}

function remove<Region extends Sibling>(
  node: Node<Region> | null,
  region: Region,
  start: number,
): Node<Region> | null {
  if (!node) return null;
  if (node.region === region) return join(node.left, node.right);
  if (isLeftOf(region, start, node)) node.left = remove(node.left, region, start);
  else node.right = remove(node.right, region, start);
  node.update();
  return node;
}

function join<Region extends Sibling>(
  left: Node<Region> | null,
  right: Node<Region> | null,
): Node<Region> | null {
  if (!left || !right) return left ?? right;
  if (left.weight > right.weight) {
    left.right = join(left.right, right);
    left.update();
    return left;
  }
  right.left = join(left, right.left);
  right.update();
  return right;
}

function refresh<Region extends Sibling>(
  node: Node<Region> | null,
  region: Region,
  start: number,
  end: number | null,
): void {
  if (!node) return;
  if (node.region !== region) {
    refresh(isLeftOf(region, start, node) ? node.left : node.right, region, start, end);
  } else if (end !== null) {
    node.end = end;
  }
  node.update();
}

function collect<Region extends Sibling>(node: Node<Region> | null, found: Region[]): void {
  if (!node) return;
  collect(node.left, found);
  found.push(node.region);
  collect(node.right, found);
}

/** Finds enabled children, ascending by start; `false` when there are more than `most`. */
function collectWindow<Region extends Sibling>(
  node: Node<Region> | null,
  low: number,
  high: number,
  found: Region[],
  most: number,
): boolean {
  if (!node || node.maxEnd < low || node.top === null) return true;
  if (!collectWindow(node.left, low, high, found, most)) return false;
  if (node.start > high) return true;
  const { region } = node;
  if (region.enabled && node.end >= low) {
    if (found.length === most) return false;
    found.push(region);
  }
  return collectWindow(node.right, low, high, found, most);
}

/** Subtrees and single nodes that intersect a window, as a heap by what is highest in them. */
class Queue<Region extends Sibling> {
  readonly #low: number;
  readonly #high: number;
  /** Highest value in each item. */
  readonly #tops: Region[] = [];
  /** The subtree, or `null` for a single child. */
  readonly #trees: (Node<Region> | null)[] = [];

  constructor(low: number, high: number) {
    this.#low = low;
    this.#high = high;
  }

  addSubtree(tree: Node<Region> | null): void {
    let node = tree;
    // Nothing of a node that starts behind the window, nor what is right of it, matters.
    while (node && node.start > this.#high) node = node.left;
    if (node && node.top !== null && node.maxEnd >= this.#low) this.#push(node.top, node);
  }

  /** The child of highest precedence that is left. */
  next(): Region | null {
    for (;;) {
      const top = this.#tops[0];
      if (!top) return null;
      const tree = this.#trees[0];
      this.#pop();
      if (!tree) return top;
      const { region, left, right, end } = tree;
      if (region.enabled && end >= this.#low) this.#push(region, null);
      this.addSubtree(left);
      this.addSubtree(right);
    }
  }

  #push(top: Region, tree: Node<Region> | null): void {
    let at = this.#tops.length;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const other = this.#tops[above];
      if (!other || !precedes(other, top)) break;
      this.#tops[at] = other;
      this.#trees[at] = this.#trees[above] ?? null;
      at = above;
    }
    this.#tops[at] = top;
    this.#trees[at] = tree;
  }

  #pop(): void {
    const top = this.#tops.pop();
    const tree = this.#trees.pop() ?? null;
    if (!top || this.#tops.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = this.#tops[below];
      const sibling = this.#tops[below + 1];
      if (!child) break;
      if (sibling && precedes(child, sibling)) {
        child = sibling;
        below++;
      }
      if (!precedes(top, child)) break;
      this.#tops[at] = child;
      this.#trees[at] = this.#trees[below] ?? null;
      at = below;
    }
    this.#tops[at] = top;
    this.#trees[at] = tree;
  }
}
