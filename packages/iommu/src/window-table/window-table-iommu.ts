import {
  type Address,
  ADDRESS_SPACE_END,
  hex,
  IommuAccess,
  type IommuTlbEntry,
  type MemorySystem,
  PAGE_SIZE,
  RegionOptionsError,
  toAddress,
  toSize,
} from "@mem/core";
import { checkOptions, refuseArgument, refuseRegionOptions } from "@mem/core/plumbing";
import type { AddressSpace } from "@mem/flat";
import { dataOf } from "@mem/flat/plumbing";
import type { Ink } from "@mem/qom";
import { windowData, windowText } from "../texts.js";
import { alignedBlocks } from "../aligned-blocks.js";
import { optionsOf, WINDOW, WINDOW_TABLE_OPTIONS } from "../arguments.js";
import { ReportingIommu, type ReportingIommuOptions } from "../faults/reporting-iommu.js";
import { IommuNotifierFlag } from "../iommu-notifier.js";
import { MAX_REPLAY_STEPS } from "../replay.js";
import { IommuWindowError } from "./window-error.js";
import { WindowList } from "./window-list.js";
import { type IommuWindow, TableWindow } from "./window.js";

/**
 * Options of a {@link WindowTableIommu}.
 * @see {@link WindowTableIommu}
 */
export interface WindowTableIommuOptions extends ReportingIommuOptions {
  /** The place where windows lead that name no address space of their own. */
  readonly target: AddressSpace;
  /** Unit of addresses and lengths, a power of two in bytes; default 4096. */
  readonly granule?: number;
}

/**
 * An IOMMU that translates by a list of windows, one list for each index: what a host sets up by
 * itself, with no table in guest memory. Notifiers are told of every change: `UNMAP` and
 * `DEVIOTLB_UNMAP` of what goes, then `MAP` of what comes, in aligned blocks of 2^n bytes.
 *
 * @example
 * const iommu = machine.adopt(
 *   new WindowTableIommu(machine, { name: "iommu", size: 2n ** 32n, target: space }),
 * );
 * iommu.addWindow({ iova: 0x5000, length: 0x1000, target: 0x3000 });
 * const device = machine.addressSpace(iommu, "device");
 * device.store(0x5010, 4, 7);
 * console.log(space.load(0x3010, 4), device.store(0, 4, 7)); // prints: 7 2
 */
export class WindowTableIommu extends ReportingIommu {
  readonly #target: AddressSpace;
  readonly #granule: bigint;
  readonly #lists = new Map<number, WindowList>();

  /** @throws RegionOptionsError for a granule that is no power of two, tables or records as few. */
  constructor(system: MemorySystem, options: WindowTableIommuOptions) {
    const table = optionsOf(WINDOW_TABLE_OPTIONS, new.target !== WindowTableIommu);
    checkOptions(options, table, refuseRegionOptions);
    const { granule = PAGE_SIZE } = options;
    if (!Number.isSafeInteger(granule) || granule < 1 || !Number.isInteger(Math.log2(granule))) {
      throw new RegionOptionsError(`windows in granules of ${granule} bytes`, {
        rule: "window-granule",
        region: options.name ?? undefined,
      });
    }
    super(system, options);
    this.#target = options.target;
    this.#granule = BigInt(granule);
  }

