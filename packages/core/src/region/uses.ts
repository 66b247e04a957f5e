import type { QomObject } from "@mem/qom";
import { LifecycleError } from "../errors.js";
import { RegionAttributes } from "./attributes.js";

/**
 * The users of a region: their number, and the object that they count on.
 * @see {@link MemoryRegion}
 */
export abstract class RegionUses extends RegionAttributes {
  #shown = 0;

  /**
   * Takes a use of the region (`memory_region_ref`): RAM counts on itself, anything else on
   * its owner, and regions without an owner are not counted.
   * @param holder name of the taker, for leak reports
   */
  refUse(holder?: string): void {
    this.ownWatchers.uses++;
    countedFor(this)?.ref(holder);
  }

  /** Gives a use back (`memory_region_unref`), under the name that it was taken with. */
  unrefUse(holder?: string): void {
    this.ownWatchers.uses--;
    countedFor(this)?.unref(holder);
  }

  /** Takes a use by a rendered view, which only keeps the region alive. */
  protected refShown(): void {
    this.#shown++;
    countedFor(this)?.ref();
  }

  /** Gives a use by a rendered view back. */
  protected unrefShown(): void {
    this.#shown--;
    countedFor(this)?.unref();
  }

  /**
   * True if the region shows in an address space, or a map, a cache, a section copy or a foreign
   * container uses it.
   */
  get inUse(): boolean {
    return this.watchers.uses > 0 || (this.#shown > 0 && this.host.views.isShown(this));
  }

  /** True if what its uses count on still lives, so that it may be shown. */
  protected get isCountable(): boolean {
    const counted = countedFor(this);
    return counted === null || !(counted.finalizing || counted.finalized);
  }

  /** @throws LifecycleError after finalization, and after that of its owner. */
  protected assertCountable(action: string): void {
    this.assertUsable(action);
    if (this.isCountable) return;
    throw new LifecycleError(`cannot ${action} ${this.describe()}: its owner was finalized`, {
      rule: "owner-finalized",
      region: this.describe(),
    });
  }
}

/** The object that uses of a region count on. A function: a private member would cost each region a field. */
function countedFor(region: RegionUses): QomObject | null {
  return region.owner !== null && region.isRam ? region : region.owner;
}
