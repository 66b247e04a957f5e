import {
  type Address,
  AddressError,
  hex,
  LifecycleError,
  type MemoryRegion,
  RegionOptionsError,
  toAddress,
  toSize,
} from "@mem/core";
import { checkBytes } from "@mem/core/plumbing";
import type { MemoryRegionSection } from "@mem/flat";
import { dataOf, Inspectable, type Summary } from "@mem/flat/plumbing";
import type { Ink } from "@mem/qom";
import { checkReplay, checkSection, checkSourceCall } from "../arguments.js";
import { BlockBitmap } from "./block-bitmap.js";
import { DiscardStatus } from "../discard-status.js";
import type { RamDiscardManager } from "../ram-discard-manager.js";
import type { AnnounceOptions, RamDiscardSource, ReplayRamSection } from "../ram-discard-source.js";

/**
 * Blocks `[from, to)` of a region.
 * @see {@link BitmapRamDiscardSource}, whose blocks it names
 */
export interface BlockRange {
  /** Index of the first block. */
  readonly from: number;
  /** Index of the block behind the last. */
  readonly to: number;
}

/**
 * A source that knows for each block of a region whether it is populated. At first nothing is.
 * A last part of the region that does not fill a block is not managed, and never populated.
 */
export class BitmapRamDiscardSource extends Inspectable implements RamDiscardSource {
  /** The RAM that it decides about. */
  readonly region: MemoryRegion;
  /** Bytes in a block. */
  readonly granularity: bigint;
  #populated: BlockBitmap;
  #manager: RamDiscardManager | null = null;

  /**
   * @param granularity bytes in a block, a power of two.
   * @throws RegionOptionsError when the region is not RAM, or the granularity no power of two.
   */
  constructor(region: MemoryRegion, granularity: Address) {
    super();
    checkSourceCall(region);
    const block = toSize(granularity, "granularity", region.describe());
    if (!region.isRam || block === 0n || (block & (block - 1n)) !== 0n) {
      throw new RegionOptionsError(
        `${region.describe()} cannot be managed in blocks of ${hex(block)} bytes`,
        { rule: "discard-granularity", region: region.describe(), address: block },
      );
    }
    this.region = region;
    this.granularity = block;
    this.#populated = new BlockBitmap(Number(region.size / block));
  }

  /** Number of blocks that are managed. */
  get blocks(): number {
    return this.#populated.length;
  }

  /** Number of those that are populated. */
  get populatedBlocks(): number {
    return this.#populated.count;
  }

  protected override summarize(): Summary {
    const { blocks, granularity, populatedBlocks, region } = this;
    return {
      kind: "BitmapRamDiscardSource",
      name: region.name,
      facts: [`${populatedBlocks} of ${blocks} block(s) of ${hex(granularity)} bytes populated`],
      lines: (ink) => this.#lines(ink),
    };
  }

  /** Block size and counts, and the first 256 runs of populated bytes of the region. */
  toJSON(): object {
    const { blocks, granularity, populatedBlocks, region } = this;
    const populated = dataOf(this.#runs(), (run) => ({
      offset: hex(this.#offsetOf(run.from)),
      size: hex(this.#sizeOf(run)),
    }));
    return {
      region: region.name,
      granularity: hex(granularity),
      blocks,
      populatedBlocks,
      populated,
    };
  }

  /** The manager that it belongs to. */
  get manager(): RamDiscardManager | null {
    return this.#manager;
  }

  /**
   * Called by the manager.
   * @throws LifecycleError when it belongs to one already; RegionOptionsError when that is one of
   *   another region.
   */
  managedBy(manager: RamDiscardManager | null): void {
    const region = this.region.describe();
    if (manager && this.#manager) {
      throw new LifecycleError(`${region}: the source belongs to a manager already`, {
        rule: "discard-source-twice",
        region,
      });
    }
    if (manager && manager.region !== this.region) {
      const other = manager.region.describe();
      throw new RegionOptionsError(`a source of ${region} was given to the manager of ${other}`, {
        rule: "discard-region",
        region,
        other,
      });
    }
    this.#manager = manager;
  }

  getMinGranularity(_region: MemoryRegion): bigint {
    return this.granularity;
  }

  /**
   * True if all blocks that a section touches are populated.
   * @throws ArgumentError for what is no section
   */
  isPopulated(section: MemoryRegionSection): boolean {
    checkSection(section);
    const end = section.offsetWithinRegion + section.size;
    const to = (end + this.granularity - 1n) / this.granularity;
    return this.#populated.all(this.#blockAt(section.offsetWithinRegion), Number(to));
  }

