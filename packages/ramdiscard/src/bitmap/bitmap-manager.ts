import type { Address, MemoryRegion } from "@mem/core";
import { BitmapRamDiscardSource } from "./bitmap-source.js";
import type { DiscardStatus } from "../discard-status.js";
import { RamDiscardManager } from "../ram-discard-manager.js";

/**
 * A manager with a bitmap as its first source, to the letter as QEMU's virtio-mem was recorded:
 * listeners are told again of blocks that are populated, or discarded, already, and one that
 * refuses what is there when it is registered stays. More sources can be added.
 *
 * @example
 * const manager = new BitmapRamDiscardManager(ram, 0x1000); // in blocks of a page
 * setRamDiscardManager(ram, manager);
 * manager.populate(0x2000, 0x1000);
 * const section = findSection(system, 0x2000, 0x2000);
 * if (section) console.log(manager.isPopulated(section)); // prints: false
 */
export class BitmapRamDiscardManager extends RamDiscardManager {
  /** The source that {@link populate} and {@link discard} change. */
  readonly bitmap: BitmapRamDiscardSource;

  /**
   * @param granularity bytes in a block, a power of two.
   * @throws RegionOptionsError when the region is not RAM, or the granularity no power of two.
   */
  constructor(region: MemoryRegion, granularity: Address) {
    super(region, { keepRefusing: true });
    this.bitmap = new BitmapRamDiscardSource(region, granularity);
    this.addSource(this.bitmap);
  }

  /** Bytes in a block of the bitmap. */
  get granularity(): bigint {
    return this.bitmap.granularity;
  }

  /** Number of blocks that are managed. */
  get blocks(): number {
    return this.bitmap.blocks;
  }

  /**
   * Populates whole blocks, if all listeners agree; newest first, and also for blocks that are
   * populated already.
   * @returns `BUSY` when one refused; nothing has changed then.
   * @throws AddressError when the range is not whole blocks of the region.
   */
  populate(offset: Address, size: Address): DiscardStatus {
    return this.bitmap.populate(offset, size, { repeat: true });
  }

  /**
   * Discards whole blocks. Listeners are told, whether or not the blocks were populated.
   * @throws AddressError when the range is not whole blocks of the region; LifecycleError while
   *   a listener is being called.
   */
  discard(offset: Address, size: Address): void {
    this.bitmap.discard(offset, size, { repeat: true });
  }
}
