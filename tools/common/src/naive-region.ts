import type { Bytes, NaiveNode } from "./naive-view.js";

/** Parts of a {@link NaiveRegion}. */
export interface NaiveRegionParts<N extends Bytes> {
  readonly size: N;
  readonly leaf: boolean;
  readonly target: NaiveRegion<N> | null;
  readonly aliasOffset: N;
  /** Nothing, in its kind of numbers. */
  readonly zero: N;
}

/** A region of a tree of its own that changes: it comes, moves and goes as the rules say. */
export abstract class NaiveRegion<N extends Bytes> implements NaiveNode<N> {
  readonly leaf: boolean;
  readonly target: this | null;
  children: this[] = [];
  container: this | null = null;
  size: N;
  addr: N;
  aliasOffset: N;
  priority = 0;
  /** Displays that want to know of stores. */
  logs = 0;

  constructor({ size, leaf, target, aliasOffset, zero }: NaiveRegionParts<N>) {
    this.size = size;
    this.leaf = leaf;
    this.target = target as this | null;
    this.aliasOffset = aliasOffset;
    this.addr = zero;
  }

  abstract get enabled(): boolean;
  abstract get inherited(): readonly string[];

  /** Newest first among equals, as `add` and `set address` both make it. */
  add(child: this, addr: N, priority: number): void {
    child.container = this;
    child.addr = addr;
    child.priority = priority;
    const at = this.children.findIndex((other) => priority >= other.priority);
    this.children.splice(at < 0 ? this.children.length : at, 0, child);
  }

  remove(child: this): void {
    this.children = this.children.filter((other) => other !== child);
    child.container = null;
  }

  move(addr: N): void {
    if (addr === this.addr) return;
    const { container } = this;
    container?.remove(this);
    if (container) container.add(this, addr, this.priority);
    else this.addr = addr;
  }

  /** True if `other` is this region or below it, through containers and aliases. */
  reaches(other: NaiveRegion<N>): boolean {
    if (this === other) return true;
    if (this.target?.reaches(other)) return true;
    return this.children.some((child) => child.reaches(other));
  }
}
