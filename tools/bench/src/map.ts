import { type AddressSpace, Machine, type MemoryListener, type MemoryRegion } from "@mem/flat";

/** Bytes from the start of one region to that of the next. */
export const STRIDE = 0x2000;
const REGION_BYTES = 0x1000;

/** How many regions the maps have. */
export const COUNTS: readonly number[] = [10, 100, 1000, 10_000, 100_000];

/** A container of many device regions side by side, with holes between them. */
export class RegionMap {
  readonly machine = new Machine();
  readonly root = this.machine.container({ name: "root", size: 1n << 48n });
  readonly regions: MemoryRegion[] = [];

  /** An address space on the map: what is built from then on is rendered, commit by commit. */
  see(name: string): AddressSpace {
    return this.machine.addressSpace(this.root, name);
  }

  /** Builds `count` regions, a commit each. */
  build(count: number): this {
    for (let i = 0; i < count; i++) this.#addOne();
    return this;
  }

  /** Builds `count` regions in one transaction. */
  buildAtOnce(count: number): this {
    this.machine.transaction(() => this.build(count));
    return this;
  }

  #addOne(): void {
    const { length } = this.regions;
    const region = this.machine.mmio({ name: null, size: REGION_BYTES, read: () => 1 });
    this.root.addSubregion(length * STRIDE, region);
    this.regions.push(region);
  }
}

/** A {@link RegionMap} with an address space that was there first. */
export class SeenMap extends RegionMap {
  readonly space = this.see("bus");
}

/** A listener that counts what it is told. */
export class CountingListener implements MemoryListener {
  added = 0;
  removed = 0;

  regionAdd(): void {
    this.added++;
  }

  regionDel(): void {
    this.removed++;
  }
}
