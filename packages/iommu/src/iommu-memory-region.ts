import {
  hex,
  IommuAccess,
  type IommuTlbEntry,
  LifecycleError,
  type MemoryModelError,
  MemoryRegion,
  MemorySystem,
  type MemTxAttrs,
  PAGE_SIZE,
  type RegionOptions,
  RegionOptionsError,
  toSize,
} from "@mem/core";
import {
  aBigint,
  CallbackList,
  checkArgument,
  checkOptions,
  type IommuTranslator,
  type IommuWalk,
  refuseArgument,
  refuseRegionOptions,
  internalsOf,
} from "@mem/core/plumbing";
import { type AddressSpace } from "@mem/flat";
import { aMachine, AddressSpaces, checkIommuAnswer, IOMMU_WALK } from "@mem/flat/plumbing";
import { IOMMU_OPTIONS } from "./arguments.js";
import { IommuRefusedError } from "./errors.js";
import { cropped, type IommuEvent } from "./iommu-event.js";
import { type IommuNotifier, IommuNotifierFlag } from "./iommu-notifier.js";
import { checkEvent, checkNotifier } from "./notifier-arguments.js";
import { MAX_REPLAY_STEPS, replayByPages, replayEntries } from "./replay.js";
import { type Ink, inspectCustom, type InspectOptions } from "@mem/qom";
import { inkOf, isNested, linesBelow } from "@mem/qom/plumbing";
import { dataOf } from "@mem/flat/plumbing";
import { flagNames } from "./notifier-flags.js";
import { iommuInit, TYPE_IOMMU_MEMORY_REGION } from "./iommu-type.js";

export { TYPE_IOMMU_MEMORY_REGION } from "./iommu-type.js";

/**
 * Options of an {@link IommuMemoryRegion}.
 * @see {@link IommuMemoryRegion}
 */
export interface IommuRegionOptions extends RegionOptions {
  /** QOM type, registered where it is new; default {@link TYPE_IOMMU_MEMORY_REGION}. */
  readonly type?: string;
}

/**
 * A region that translates addresses and passes accesses on to other address spaces
 * (`IOMMUMemoryRegion`). Derive from it, implement {@link translate} and whatever else the IOMMU
 * can do, and hand the region to `system.adopt(new MyIommu(system, options))`.
 *
 * An IOMMU may keep several translation tables, numbered from 0; a transaction's attributes
 * choose one. Whoever changes a table calls {@link notify}: first `UNMAP` for what is replaced,
 * then `MAP`. What the methods of a subclass throw is logged and costs the guest an access that
 * fails, not the emulator its life.
 *
 * @example
 * class Upper extends IommuMemoryRegion {
 *   override translate(addr: bigint) {
 *     const iova = addr & ~0xfffn;
 *     const perm = IommuAccess.RW;
 *     return { targetAs: space, iova, translatedAddr: iova + 0x8000n, addrMask: 0xfffn, perm };
 *   }
 * }
 * machine.adopt(new Upper(machine, { name: "upper", size: 0x8000 }));
 */
