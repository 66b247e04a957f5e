import type { FlatRange } from "./flat-range.js";
import { type FlatView, treeOf } from "./flat-view.js";
import type { RangeNode } from "./range-tree.js";

/** The differences between two views. */
export interface ViewDifference {
  /** Ranges of the old view that the new one does not have, ascending. */
  readonly gone: readonly FlatRange[];
  /** Ranges of the new view, ascending: those that came, and those that stayed, with the old one. */
  readonly present: readonly { readonly before: FlatRange | null; readonly after: FlatRange }[];
}

/**
 * Compares two views.
 * @param everything true if all ranges that stayed are wanted; otherwise only those whose dirty
 *   mask is another, and what the views share is not even looked at
 */
export function compareViews(
  before: FlatView,
  after: FlatView,
  everything: boolean,
): ViewDifference {
  const gone: FlatRange[] = [];
  const present: { before: FlatRange | null; after: FlatRange }[] = [];
  const old = new TreeCursor(treeOf(before));
  const fresh = new TreeCursor(treeOf(after));
  for (;;) {
    if (!everything) skipShared(old, fresh);
    const a = old.range;
    const b = fresh.range;
    if (!a && !b) return { gone, present };
    if (a && b && a.equals(b)) {
      if (everything || a.dirtyMask !== b.dirtyMask) present.push({ before: a, after: b });
      old.next();
      fresh.next();
    } else if (a && (!b || a.start <= b.start)) {
      gone.push(a);
      old.next();
    } else if (b) {
      present.push({ before: null, after: b });
      fresh.next();
    }
  }
}

/** Passes nodes that both trees have at the present place, the largest first. */
function skipShared(a: TreeCursor, b: TreeCursor): void {
  for (;;) {
    let height = Math.min(a.startedHeight, b.startedHeight);
    while (height >= 0 && a.nodeAt(height) !== b.nodeAt(height)) height--;
    if (height < 0) return;
    a.skip(height);
    b.skip(height);
  }
}

/** A place in a tree of ranges: before one of them, or at the end. */
class TreeCursor {
  /** The nodes on the way to the place, by height, and which of their items it is in. */
  readonly #path: RangeNode[] = [];
  readonly #index: number[] = [];
  /** The height up to which the nodes on the way start at the place; -1 for none. */
  startedHeight = -1;
  /** The range behind the place. */
  range: FlatRange | undefined;

  constructor(root: RangeNode) {
    this.#enter(root);
    this.startedHeight = root.height;
  }

  /** The node of a height that the place is in. */
  nodeAt(height: number): RangeNode | undefined {
    return this.#path[height];
  }

  next(): void {
    const index = (this.#index[0] ?? 0) + 1;
    this.range = this.#path[0]?.ranges[index];
    if (this.range) {
      this.#index[0] = index;
      this.startedHeight = -1;
    } else {
      this.skip(0);
    }
  }

  /** Goes to the end of the node of a height. */
  skip(height: number): void {
    for (let above = height + 1; above < this.#path.length; above++) {
      const index = (this.#index[above] ?? 0) + 1;
      const child = this.#path[above]?.children[index];
      if (!child) continue;
      this.#index[above] = index;
      this.#enter(child);
      this.startedHeight = above - 1;
      return;
    }
    this.range = undefined;
    this.startedHeight = -1;
  }

  #enter(top: RangeNode): void {
    for (let node: RangeNode | undefined = top; node; node = node.children[0]) {
      this.#path[node.height] = node;
      this.#index[node.height] = 0;
    }
    this.range = this.#path[0]?.ranges[0];
  }
}
