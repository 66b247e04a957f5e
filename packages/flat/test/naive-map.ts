import { internalsOf } from "@mem/core/plumbing";
import type { MemoryRegion } from "@mem/flat";

/** What shows at one address, and by which way. */
export interface Shown {
  readonly region: NaiveMapRegion;
  readonly offset: number;
  readonly readonly: boolean;
  readonly nonvolatile: boolean;
  readonly unmergeable: boolean;
  /** The regions from the root on: addresses that came the same way belong together. */
  readonly way: string;
}

/** A range as {@link naiveRanges} finds it. */
export interface NaiveRange {
  readonly start: number;
  end: number;
  readonly shown: Shown;
}

/**
 * A region of a small map, by the letter of the rules: leaves may hold subregions, attributes
 * add up on the way down, and what is dead shows nothing.
 */
export class NaiveMapRegion {
  readonly real: MemoryRegion;
  readonly children: NaiveMapRegion[] = [];
  readonly target: NaiveMapRegion | null;
  readonly leaf: boolean;
  container: NaiveMapRegion | null = null;
  alive = true;
  addr = 0;
  priority = 0;
  logs = 0;
  aliasOffset: number;
  size: number;

  constructor(real: MemoryRegion, size: number, target: NaiveMapRegion | null, aliasOffset = 0) {
    this.real = real;
    this.size = size;
    this.target = target;
    this.aliasOffset = aliasOffset;
    this.leaf = internalsOf(real).terminates;
  }

  get enabled(): boolean {
    return this.alive && this.real.enabled;
  }

  /** Newest first among equals. */
  add(child: NaiveMapRegion, addr: number, priority: number): void {
    child.container = this;
    child.addr = addr;
    child.priority = priority;
    const at = this.children.findIndex((other) => priority >= other.priority);
    this.children.splice(at < 0 ? this.children.length : at, 0, child);
  }

  remove(child: NaiveMapRegion): void {
    this.children.splice(this.children.indexOf(child), 1);
    child.container = null;
  }

  move(addr: number): void {
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

  /** Whether `other` is this region or below it. */
  reaches(other: NaiveMapRegion): boolean {
    if (this === other) return true;
    if (this.target?.reaches(other)) return true;
    return this.children.some((child) => child.reaches(other));
  }

  /** What shows at an offset of this region. */
  resolve(offset: number, above: Omit<Shown, "region" | "offset">): Shown | null {
    if (!this.enabled || offset < 0 || offset >= this.size) return null;
    const here = {
      readonly: above.readonly || this.real.readonly,
      nonvolatile: above.nonvolatile || this.real.nonvolatile,
      unmergeable: above.unmergeable || this.real.unmergeable,
      way: `${above.way}/${internalsOf(this.real).id}`,
    };
    if (this.target) return this.target.resolve(offset + this.aliasOffset, here);
    for (const child of this.children) {
      const found = child.resolve(offset - child.addr, here);
      if (found) return found;
    }
    return this.leaf ? { ...here, region: this, offset } : null;
  }

  /** The region that a view of this one starts at. */
  simplified(): NaiveMapRegion | null {
    if (!this.enabled) return null;
    if (this.target) {
      const whole = this.aliasOffset === 0 && this.size >= this.target.size;
      return whole ? this.target.simplified() : this;
    }
    if (this.leaf) return this;
    const enabled = this.children.filter((child) => child.enabled);
    const [only] = enabled;
    if (!only) return null;
    return enabled.length === 1 && only.addr === 0 && only.size <= this.size
      ? only.simplified()
      : this;
  }
}

/** The ranges of `[0, extent)` below a root, address by address. */
export function naiveRanges(root: NaiveMapRegion | null, extent: number): NaiveRange[] {
  const ranges: NaiveRange[] = [];
  if (!root) return ranges;
  const plain = { readonly: false, nonvolatile: false, unmergeable: false, way: "" };
  for (let at = 0; at < extent; at++) {
    const shown = root.resolve(at - root.addr, plain);
    if (!shown) continue;
    const last = ranges.at(-1);
    if (last && last.end === at && isOne(last, shown)) last.end++;
    else ranges.push({ start: at, end: at + 1, shown });
  }
  return ranges;
}

function isOne({ start, end, shown }: NaiveRange, next: Shown): boolean {
  if (shown.region !== next.region || shown.offset + end - start !== next.offset) return false;
  if (shown.way === next.way) return true;
  return (
    shown.readonly === next.readonly &&
    shown.nonvolatile === next.nonvolatile &&
    !shown.unmergeable &&
    !next.unmergeable
  );
}