export abstract class IommuMemoryRegion
  extends MemoryRegion
  implements IommuTranslator<AddressSpace>
{
  readonly #notifiers = new CallbackList<IommuNotifier>();
  #flags: IommuNotifierFlag = IommuNotifierFlag.NONE;

  /** `memory_region_init_iommu`, all but `adopt`. */
  constructor(system: MemorySystem, options: IommuRegionOptions) {
    checkArgument(system, aMachine, IOMMU_OPTIONS.call, "the machine", refuseArgument);
    checkOptions(options, IOMMU_OPTIONS, refuseRegionOptions);
    super(iommuInit(system, options.type ?? TYPE_IOMMU_MEMORY_REGION), system, {
      kind: "iommu",
      name: options.name,
      owner: options.owner ?? null,
      size: toSize(options.size, "size", options.name ?? undefined),
    });
  }

  /** Translator that dispatch calls: the region itself. */
  protected override get iommu(): IommuTranslator {
    return this;
  }

  // ---- what an IOMMU implements ---------------------------------------------------------

  /**
   * The translation that holds an address. Only the address and the table may decide it.
   * @param addr bytes within the region.
   * @param flag the permission that is wanted, as a hint: a table walk may stop when it is not
   *   there. `NONE` asks for the whole answer.
   * @param iommuIdx the table.
   * @returns the entry; `perm` 0 where there is none. An answer that is none costs the guest its
   *   access and the log one line: a field that is missing or of another type, an `addrMask` that is
   *   no run of ones, an address beyond 2^64, an address space of another machine, or an ended one.
   */
  abstract translate(
    addr: bigint,
    flag: IommuAccess,
    iommuIdx: number,
  ): IommuTlbEntry<AddressSpace>;

  /** Bytes in the smallest page, a power of two; default: the target's page, 4096. */
  getMinPageSize(): bigint {
    return BigInt(PAGE_SIZE);
  }

  /**
   * The set of events that somebody wants changes. Default: all are supported.
   * @returns a reason to refuse the new set, or nothing.
   */
  notifyFlagChanged(_oldFlags: IommuNotifierFlag, _newFlags: IommuNotifierFlag): string | void {}

  /**
   * All translations of a table, ascending, where the IOMMU can list them: then {@link replay}
   * tells these, and asks for no page. Default: `null`, it cannot.
   */
  mappings(_iommuIdx: number): Iterable<IommuTlbEntry<AddressSpace>> | null {
    return null;
  }

  /**
   * Tells a notifier, by its `notify`, all translations of its table, wherever the notifier's
   * range is. The default tells what {@link mappings} lists, or else asks for each page of the
   * region and tells what allows anything. It ends after {@link MAX_REPLAY_STEPS} and logs what
   * it did not reach; a region of more pages than that is asked entry by entry.
   * @throws ArgumentError for no notifier
   */
  replay(notifier: IommuNotifier): void {
    checkNotifier(notifier, "replay");
    const index = notifier.iommuIdx;
    const tell = (entry: IommuTlbEntry<AddressSpace>) => notifier.notify(entry);
    const accept = (answer: unknown) => checkIommuAnswer<AddressSpace>(this, answer);
    const guarded = (callback: () => void) => this.#guard(callback);
    const listed = this.mappings(index);
    const missed = listed
      ? replayEntries(listed, accept, tell, guarded)
      : replayByPages(this, index, accept, tell, guarded);
    if (missed === null) return;
    this.system.logOnce(
      `iommu-replay:${this.id}`,
      "unimp",
      `${this.describe()}: a replay of more than ${MAX_REPLAY_STEPS} translations stopped at ${hex(missed)}`,
      internalsOf(this),
    );
  }

  /** A property of this kind of IOMMU; default: `undefined`, it does not know the attribute. */
  getAttr(_attr: number): unknown {
    return undefined;
  }

  /** The table that these attributes choose; default 0. */
  attrsToIndex(_attrs: MemTxAttrs): number {
    return 0;
  }

  /** Number of tables; default 1. */
  numIndexes(): number {
    return 1;
  }

  /** The way of accesses through translating regions, which dispatch takes from here. */
  get walk(): IommuWalk {
    return IOMMU_WALK;
  }

  /**
   * Restricts the page sizes: each set bit is a size that may be used, the lowest the smallest.
   * Default: accepted, and nothing changes.
   * @returns a reason to refuse, or nothing.
   */
  protected onPageSizeMask(_mask: bigint): string | void {}

  // ---- what its users do ----------------------------------------------------------------

  /**
   * Restricts the page sizes (`memory_region_iommu_set_page_size_mask`).
   * @throws IommuRefusedError when the IOMMU cannot do with these; RegionOptionsError for 0;
   *   ArgumentError for no bigint.
   */
  setPageSizeMask(mask: bigint): void {
    checkArgument(mask, aBigint, "setPageSizeMask", "the mask", refuseArgument);
    if (mask <= 0n || mask >= 1n << 64n) {
      throw new RegionOptionsError(`page size mask ${hex(mask)} allows no page size`, {
        rule: "page-size-mask",
        region: this.describe(),
      });
    }
    const reason = this.onPageSizeMask(mask);
    if (reason) throw new IommuRefusedError(this.describe(), reason);
  }

  /** The union of what all notifiers want to be told. */
  get notifyFlags(): IommuNotifierFlag {
    return this.#flags;
  }

  /** Notifiers that follow the changes, newest first. */
  get notifiers(): readonly IommuNotifier[] {
    return this.#notifiers.entries.map(({ callback }) => callback);
  }

  /** True if a notifier is registered, and was not taken back since. */
  isRegistered(notifier: IommuNotifier): boolean {
    return this.#notifiers.find(notifier) !== undefined;
  }

  /**
   * Lets a notifier follow the changes (`memory_region_register_iommu_notifier`). Disposing the
   * result unregisters it, unless that was done.
   * @throws IommuRefusedError when the IOMMU does not support its flags; LifecycleError when it
   *   is registered; RegionOptionsError when there is no such table; ArgumentError for no notifier.
   */
  registerNotifier(notifier: IommuNotifier): Disposable {
    checkNotifier(notifier, "registerNotifier");
    this.assertUsable("register a notifier with");
    if (this.#notifiers.find(notifier)) {
      throw this.#lifecycle("notifier-twice", "the notifier is registered already");
    }
    this.#checkIndex(notifier.iommuIdx);
    const reason = this.#changeFlags([notifier, ...this.notifiers]);
    if (reason !== null) throw new IommuRefusedError(this.describe(), reason);
    const entry = this.#notifiers.add(notifier, () => true);
    return {
      [Symbol.dispose]: () => {
        if (entry.active) this.unregisterNotifier(notifier);
      },
    };
  }

  /**
   * Ends that (`memory_region_unregister_iommu_notifier`).
   * @throws LifecycleError when the notifier is not registered.
   */
  unregisterNotifier(notifier: IommuNotifier): void {
    const entry = this.#notifiers.find(notifier);
    if (!entry) throw this.#lifecycle("notifier-unknown", "the notifier is not registered");
    entry[Symbol.dispose]();
    this.#changeFlags(this.notifiers);
  }

  /**
   * Tells all notifiers of a table of a change, newest first (`memory_region_notify_iommu`). One that
   * is unregistered meanwhile is not told; one that is registered hears of the next change.
   * @throws LifecycleError for an unmapping that allows something; ArgumentError for no event.
   */
  notify(iommuIdx: number, event: IommuEvent): void {
    this.#checkIndex(iommuIdx);
    this.#checkEvent(event);
    this.#notifiers.each((notifier) => {
      if (notifier.iommuIdx === iommuIdx) this.#deliver(notifier, event);
    });
  }

  /**
   * Tells one notifier of a change, if it lies in its range and is of a kind it wants
   * (`memory_region_notify_iommu_one`); its table does not matter.
   * @throws LifecycleError for an unmapping that allows something; ArgumentError for no notifier or
   *   no event.
   */
  notifyOne(notifier: IommuNotifier, event: IommuEvent): void {
    checkNotifier(notifier, "notifyOne");
    this.#checkEvent(event);
    this.#deliver(notifier, event);
  }

  /**
   * Tells a notifier that all of its range is unmapped
   * (`memory_region_unmap_iommu_notifier_range`).
   * @param targetAs named in the entry; default: the system's first address space.
   * @throws ArgumentError for no notifier.
   */
  unmapNotifierRange(
    notifier: IommuNotifier,
    targetAs: AddressSpace | null = AddressSpaces.of(MemorySystem.of(this)).all[0] ?? null,
  ): void {
    checkNotifier(notifier, "unmapNotifierRange");
    const entry = {
      targetAs,
      iova: notifier.start,
      translatedAddr: 0n,
      addrMask: notifier.end - notifier.start,
      perm: IommuAccess.NONE,
    };
    this.notifyOne(notifier, { type: IommuNotifierFlag.UNMAP, entry });
  }

  /**
   * Tells a notifier what is mapped at present (`memory_region_iommu_replay`).
   * @throws RegionOptionsError when there is no table of its index; ArgumentError for no notifier.
   */
  replayNotifier(notifier: IommuNotifier): void {
    checkNotifier(notifier, "replayNotifier");
    this.#checkIndex(notifier.iommuIdx);
    this.#guard(() => this.replay(notifier));
  }

  // ---- texts ----------------------------------------------------------------------------

  /** Data of the region, and its notifiers, 256 at most. */
  override toJSON(): object {
    return {
      ...super.toJSON(),
      notifyFlags: flagNames(this.#flags),
      notifiers: dataOf(this.notifiers, (notifier) => notifier.toJSON()),
    };
  }

  /** Text for `console.log`: the region, then, when it is shown alone, {@link outlineLines}. */
  override [inspectCustom](depth: number | null, options?: InspectOptions): string {
    const text = super[inspectCustom](depth, options);
    const ink = inkOf(options);
    return isNested(depth, options) ? text : linesBelow(text, this.outlineLines(ink), ink);
  }

  /** Lines below the region in `console.log`; they must call nobody's code. */
  protected *outlineLines(ink: Ink): Generator<string> {
    for (const notifier of this.notifiers) {
      yield `${ink("told", "faint")} ${String(notifier)}`;
    }
  }

  protected override onFinalize(): void {
    this.#notifiers.clear();
    super.onFinalize();
  }

  // ---- internals ------------------------------------------------------------------------

  #deliver(notifier: IommuNotifier, event: IommuEvent): void {
    const part = cropped(event.entry, notifier);
    if (part === null || (event.type & notifier.flags) === 0) return;
    this.#guard(() => notifier.notify(part));
  }

  /** Tells the IOMMU of the events that are wanted now; answers the reason for which it refuses them. */
  #changeFlags(notifiers: readonly IommuNotifier[]): string | null {
    const flags = notifiers.reduce((all, { flags: own }) => all | own, 0);
    if (flags === this.#flags) return null;
    let reason: string | void;
    try {
      reason = this.notifyFlagChanged(this.#flags, flags);
    } catch (error) {
      this.logCallbackError(error);
      reason = String(error);
    }
    if (reason) return reason;
    this.#flags = flags;
    return null;
  }

  #checkIndex(index: number): void {
    const count = this.numIndexes();
    if (Number.isInteger(index) && index >= 0 && index < count) return;
    throw new RegionOptionsError(`${this.describe()}: table ${String(index)} of ${count}`, {
      rule: "iommu-index",
      region: this.describe(),
    });
  }

  /** @throws LifecycleError, ArgumentError */
  #checkEvent(event: IommuEvent): void {
    checkEvent(event);
    const { type, entry } = event;
    if (type !== IommuNotifierFlag.UNMAP || entry.perm === IommuAccess.NONE) return;
    throw this.#lifecycle("unmap-permission", "an entry that is unmapped allows nothing");
  }

  #lifecycle(rule: string, message: string): MemoryModelError {
    return new LifecycleError(`${this.describe()}: ${message}`, { rule, region: this.describe() });
  }

  #guard(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.logCallbackError(error);
    }
  }
}
