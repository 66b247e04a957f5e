import {
  type Address,
  AddressError,
  hex,
  IommuAccess,
  type IommuTlbEntry,
  MEMTXATTRS_UNSPECIFIED,
  type MemorySystem,
  toAddress,
  toSize,
} from "@mem/core";
import { checkOptions, refuseRegionOptions, internalsOf } from "@mem/core/plumbing";
import type { AddressSpace } from "@mem/flat";
import { dataOf } from "@mem/flat/plumbing";
import type { Ink } from "@mem/qom";
import { alignedBlocks } from "../aligned-blocks.js";
import { optionsOf, PAGE_TABLE_OPTIONS } from "../arguments.js";
import { ReportingIommu } from "../faults/reporting-iommu.js";
import type { IommuEvent } from "../iommu-event.js";
import { type IommuNotifier, IommuNotifierFlag } from "../iommu-notifier.js";
import { Iotlb } from "../iotlb/iotlb.js";
import { MAX_REPLAY_STEPS } from "../replay.js";
import { pageEntry, unmapped } from "./mapped-pages.js";
import { PageTableContext, type TableDifference } from "./page-table-context.js";
import { lastInput, type PageTableShape } from "./page-table-format.js";
import { type PageTableIommuOptions, shapeOf } from "./page-table-options.js";
import { PageTableWalker } from "./page-table-walker.js";
import { TableMemory } from "./table-memory.js";

const PAGE = 4096;
const ROOT_END = 2 ** 52;

/**
 * An IOMMU that walks page tables in guest memory, of three or four levels and 8-byte entries,
 * and keeps what it finds in an IOTLB. Each index has a root of its own.
 *
 * As with hardware, whoever changes a table tells so: {@link invalidateRange} and its like drop
 * what the IOTLB holds, and tell notifiers. One that wants `UNMAP` is told the range; one that
 * wants `MAP` as well, and so mirrors the tables, is told what differs from what it was told
 * before. A missing permission is looked up anew, so giving more needs no invalidation.
 *
 * @example
 * const iommu = machine.adopt(
 *   new PageTableIommu(machine, { name: "iommu", size: 2n ** 48n, target: space }),
 * );
 * [0x1000, 0x2000, 0x3000].forEach((table) => space.store(table, 4, table + 0x1000 + 3));
 * space.store(0x4000, 4, 0x9000 + 3); // the last table: the page at 0 is at 0x9000, for writing too
 * iommu.setRoot(0, 0x1000);
 * console.log(machine.addressSpace(iommu, "device").store(4, 4, 7), space.load(0x9004, 4)); // prints: 0 7
 */
export class PageTableIommu extends ReportingIommu {
  /** The cache of translations, with its statistics. */
  readonly iotlb: Iotlb;
  readonly #options: PageTableIommuOptions;
  readonly #contexts = new Map<number, PageTableContext>();
  readonly #marksUse: boolean;
  /** Page sizes that the IOMMU was made with. */
  readonly #madeWith: number;
  /** Last address that can be translated. */
  readonly #last: number;
  #shape: PageTableShape;
  /** Counts invalidations, so that a walk notices one that happens meanwhile. */
  #generation = 0;

  /** @throws RegionOptionsError for tables, an IOTLB or a fault log that cannot be. */
  constructor(system: MemorySystem, options: PageTableIommuOptions) {
    const table = optionsOf(PAGE_TABLE_OPTIONS, new.target !== PageTableIommu);
    checkOptions(options, table, refuseRegionOptions);
    const shape = shapeOf(options);
    const iotlb = new Iotlb(options.iotlbEntries);
    super(system, options);
    this.iotlb = iotlb;
    this.#options = options;
    this.#shape = shape;
    this.#madeWith = shape.pageSizes;
    this.#marksUse = options.accessedDirty ?? false;
    const limit = lastInput(shape.levels);
    this.#last = this.size > BigInt(limit) ? limit : Math.max(0, Number(this.size) - 1);
  }

  // ---- the tables -----------------------------------------------------------------------

