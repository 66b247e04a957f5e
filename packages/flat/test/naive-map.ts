import { internalsOf } from "@mem/core/plumbing";
import type { MemoryRegion } from "@mem/flat";

/** What shows at one address. */
export interface Shown {
  readonly region: NaiveRegion;
  readonly offset: bigint;
  /** The regions from the one that shows up to the root. */
  readonly way: NaiveRegion[];
}

/** A range as {@link naiveRanges} finds it. */
export interface NaiveRange {
  readonly start: number;
  end: number;
  readonly shown: Shown;
}

/**
 * A region by the letter of the rules, address by address, on a tree of its own: leaves may hold
 * subregions, and what is dead shows nothing. Slow, and nothing to do with how the library works.
 */
export class NaiveRegion {
  readonly real: MemoryRegion;
  readonly children: NaiveRegion[] = [];
  readonly target: NaiveRegion | null;
  readonly leaf: boolean;
  container: NaiveRegion | null = null;
  alive = true;
  addr = 0n;
  priority = 0;
  logs = 0;
  aliasOffset: bigint;
  size: bigint;

  constructor(
    real: MemoryRegion,
    size: bigint,
    target: NaiveRegion | null = null,
    aliasOffset = 0n,
  ) {
    this.real = real;
    this.size = size;
    this.target = target;
    this.aliasOffset = aliasOffset;
    this.leaf = internalsOf(real).terminates;
  }

  get enabled(): boolean {
    return this.alive && this.real.enabled;
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
    container?.remove(this);
    if (container) container.add(this, addr, this.priority);
    else this.addr = addr;
  }

  die(): void {
    this.alive = false;
    this.container?.remove(this);
    for (const child of [...this.children]) this.remove(child);
  }

  /** Whether `other` is this region or below it, through containers and aliases. */
  reaches(other: NaiveRegion): boolean {
    if (this === other) return true;
    if (this.target?.reaches(other)) return true;
    return this.children.some((child) => child.reaches(other));
  }

  /** What shows at an offset of this region. */
  resolve(offset: bigint): Shown | null {
    if (!this.enabled || offset < 0n || offset >= this.size) return null;
    const shown = this.target
      ? this.target.resolve(offset + this.aliasOffset)
      : (this.#below(offset) ?? (this.leaf ? { region: this, offset, way: [] } : null));
    shown?.way.push(this);
    return shown;
  }

  #below(offset: bigint): Shown | null {
    for (const child of this.children) {
      const shown = child.resolve(offset - child.addr);
      if (shown) return shown;
    }
    return null;
  }

  /**
   * The region that a view of this one starts at, whose own offset counts: whole aliases and
   * containers with one fitting child at 0 are looked through.
   */
  simplified(): NaiveRegion | null {
    if (!this.enabled) return null;
    if (this.target) {
      const whole = this.aliasOffset === 0n && this.size >= this.target.size;
      return whole ? this.target.simplified() : this;
    }
    if (this.leaf) return this;
    const enabled = this.children.filter((child) => child.enabled);
    const [only] = enabled;
    if (!only) return null;
    return enabled.length === 1 && only.addr === 0n && only.size <= this.size
      ? only.simplified()
      : this;
  }
}

/** The attributes that add up on the way down, of what shows. */
export function naiveAttributes({ way }: Shown): {
  readonly readonly: boolean;
  readonly nonvolatile: boolean;
  readonly unmergeable: boolean;
} {
  return {
    readonly: way.some(({ real }) => real.readonly),
    nonvolatile: way.some(({ real }) => real.nonvolatile),
    unmergeable: way.some(({ real }) => real.unmergeable),
  };
}

/** The ranges of `[0, extent)` below a root, address by address. */
export function naiveRanges(root: NaiveRegion | null, extent: number): NaiveRange[] {
  const ranges: NaiveRange[] = [];
  if (!root) return ranges;
  for (let at = 0; at < extent; at++) {
    const shown = root.resolve(BigInt(at) - root.addr);
    if (!shown) continue;
    const last = ranges.at(-1);
    if (last && last.end === at && isOne(last, shown)) last.end++;
    else ranges.push({ start: at, end: at + 1, shown });
  }
  return ranges;
}

/** Addresses that came the same way belong together, and others whose attributes are the same. */
function isOne({ start, end, shown }: NaiveRange, next: Shown): boolean {
  if (shown.region !== next.region || shown.offset + BigInt(end - start) !== next.offset) {
    return false;
  }
  const { length } = shown.way;
  if (length === next.way.length && shown.way.every((at, i) => at === next.way[i])) return true;
  const [before, after] = [naiveAttributes(shown), naiveAttributes(next)];
  return (
    before.readonly === after.readonly &&
    before.nonvolatile === after.nonvolatile &&
    !before.unmergeable &&
    !after.unmergeable
  );
}