  /** The windows of a table, ascending. */
  windows(iommuIdx = 0): readonly Required<IommuWindow>[] {
    this.checkIndex(iommuIdx);
    return [...(this.#lists.get(iommuIdx)?.windows ?? [])];
  }

  /**
   * Adds a window, and tells notifiers of it.
   * @throws IommuWindowError when it overlaps another, is not made of granules, leaves the region
   *   or the target's 2^64 bytes, allows nothing, or would be told in more than 2^20 pieces;
   *   RegionOptionsError when there is no such table.
   */
  addWindow(window: IommuWindow, iommuIdx = 0): void {
    const list = this.#listOf(iommuIdx);
    const added = this.#check(window, list, null);
    list.add(added);
    this.#tellMapped(added, iommuIdx);
  }

  /**
   * Removes the window that begins at `iova`, and tells notifiers.
   * @throws IommuWindowError when there is none; RegionOptionsError when there is no such table.
   */
  removeWindow(iova: Address, iommuIdx = 0): void {
    const list = this.#listOf(iommuIdx);
    const removed = this.#at(iova, list);
    list.remove(removed);
    this.#tellUnmapped(removed, iommuIdx);
  }

  /**
   * Puts a window in the place of the one that begins at `iova`, in one step: no access finds
   * neither. Notifiers are told of the removal, then of the addition.
   * @throws as {@link addWindow} and {@link removeWindow} do, and nothing has changed then.
   */
  replaceWindow(iova: Address, window: IommuWindow, iommuIdx = 0): void {
    const list = this.#listOf(iommuIdx);
    const removed = this.#at(iova, list);
    const added = this.#check(window, list, removed);
    list.remove(removed);
    list.add(added);
    this.#tellUnmapped(removed, iommuIdx);
    this.#tellMapped(added, iommuIdx);
  }

  /** Removes all windows of a table, and tells notifiers. */
  clearWindows(iommuIdx = 0): void {
    const list = this.#listOf(iommuIdx);
    this.#lists.delete(iommuIdx);
    for (const window of list.windows) this.#tellUnmapped(window, iommuIdx);
  }

  override translate(
    addr: bigint,
    flag: IommuAccess,
    iommuIdx: number,
  ): IommuTlbEntry<AddressSpace> {
    if (!(iommuIdx >= 0 && iommuIdx < this.numIndexes())) {
      return this.refuse(addr, flag, iommuIdx, "no-table");
    }
    const window = this.#lists.get(iommuIdx)?.find(addr) ?? null;
    if (window === null) return this.refuse(addr, flag, iommuIdx, "not-mapped");
    return this.refuseMapped(window.entryAt(addr), addr, flag, iommuIdx);
  }

  override getMinPageSize(): bigint {
    return this.#granule;
  }

  /** The entries of all windows of a table, ascending. */
  override *mappings(iommuIdx: number): Generator<IommuTlbEntry<AddressSpace>> {
    this.checkIndex(iommuIdx);
    const listed = [...(this.#lists.get(iommuIdx)?.windows ?? [])];
    for (const window of listed) yield* window.entries();
  }

  // ---- texts ----------------------------------------------------------------------------

  /** The data of a {@link ReportingIommu}, and the first 256 windows. */
  override toJSON(): object {
    const windows = dataOf(this.#all(), ({ window, index }) => windowData(window, index));
    return { ...super.toJSON(), granule: String(this.#granule), windows };
  }

  protected override *outlineLines(ink: Ink): Generator<string> {
    yield* super.outlineLines(ink);
    for (const { window, index } of this.#all()) yield windowText(window, index, ink);
  }

  /** The windows of all tables. */
  *#all(): Generator<{ window: TableWindow; index: number }> {
    for (const [index, list] of this.#lists) {
      for (const window of list.windows) yield { window, index };
    }
  }

  // ---- internals ------------------------------------------------------------------------

  #listOf(iommuIdx: number): WindowList {
    this.checkIndex(iommuIdx);
    let list = this.#lists.get(iommuIdx);
    if (!list) this.#lists.set(iommuIdx, (list = new WindowList()));
    return list;
  }

  #at(iova: Address, list: WindowList): TableWindow {
    const start = toAddress(iova, "start of a window", this.describe());
    const window = list.find(start);
    if (window?.iova === start) return window;
    throw this.#error("window-unknown", `no window begins at ${hex(start)}`, start);
  }

  #check(window: IommuWindow, list: WindowList, replaced: TableWindow | null): TableWindow {
    checkOptions(window, WINDOW, refuseArgument);
    const iova = toAddress(window.iova, "start of a window", this.describe());
    const length = toSize(window.length, "length of a window", this.describe());
    const target = toAddress(window.target, "target of a window", this.describe());
    const { perm = IommuAccess.RW, targetAs = this.#target } = window;
    const name = `window ${hex(iova)}+${hex(length)}`;
    if (length === 0n || ((iova | length | target) & (this.#granule - 1n)) !== 0n) {
      const what = `${name} to ${hex(target)} is not made of ${this.#granule} byte granules`;
      throw this.#error("window-alignment", what, iova);
    }
    if (iova + length > this.size || target + length > ADDRESS_SPACE_END) {
      throw this.#error("window-range", `${name} to ${hex(target)} leaves its space`, iova);
    }
    if (![IommuAccess.RO, IommuAccess.WO, IommuAccess.RW].some((some) => some === perm)) {
      throw this.#error("window-permission", `${name} with permission ${perm}`, iova);
    }
    const added = new TableWindow(iova, length, target, perm, targetAs);
    if (added.pieces > MAX_REPLAY_STEPS) {
      throw this.#error("window-pieces", `${name} to ${hex(target)} is aligned too badly`, iova);
    }
    const other = list.overlapping(iova, added.last, replaced);
    if (other) {
      const otherName = `window ${hex(other.iova)}+${hex(other.length)}`;
      throw this.#error("window-overlap", `${name} overlaps ${otherName}`, iova, otherName);
    }
    return added;
  }

  #tellMapped(window: TableWindow, iommuIdx: number): void {
    const type = IommuNotifierFlag.MAP;
    if ((this.notifyFlags & type) === 0) return;
    for (const entry of window.entries()) this.notify(iommuIdx, { type, entry });
  }

  #tellUnmapped(window: TableWindow, iommuIdx: number): void {
    for (const type of [IommuNotifierFlag.UNMAP, IommuNotifierFlag.DEVIOTLB_UNMAP]) {
      if ((this.notifyFlags & type) === 0) continue;
      for (const { iova, addrMask } of alignedBlocks(window.iova, window.last)) {
        const { targetAs } = window;
        const entry = { targetAs, iova, translatedAddr: 0n, addrMask, perm: IommuAccess.NONE };
        this.notify(iommuIdx, { type, entry });
      }
    }
  }

  #error(rule: string, what: string, address: bigint, other?: string): IommuWindowError {
    return new IommuWindowError(`${this.describe()}: ${what}`, {
      rule,
      region: this.describe(),
      other,
      address,
    });
  }
}
