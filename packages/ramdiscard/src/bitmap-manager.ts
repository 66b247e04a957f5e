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
import { type MemoryRegionSection, SectionCopy } from "@mem/flat";
import { BlockBitmap } from "./block-bitmap.js";
import { DiscardStatus } from "./discard-status.js";
import type {
  RamDiscardListener,
  RamDiscardManager,
  ReplayRamSection,
} from "./ram-discard-manager.js";

interface Registration {
  readonly listener: RamDiscardListener;
  readonly copy: SectionCopy;
}

/**
 * A manager that knows for each block of a region whether it is populated, in the way of
 * virtio-mem. At first nothing is. A last part that does not fill a block is not managed, and
 * never populated. What listeners throw is logged; it counts as a refusal.
 */
export class BitmapRamDiscardManager implements RamDiscardManager {
  readonly region: MemoryRegion;
  /** Bytes in a block. */
  readonly granularity: bigint;
  readonly #populated: BlockBitmap;
  #registrations: readonly Registration[] = [];

  /**
   * @param granularity bytes in a block, a power of two.
   * @throws RegionOptionsError when the region is not RAM, or the granularity no power of two.
   */
  constructor(region: MemoryRegion, granularity: Address) {
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

  /** How many blocks are managed. */
  get blocks(): number {
    return this.#populated.length;
  }

  getMinGranularity(_region: MemoryRegion): bigint {
    return this.granularity;
  }

  isPopulated(section: MemoryRegionSection): boolean {
    this.#checkSection(section);
    const end = section.offsetWithinRegion + section.size;
    const to = (end + this.granularity - 1n) / this.granularity;
    return this.#populated.all(this.#blockAt(section.offsetWithinRegion), Number(to));
  }

  replayPopulated(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus {
    return this.#replay(section, true, replay);
  }

  replayDiscarded(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus {
    return this.#replay(section, false, replay);
  }

  /** @throws LifecycleError when the listener is registered already. */
  registerListener(listener: RamDiscardListener, section: MemoryRegionSection): DiscardStatus {
    this.#checkSection(section);
    if (this.#registrations.some((known) => known.listener === listener)) {
      throw this.#lifecycle("discard-listener-twice", "the listener is registered already");
    }
    this.#registrations = [{ listener, copy: new SectionCopy(section) }, ...this.#registrations];
    return this.replayPopulated(section, (part) => this.#populate(listener, part));
  }

  /** @throws LifecycleError when the listener is not registered. */
  unregisterListener(listener: RamDiscardListener): void {
    const registration = this.#registrations.find((known) => known.listener === listener);
    if (!registration) {
      throw this.#lifecycle("discard-listener-unknown", "the listener is not registered");
    }
    const { section } = registration.copy;
    if (this.#populated.any) {
      if (listener.doubleDiscardSupported) this.#discard(listener, section);
      else this.replayPopulated(section, (part) => this.#discard(listener, part));
    }
    this.#registrations = this.#registrations.filter((known) => known !== registration);
    registration.copy[Symbol.dispose]();
  }

  /**
   * Populates whole blocks, if all listeners agree; newest first, and also for blocks that are
   * populated already.
   * @returns `BUSY` when one refused; nothing has changed then.
   * @throws AddressError when the range is not whole blocks of the region.
   */
  populate(offset: Address, size: Address): DiscardStatus {
    const range = this.#checkRange(offset, size);
    const agreed: { listener: RamDiscardListener; part: MemoryRegionSection }[] = [];
    for (const { listener, copy } of this.#registrations) {
      const part = copy.section.withinRegion(range.offset, range.size);
      if (part === null) continue;
      if (this.#populate(listener, part) !== DiscardStatus.OK) {
        for (const earlier of agreed) this.#discard(earlier.listener, earlier.part);
        return DiscardStatus.BUSY;
      }
      agreed.push({ listener, part });
    }
    this.#populated.fill(range.from, range.to, true);
    return DiscardStatus.OK;
  }

  /**
   * Discards whole blocks. Listeners are told, whether or not the blocks were populated.
   * @throws AddressError when the range is not whole blocks of the region.
   */
  discard(offset: Address, size: Address): void {
    const range = this.#checkRange(offset, size);
    for (const { listener, copy } of this.#registrations) {
      const part = copy.section.withinRegion(range.offset, range.size);
      if (part !== null) this.#discard(listener, part);
    }
    this.#populated.fill(range.from, range.to, false);
  }

  // ---- internals ------------------------------------------------------------------------

  #replay(section: MemoryRegionSection, on: boolean, replay: ReplayRamSection): DiscardStatus {
    this.#checkSection(section);
    let run = this.#populated.nextRun(this.#blockAt(section.offsetWithinRegion), on);
    for (; run !== null; run = this.#populated.nextRun(run.to, on)) {
      const size = BigInt(run.to - run.from) * this.granularity;
      const part = section.withinRegion(BigInt(run.from) * this.granularity, size);
      if (part === null) break;
      const status = replay(part);
      if (status) return status;
    }
    return DiscardStatus.OK;
  }

  #populate(listener: RamDiscardListener, part: MemoryRegionSection): DiscardStatus {
    try {
      return listener.notifyPopulate(part) ?? DiscardStatus.OK;
    } catch (error) {
      this.region.logCallbackError(error);
      return DiscardStatus.INVALID;
    }
  }

  #discard(listener: RamDiscardListener, part: MemoryRegionSection): void {
    try {
      listener.notifyDiscard(part);
    } catch (error) {
      this.region.logCallbackError(error);
    }
  }

  #blockAt(offset: bigint): number {
    return Number(offset / this.granularity);
  }

  #checkRange(offset: Address, size: Address) {
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
    return { offset: start, size: bytes, from, to };
  }

  #checkSection(section: MemoryRegionSection): void {
    if (section.region === this.region) return;
    throw new RegionOptionsError(
      `a section of ${section.region.describe()} was given to the manager of ${this.region.describe()}`,
      {
        rule: "discard-region",
        region: this.region.describe(),
        other: section.region.describe(),
      },
    );
  }

  #lifecycle(rule: string, message: string): LifecycleError {
    const region = this.region.describe();
    return new LifecycleError(`${region}: ${message}`, { rule, region });
  }
}
