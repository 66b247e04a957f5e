import type { MemoryRegion } from "@mem/core";

/**
 * The visibility rules of the memory API read literally, address by address, on a tree of its
 * own: slow, and nothing to do with how the library works.
 */
export class NaiveRegion {
  readonly real: MemoryRegion;
  readonly children: NaiveRegion[] = [];
  container: NaiveRegion | null = null;
  enabled = true;
  addr = 0n;
  priority = 0;
  size: bigint;
  readonly target: NaiveRegion | null;
  aliasOffset: bigint;
  readonly leaf: boolean;

  constructor(
    real: MemoryRegion,
    options: { size: bigint; leaf: boolean; target?: NaiveRegion; aliasOffset?: bigint },
  ) {
    this.real = real;
    this.size = options.size;
    this.leaf = options.leaf;
    this.target = options.target ?? null;
    this.aliasOffset = options.aliasOffset ?? 0n;
  }

  /** Newest first among equals, as `add` and `set address` both make it. */
  add(child: NaiveRegion, addr: bigint, priority: number): void {
    child.container = this;
    child.addr = addr;
    child.priority = priority;
    const at = this.children.findIndex((other) => priority >= other.priority);
    this.children.splice(at < 0 ? this.children.length : at, 0, child);
  }

  remove(child: NaiveRegion): void {
    this.children.splice(this.children.indexOf(child), 1);
    child.container = null;
  }

  move(addr: bigint): void {
    if (addr === this.addr) return;
    const { container } = this;
    if (!container) {
      this.addr = addr;
      return;
    }
    container.remove(this);
    container.add(this, addr, this.priority);
  }

  /** What shows at an offset of this region. */
  resolve(offset: bigint): { region: NaiveRegion; offset: bigint } | null {
    if (!this.enabled || offset < 0n || offset >= this.size) return null;
    if (this.target) return this.target.resolve(offset + this.aliasOffset);
    for (const child of this.children) {
      const found = child.resolve(offset - child.addr);
      if (found) return found;
    }
    return this.leaf ? { region: this, offset } : null;
  }

  /** Whether `other` is this region or below it, through containers and aliases. */
  reaches(other: NaiveRegion): boolean {
    if (this === other) return true;
    if (this.target?.reaches(other)) return true;
    return this.children.some((child) => child.reaches(other));
  }
}
