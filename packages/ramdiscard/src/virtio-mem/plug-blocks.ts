import { type MemoryRegion, RAM_CHUNK_BYTES } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { BitmapRamDiscardSource, type BlockRange } from "../bitmap/bitmap-source.js";
import { DiscardStatus } from "../discard-status.js";

/**
 * The blocks of a region that is plugged in parts: which are plugged, in agreement with the
 * listeners of the region's discard manager, and the memory behind them.
 */
export class PlugBlocks {
  /** Source of the region's discard manager. */
  readonly source: BitmapRamDiscardSource;
  readonly #region: MemoryRegion;

  constructor(region: MemoryRegion, blockSize: bigint) {
    this.#region = region;
    this.source = new BitmapRamDiscardSource(region, blockSize);
  }

  /** All blocks. */
  get all(): BlockRange {
    return { from: 0, to: this.source.blocks };
  }

  /** Bytes that are plugged. */
  get pluggedSize(): bigint {
    return BigInt(this.source.populatedBlocks) * this.source.granularity;
  }

  /** Plugs blocks that begin as 0; says whether all listeners agreed. */
  plug(range: BlockRange): boolean {
    // What was stored into an unplugged block must not show in a plugged one.
    this.drop(range);
    if (this.source.populate(this.offset(range), this.bytes(range)) === DiscardStatus.OK) {
      return true;
    }
    // Who agreed at first may have touched the memory.
    this.drop(range);
    return false;
  }

  /** Unplugs blocks. */
  unplug(range: BlockRange): void {
    this.drop(range);
    this.source.discard(this.offset(range), this.bytes(range));
  }

  /**
   * Gives the memory of blocks back to the host. Unplugged neighbours within the same chunks of
   * sparse memory are included, as only whole chunks go back.
   */
  drop(blocks: BlockRange): void {
    const around = this.source.discardedAround(blocks);
    const chunk = BigInt(RAM_CHUNK_BYTES);
    const end = this.offset(blocks) + this.bytes(blocks);
    const from = larger((this.offset(blocks) / chunk) * chunk, this.offset(around));
    const to = smaller(((end + chunk - 1n) / chunk) * chunk, this.offset({ from: around.to }));
    try {
      this.#region.ramBlock?.discard(Number(from), Number(to - from));
    } catch (error) {
      // The memory is gone; what failed is somebody who watches the topology.
      internalsOf(this.#region).logCallbackError(error);
    }
  }

  /** Offset of a range in the region, in bytes. */
  offset({ from }: Pick<BlockRange, "from">): bigint {
    return BigInt(from) * this.source.granularity;
  }

  /** Bytes in a range. */
  bytes({ from, to }: BlockRange): bigint {
    return BigInt(to - from) * this.source.granularity;
  }
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