  /**
   * Calls back for each populated part of a section, ascending.
   * @throws ArgumentError for what is no section, or no function
   */
  replayPopulated(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus {
    return this.#replay(section, true, replay);
  }

  /**
   * Calls back for each discarded part of a section, ascending.
   * @throws ArgumentError for what is no section, or no function
   */
  replayDiscarded(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus {
    return this.#replay(section, false, replay);
  }

  /**
   * Populates whole blocks, if all listeners of the manager agree.
   * @returns `BUSY` when one refused; nothing has changed then.
   * @throws AddressError when the range is not whole blocks of the region.
   */
  populate(offset: Address, size: Address, options: AnnounceOptions = {}): DiscardStatus {
    const { from, to } = this.blockRange(offset, size);
    const status = this.#manager?.announcePopulate(this, offset, size, options);
    if (status) return status;
    this.#populated.fill(from, to, true);
    return DiscardStatus.OK;
  }

  /**
   * Discards whole blocks.
   * @throws AddressError when the range is not whole blocks of the region; LifecycleError while
   *   a listener of the manager is being called.
   */
  discard(offset: Address, size: Address, options: AnnounceOptions = {}): void {
    const { from, to } = this.blockRange(offset, size);
    this.#manager?.announceDiscard(this, offset, size, options);
    this.#populated.fill(from, to, false);
  }

  /** True if all blocks of a range have this state. */
  areBlocks({ from, to }: BlockRange, populated: boolean): boolean {
    return this.#populated.all(from, to, populated);
  }

  /** The run of discarded blocks around some that are discarded. */
  discardedAround({ from, to }: BlockRange): BlockRange {
    return this.#populated.clearAround(from, to);
  }

  /**
   * The blocks of a range of bytes.
   * @throws AddressError when the range is not whole blocks of the region.
   */
  blockRange(offset: Address, size: Address): BlockRange {
    const start = toAddress(offset, "offset", this.region.describe());
    const bytes = toSize(size, "size", this.region.describe());
    const from = this.#blockAt(start);
    const to = this.#blockAt(start + bytes);
    const whole = start % this.granularity === 0n && bytes % this.granularity === 0n;
    if (!whole || bytes === 0n || to > this.blocks) {
      throw new AddressError(
        `${hex(start)}+${hex(bytes)} is not whole blocks of ${this.region.describe()}`,
        { rule: "discard-range", region: this.region.describe(), address: start },
      );
    }
    return { from, to };
  }

  /** Bitmap of the populated blocks: eight a byte, the first in the lowest bit. */
  save(): Uint8Array {
    return this.#populated.pack();
  }

  /**
   * Brings the blocks to the state that {@link save} wrote down: populates first what has to be,
   * and discards then.
   * @param dropped called for each run of blocks before it is discarded
   * @returns `BUSY` when a listener refused; nothing has changed then.
   * @throws RegionOptionsError when the state is one of another number of blocks; LifecycleError
   *   while a listener of the manager is being called; ArgumentError for what are no bytes.
   */
  load(state: Uint8Array, dropped?: (run: BlockRange) => void): DiscardStatus {
    const region = this.region.describe();
    checkBytes(state, "source.load");
    if (state.length !== Math.ceil(this.blocks / 8)) {
      throw new RegionOptionsError(
        `${region}: ${state.length} bytes do not hold the state of ${this.blocks} blocks`,
        { rule: "discard-state", region },
      );
    }
    if (this.#manager?.notifying) {
      throw new LifecycleError(`${region}: cannot load while a discard listener is being called`, {
        rule: "discard-notifying",
        region,
      });
    }
    const wanted = BlockBitmap.unpack(state, this.blocks);
    const done: BlockRange[] = [];
    for (const run of differences(wanted, this.#populated)) {
      if (this.populate(this.#offsetOf(run.from), this.#sizeOf(run)) !== DiscardStatus.OK) {
        for (const undone of done) this.discard(this.#offsetOf(undone.from), this.#sizeOf(undone));
        return DiscardStatus.BUSY;
      }
      done.push(run);
    }
    for (const run of differences(this.#populated, wanted)) {
      dropped?.(run);
      this.discard(this.#offsetOf(run.from), this.#sizeOf(run));
    }
    return DiscardStatus.OK;
  }

  // ---- internals ------------------------------------------------------------------------

  #replay(section: MemoryRegionSection, on: boolean, replay: ReplayRamSection): DiscardStatus {
    checkSection(section);
    checkReplay(replay);
    let run = this.#populated.nextRun(this.#blockAt(section.offsetWithinRegion), on);
    for (; run !== null; run = this.#populated.nextRun(run.to, on)) {
      const part = section.withinRegion(this.#offsetOf(run.from), this.#sizeOf(run));
      if (part === null) break;
      const status = replay(part);
      if (status) return status;
    }
    return DiscardStatus.OK;
  }

  /** The runs of populated blocks, ascending. */
  *#runs(): Generator<BlockRange> {
    let run = this.#populated.nextRun(0, true);
    for (; run !== null; run = this.#populated.nextRun(run.to, true)) yield run;
  }

  *#lines(ink: Ink): Generator<string> {
    for (const run of this.#runs()) {
      const [start, size] = [this.#offsetOf(run.from), this.#sizeOf(run)];
      yield `${ink(`${hex(start)}-${hex(start + size - 1n)}`, "number")} populated`;
    }
  }

  #blockAt(offset: bigint): number {
    return Number(offset / this.granularity);
  }

  #offsetOf(block: number): bigint {
    return BigInt(block) * this.granularity;
  }

  #sizeOf({ from, to }: BlockRange): bigint {
    return BigInt(to - from) * this.granularity;
  }
}

/** The runs of blocks that are set in `a` and clear in `b`. */
function differences(a: BlockBitmap, b: BlockBitmap): BlockRange[] {
  const runs: BlockRange[] = [];
  for (let run = a.nextRun(0, true); run !== null; run = a.nextRun(run.to, true)) {
    for (let at = run.from; at < run.to;) {
      const clear = b.nextRun(at, false);
      if (!clear || clear.from >= run.to) break;
      runs.push({ from: clear.from, to: Math.min(clear.to, run.to) });
      at = clear.to;
    }
  }
  return runs;
}
