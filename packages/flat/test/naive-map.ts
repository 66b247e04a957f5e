import { NaiveRegion, naiveRoot, naiveShown, type NaiveShown } from "@mem/common";
import { internalsOf } from "@mem/core/plumbing";
import type { MemoryRegion } from "@mem/flat";

const INHERITED = ["nonvolatile", "readonly", "unmergeable"] as const;

/** A region of a random map, in the model by the letter of the rules. */
export class MapRegion extends NaiveRegion<bigint> {
  readonly real: MemoryRegion;
  #alive = true;

  constructor(real: MemoryRegion, size: bigint, target: MapRegion | null = null, aliasOffset = 0n) {
    super({ size, leaf: internalsOf(real).terminates, target, aliasOffset, zero: 0n });
    this.real = real;
  }

  get enabled(): boolean {
    return this.#alive && this.real.enabled;
  }

  get inherited(): readonly string[] {
    return INHERITED.filter((name) => this.real[name]);
  }

  die(): void {
    this.#alive = false;
    this.container?.remove(this);
    for (const child of this.children) this.remove(child);
  }

  /** What shows at an address of a view that starts here. */
  shownAt(addr: bigint): NaiveShown<MapRegion, bigint> | null {
    const root = naiveRoot<bigint, MapRegion>(this);
    return root && naiveShown<bigint, MapRegion>(root, addr - root.addr);
  }
}