  /** Address of the top table of an index, in bytes; `null` when it has none. */
  root(iommuIdx: number): number | null {
    this.checkIndex(iommuIdx);
    return this.#contexts.get(iommuIdx)?.root ?? null;
  }

  /**
   * Gives an index its top table, or none, and invalidates what was known of it.
   * @param address a multiple of 4096 below 2^52; `null` refuses all that the index is used for.
   * @throws AddressError for any other; RegionOptionsError when there is no such index.
   */
  setRoot(iommuIdx: number, address: Address | null): void {
    this.checkIndex(iommuIdx);
    this.#contextOf(iommuIdx).root = address === null ? null : this.#rootOf(address);
    this.invalidateIndex(iommuIdx);
  }

  // ---- translation ----------------------------------------------------------------------

  override translate(
    addr: bigint,
    flag: IommuAccess,
    iommuIdx: number,
  ): IommuTlbEntry<AddressSpace> {
    const isWrite = (flag & IommuAccess.WO) !== 0;
    const held = this.iotlb.lookup(Number(addr), iommuIdx, isWrite && this.#marksUse);
    if (held !== null && (flag & ~held.perm) === 0) return held;
    return this.#walk(addr, flag, iommuIdx);
  }

  override getMinPageSize(): bigint {
    const sizes = this.#shape.pageSizes;
    return BigInt(sizes & -sizes);
  }

  /** Mappings of an index's tables at present, ascending; at most 2^20 pages. */
  override mappings(iommuIdx: number): readonly IommuTlbEntry<AddressSpace>[] {
    this.checkIndex(iommuIdx);
    const { entries, missed } = this.#contextOf(iommuIdx).pages(0, this.#last);
    this.#logMissed(iommuIdx, missed);
    return entries;
  }

  protected override onPageSizeMask(mask: bigint): string | void {
    const pageSizes = Number(BigInt(this.#madeWith) & mask);
    if (pageSizes === 0) return `page size mask ${hex(mask)} leaves no page size`;
    if (pageSizes === this.#shape.pageSizes) return;
    this.#shape = { ...this.#shape, pageSizes };
    for (const context of this.#contexts.values()) context.walker = this.#walker();
    this.invalidateAll();
  }

  // ---- invalidation ---------------------------------------------------------------------

  /** Drops everything that is known of all tables, and tells the notifiers. */
  invalidateAll(): void {
    this.#generation++;
    this.iotlb.invalidateAll();
    for (const iommuIdx of this.#watched()) this.#tell(iommuIdx, 0, this.#last);
  }

  /**
   * Drops everything that is known of one table, and tells its notifiers.
   * @throws RegionOptionsError when there is no such index.
   */
  invalidateIndex(iommuIdx: number): void {
    this.checkIndex(iommuIdx);
    this.#generation++;
    this.iotlb.invalidateIndex(iommuIdx);
    this.#tell(iommuIdx, 0, this.#last);
  }

  /**
   * Drops what is known of the pages that touch a range, and tells the notifiers of the table.
   * What lies beyond the region or the tables is left out.
   * @throws RegionOptionsError when there is no such index; AddressError for a range that is none.
   */
  invalidateRange(iommuIdx: number, iova: Address, length: Address): void {
    const range = this.#pagesOf(iommuIdx, iova, length);
    if (range === null) return;
    this.#generation++;
    this.iotlb.invalidateRange(iommuIdx, range.first, range.last);
    this.#tell(iommuIdx, range.first, range.last);
  }

  /**
   * Tells devices that hold translations of a range themselves to drop them: notifiers that
   * want `DEVIOTLB_UNMAP`, and no others. The IOTLB is left as it is. All in bytes.
   * @throws as {@link invalidateRange} does.
   */
  invalidateDeviceIotlb(iommuIdx: number, iova: Address, length: Address): void {
    const range = this.#pagesOf(iommuIdx, iova, length);
    if (range === null) return;
    const type = IommuNotifierFlag.DEVIOTLB_UNMAP;
    for (const entry of this.#unmapping(range.first, range.last)) {
      this.notify(iommuIdx, { type, entry });
    }
  }

  // ---- mirrors --------------------------------------------------------------------------

  override notifyFlagChanged(
    oldFlags: IommuNotifierFlag,
    newFlags: IommuNotifierFlag,
  ): string | void {
    if ((newFlags & IommuNotifierFlag.MAP) !== 0 && this.#options.cachingMode === false) {
      return "mirroring the tables needs the caching mode, which is off";
    }
    return super.notifyFlagChanged(oldFlags, newFlags);
  }

  override unregisterNotifier(notifier: IommuNotifier): void {
    super.unregisterNotifier(notifier);
    const index = notifier.iommuIdx;
    if (!this.notifiers.some((other) => mirrors(other, index))) {
      this.#contexts.get(index)?.forget();
    }
  }

  /** One that mirrors the table is told what all mirrors know from then on. */
  override replay(notifier: IommuNotifier): void {
    const { iommuIdx } = notifier;
    if (!mirrors(notifier, iommuIdx) || !this.notifiers.includes(notifier)) {
      super.replay(notifier);
      return;
    }
    const context = this.#contextOf(iommuIdx);
    const others = this.notifiers.filter((other) => other !== notifier);
    this.#tellMirrors(iommuIdx, context.update(0, this.#last), others);
    for (const entry of context.told.slice()) notifier.notify(entry);
  }

  // ---- texts ----------------------------------------------------------------------------

  /**
   * Data of a {@link ReportingIommu}, with the roots of its first 256 tables, and the IOTLB's
   * counts.
   */
  override toJSON(): object {
    const roots = dataOf(this.#roots(), ([index, root]) => ({ index, root: hex(root) }));
    return { ...super.toJSON(), levels: this.#shape.levels, roots, iotlb: this.iotlb.toJSON() };
  }

  protected override *outlineLines(ink: Ink): Generator<string> {
    yield* super.outlineLines(ink);
    yield `${ink("cache", "faint")} ${String(this.iotlb)}`;
    for (const [index, root] of this.#roots()) {
      yield `${ink("root", "faint")} table ${index} at ${ink(hex(root), "number")}`;
    }
  }

  /** Tables that have a root, with its address. */
  *#roots(): Generator<[index: number, root: number]> {
    for (const [index, { root }] of this.#contexts) if (root !== null) yield [index, root];
  }

  // ---- internals ------------------------------------------------------------------------

  #walk(addr: bigint, flag: IommuAccess, iommuIdx: number): IommuTlbEntry<AddressSpace> {
    const context = this.#contexts.get(iommuIdx);
    const root = context?.root ?? null;
    if (!context || root === null) return this.refuse(addr, flag, iommuIdx, "no-table");
    const iova = Number(addr);
    if (iova > lastInput(this.#shape.levels)) {
      return this.refuse(addr, flag, iommuIdx, "out-of-range");
    }
    const { walker } = context;
    if (walker.isBusy) return this.refuse(addr, flag, iommuIdx, "table-recursion");
    const generation = this.#generation;
    walker.isBusy = true;
    try {
      const reason = walker.walk(root, iova);
      if (reason !== null) return this.refuse(addr, flag, iommuIdx, reason);
      const isAllowed = (flag & ~walker.perm) === 0;
      if (this.#marksUse && flag !== IommuAccess.NONE && isAllowed) {
        const isMarked = walker.markUsed((flag & IommuAccess.WO) !== 0);
        if (!isMarked) return this.refuse(addr, flag, iommuIdx, "table-access");
      }
    } finally {
      walker.isBusy = false;
    }
    const { base, shift, perm, isDirty } = walker;
    const start = Math.floor(iova / 2 ** shift) * 2 ** shift;
    const entry = pageEntry(this.#options.target, start, base, shift, perm);
    const isUsable = perm !== IommuAccess.NONE && (flag !== IommuAccess.NONE || !this.#marksUse);
    if (isUsable && generation === this.#generation) {
      this.iotlb.insert(iova, shift, iommuIdx, entry, isDirty);
    }
    return this.refuseMapped(entry, addr, flag, iommuIdx);
  }

  #contextOf(iommuIdx: number): PageTableContext {
    let context = this.#contexts.get(iommuIdx);
    if (!context) {
      context = new PageTableContext(this.#walker(), this.#options.target);
      this.#contexts.set(iommuIdx, context);
    }
    return context;
  }

  #walker(): PageTableWalker {
    const { target, tables = target, tableAttrs = MEMTXATTRS_UNSPECIFIED } = this.#options;
    return new PageTableWalker(new TableMemory(tables, tableAttrs), this.#shape);
  }

  #rootOf(address: Address): number {
    const exact = Number(toAddress(address, "root of page tables", this.describe()));
    if (exact % PAGE === 0 && exact < ROOT_END) return exact;
    throw new AddressError(`${this.describe()}: no page table can be at ${hex(address)}`, {
      rule: "page-table-root",
      region: this.describe(),
      address,
    });
  }

  /** The range in whole pages, as far as there can be any; `null` when none is left. */
  #pagesOf(iommuIdx: number, iova: Address, length: Address) {
    this.checkIndex(iommuIdx);
    const start = toAddress(iova, "invalidated address", this.describe());
    const size = toSize(length, "invalidated length", this.describe());
    if (size === 0n || start > BigInt(this.#last)) return null;
    const end = start + size - 1n;
    const first = Number(start) - (Number(start) % PAGE);
    const last = end > BigInt(this.#last) ? this.#last : Number(end | BigInt(PAGE - 1));
    return { first, last: Math.min(last, this.#last) };
  }

  /** Indexes that somebody watches. */
  #watched(): Set<number> {
    return new Set(this.notifiers.map(({ iommuIdx }) => iommuIdx));
  }

  #tell(iommuIdx: number, first: number, last: number): void {
    const told = this.notifiers.filter((notifier) => notifier.iommuIdx === iommuIdx);
    if (told.length === 0) return;
    const type = IommuNotifierFlag.UNMAP;
    const watchers = told.filter((notifier) => !mirrors(notifier, iommuIdx));
    if (watchers.length > 0) {
      for (const entry of this.#unmapping(first, last)) {
        for (const notifier of watchers) this.#tellOne(notifier, { type, entry });
      }
    }
    if (watchers.length === told.length) return;
    this.#tellMirrors(iommuIdx, this.#contextOf(iommuIdx).update(first, last), told);
  }

  #tellMirrors(
    iommuIdx: number,
    { gone, added, missed }: TableDifference,
    notifiers: readonly IommuNotifier[],
  ): void {
    this.#logMissed(iommuIdx, missed);
    const told = notifiers.filter((notifier) => mirrors(notifier, iommuIdx));
    for (const old of gone) {
      const event = { type: IommuNotifierFlag.UNMAP, entry: unmapped(old) };
      for (const notifier of told) this.#tellOne(notifier, event);
    }
    for (const entry of added) {
      const event = { type: IommuNotifierFlag.MAP, entry };
      for (const notifier of told) this.#tellOne(notifier, event);
    }
  }

  /** Of those who are told, one may have been unregistered by another. */
  #tellOne(notifier: IommuNotifier, event: IommuEvent): void {
    if (this.isRegistered(notifier)) this.notifyOne(notifier, event);
  }

  *#unmapping(first: number, last: number): Generator<IommuTlbEntry<AddressSpace>> {
    const targetAs = this.#options.target;
    for (const { iova, addrMask } of alignedBlocks(BigInt(first), BigInt(last))) {
      yield { targetAs, iova, translatedAddr: 0n, addrMask, perm: IommuAccess.NONE };
    }
  }

  #logMissed(iommuIdx: number, missed: number | null): void {
    if (missed === null) return;
    this.system.logOnce(
      `iommu-tables:${this.id}`,
      "guest_error",
      `${this.describe()}: table ${iommuIdx} maps more than ${MAX_REPLAY_STEPS} pages, or is too ` +
        `large to read; pages from ${hex(missed)} on are not reported`,
      internalsOf(this),
    );
  }
}

/** True if a notifier keeps a copy of a table. */
function mirrors(notifier: IommuNotifier, iommuIdx: number): boolean {
  return notifier.iommuIdx === iommuIdx && (notifier.flags & IommuNotifierFlag.MAP) !== 0;
}
