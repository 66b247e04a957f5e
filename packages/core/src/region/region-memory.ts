import { aNumber, checkArgument } from "@mem/qom/plumbing";
import { checkSpan, refuseArgument } from "../arguments.js";
import { type Address, toSize } from "../address.js";
import { LifecycleError } from "../errors.js";
import { blockInternals, DirtyClient } from "../ram/block.js";
import { resizeRam } from "../ram/resize.js";
import { liveBytes, syncRam } from "../ram/sync.js";
import { RegionUses } from "./uses.js";

/**
 * The memory behind a region: its bytes, its length, and who wants to know of stores into it.
 * @see {@link MemoryRegion}
 */
export abstract class RegionMemory extends RegionUses {
  abstract override get alias(): RegionMemory | null;
  /** Size in bytes. */
  abstract get size(): bigint;
  abstract set size(size: Address);
  /** Offset in its target at which an alias starts, in bytes. */
  abstract get aliasOffset(): bigint;

  /**
   * The live bytes of a RAM region (`memory_region_get_ram_ptr`); aliases are followed.
   * @throws RamBlockError when there is no memory, or the range leaves it.
   */
  ramBytes(offset: Address = 0, length?: Address): Uint8Array {
    return liveBytes(this, offset, length);
  }

  /**
   * Brings bytes to the file behind the memory (`memory_region_msync`, `memory_region_writeback`).
   * Memory without a backing that can be synced has nothing to do.
   */
  msync(offset: Address, length: Address): void {
    this.assertUsable("sync");
    syncRam(this, offset, length);
  }

  /**
   * Changes the used length of a resizeable RAM region (`memory_region_ram_resize`), in bytes.
   * @throws RamBlockError when it exceeds the maximum, or the memory has no other size, or is none.
   */
  ramResize(newSize: Address): void {
    this.assertUsable("resize");
    resizeRam(this, this.host, toSize(newSize, "RAM size", this.describe()));
  }

  /** Dirty clients that want to know of writes, as a mask of `1 << client`. */
  get dirtyLogMask(): number {
    let mask = this.watchers.vgaLogs > 0 ? 1 << DirtyClient.VGA : 0;
    if (this.system.globalDirtyLog && (this.ramBlock?.migratable || this.kind === "iommu")) {
      mask |= 1 << DirtyClient.MIGRATION;
    }
    if (this.system.codeDirtyLog && this.ramBlock) mask |= 1 << DirtyClient.CODE;
    return mask;
  }

  /**
   * True if one of the dirty clients wants to know of writes (`memory_region_is_logging`).
   * @throws ArgumentError when the client is no number
   */
  isLogging(client: DirtyClient): boolean {
    checkArgument(client, aNumber, "region.isLogging", "the client", refuseArgument);
    return ((this.dirtyLogMask >>> client) & 1) === 1;
  }

  /**
   * Turns dirty logging for a display on or off (`memory_region_set_log`). It counts: two "on"
   * need two "off".
   * @throws LifecycleError when it is turned off more often than on.
   */
  setLog(on: boolean): void {
    this.assertSettable("set logging of", on);
    const { vgaLogs } = this.watchers;
    if (!on && vgaLogs === 0) {
      throw new LifecycleError(`${this.describe()}: dirty logging is not on`, {
        rule: "log-not-on",
        region: this.describe(),
      });
    }
    const next = vgaLogs + (on ? 1 : -1);
    const isFirstOrLast = on ? next === 1 : next === 0;
    if (!isFirstOrLast) {
      this.ownWatchers.vgaLogs = next;
      return;
    }
    this.change(() => {
      this.ownWatchers.vgaLogs = next;
      this.attributesChanged();
    });
  }

  /**
   * Tells the dirty clients that `[offset, offset + length)` of the memory was written.
   * @throws ArgumentError unless both are numbers from 0 on
   */
  markWritten(offset: number, length: number): void {
    checkSpan(offset, length, "region.markWritten");
    const mask = this.dirtyLogMask & ~(1 << DirtyClient.CODE);
    const { ramBlock } = this;
    if (ramBlock === null) return;
    if (mask !== 0) ramBlock.markDirty(offset, length, mask);
    blockInternals(ramBlock).codeStored(offset, length);
  }
}
