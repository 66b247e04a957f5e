import { inspectCustom, type InspectOptions, type ObjectInit, outlined } from "@mem/qom";
import {
  type Address,
  ADDRESS_SPACE_END,
  isExactNumber,
  PAGE_SIZE,
  toAddress,
  toSize,
} from "../address.js";
import { reportDamage } from "../tree/damage.js";
import type { DamageSink } from "../tree/damage-sink.js";
import type { Data64 } from "../access/data64.js";
import { DeviceObject } from "../mmio/device.js";
import { errorText, LifecycleError, TopologyError } from "../errors.js";
import type { Ioeventfd } from "../mmio/ioeventfd.js";
import type { IommuTranslator } from "./iommu-hook.js";
import type { MemOp } from "../access/mem-op.js";
import { type MemTxAttrs, type MemTxResult, MEMTXATTRS_UNSPECIFIED } from "../access/mem-tx.js";
import type { RegionHost, RegionSystem } from "./host.js";
import { dispatchRead, dispatchWrite } from "../mmio/dispatch.js";
import { checkGrowth, validOps } from "../mmio/rules.js";
import { type BlockInternals, DirtyClient } from "../ram/block.js";
import { attachSubregion, detachSubregion, moveSubregion } from "../tree/region-tree.js";
import type { PlaceOptions, TreeNode } from "../tree/node.js";
import { REGION_ATTRIBUTES } from "./attributes.js";
import { regionData, regionOutline, regionText } from "./inspect.js";
import { RegionMemory } from "./region-memory.js";
import type { RegionSpec } from "./spec.js";
import { addressIn } from "./address-in.js";
import { checkRamSize } from "../ram/resize.js";
import type { Subregions } from "../tree/subregions.js";

/**
 * QOM type of {@link MemoryRegion}.
 * @see {@link MemoryRegion}
 */
export const TYPE_MEMORY_REGION = "memory-region";
const NONE: readonly never[] = [];

/**
 * A node in the graph of a machine's memory (`MemoryRegion`): RAM, ROM, a device's registers,
 * a window on another region, or a container of regions. Created by the factories of
 * {@link MemorySystem}; what it is never changes, where and how it shows does.
 * Setters take effect at once outside a transaction and at the outermost commit inside one;
 * setting what is already there does nothing at all. Offsets, sizes and lengths are in bytes.
 *
 * @example
 * const rom = machine.rom({ name: "rom", size: 0x1000 });
 * system.addSubregion(0x8000, rom, { priority: 1 }); // on top of the RAM beneath
 * rom.ramBytes().fill(0xea);
 * console.log(space.load(0x8000, 1)); // prints: 234
 * rom.enabled = false;
 * console.log(space.load(0x8000, 1)); // prints: 0
 * @see the guide "Twenty lines to a bus"
 */
export class MemoryRegion extends RegionMemory {
  /** The region that an alias shows a part of. */
  declare readonly alias: MemoryRegion | null;
  /** True if bytes may be read straight from the RAM block. Changes with ROMD mode. */
  readonly directRead: boolean = false;
  /** True if bytes may be stored straight into the block, with no dirty client to tell. */
  readonly plainWrite: boolean = false;
  /** Mask of the dirty clients to tell of stores into the block; 0: none, or no stores. */
  protected writeLoggers = 0;
  /** The device whose MMIO this is, where the re-entrancy guard applies. */
  protected guardDevice: DeviceObject | null = null;
  /** Number of the region's callbacks that are running, one inside the other. */
  protected entered = 0;
  /** Precedence among children of equal priority: the highest was added last. */
  protected sequence = 0;
  /** Start within the container as a rounded number. */
  protected approximateStart = 0;
  /** End within the container as a rounded number. */
  protected approximateEnd = 0;
  /** Set while a rendered view has this region as its root. */
  protected damageSink: DamageSink | null = null;
  /** Aliases that show a part of this region; `null` where there never was one. */
  protected aliasedBy: Set<TreeNode> | null = null;
  /** Number of attached aliases that show this region, directly or through aliases. */
  protected mappedViaAlias = 0;
  /** `null` where there never was a subregion. */
  protected subregionList: Subregions<RegionInternals> | null = null;
  /** Write triggers, sorted by offset; see {@link addEventfd}. */
  readonly ioeventfds: readonly Ioeventfd[] = NONE;
  /** Ranges whose writes may be queued, oldest first. */
  protected coalesced: readonly { readonly addr: bigint; readonly size: bigint }[] = NONE;
  /**
   * True if queued writes are delivered before this region is accessed; see
   * {@link setFlushCoalesced}.
   */
  readonly flushCoalesced: boolean = false;
  /** Coordinates which parts of a RAM region are populated; set by the package about that. */
  readonly ramDiscardManager: object | null = null;
  readonly #device: DeviceObject | null;
  #size: bigint;
  #addr = 0n;
  #priority = 0;
  #container: MemoryRegion | null = null;
  #aliasOffset: bigint;
  #guardDisabled = false;
  #lockless = false;

  /** Use the factories of {@link MemorySystem}; subclasses pass their spec on. */
  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<MemoryRegion>) {
    super(init, system, spec);
    this.#size = spec.size;
    this.#aliasOffset = spec.aliasOffset ?? 0n;
    this.#device = spec.owner instanceof DeviceObject ? spec.owner : null;
    if (this.alias) (this.alias.aliasedBy ??= new Set()).add(internalsOf(this));
    this.#refreshRoughBounds();
    this.refreshAccess();
  }

  // ---- where it is ----------------------------------------------------------------------

  /** Size in bytes, 0 to 2^64; the part of a subregion beyond its container's size is hidden. */
  get size(): bigint {
    return this.#size;
  }
  set size(size: Address) {
    this.assertUsable("set the size of");
    const value = toSize(size, "size", this.describe());
    checkGrowth(internalsOf(this), value);
    checkRamSize(internalsOf(this), value);
    if (value === this.#size) return;
    this.system.transaction(() => {
      this.damageWhole();
      this.#size = value;
      this.#refreshRoughBounds();
      this.#container?.subregionList?.resized(internalsOf(this));
      this.damageWhole();
      this.system.transactions.touchTopology();
    });
  }

  /** Offset within the container in bytes; kept when the region is taken out. */
  get addr(): bigint {
    return this.#addr;
  }
  set addr(addr: Address) {
    this.assertUsable("move");
    const value = addressIn(this, addr, "offset");
    if (value !== this.#addr) moveSubregion(internalsOf(this), value);
  }

  /** Precedence among overlapping siblings; the higher one shows. */
  get priority(): number {
    return this.#priority;
  }

  /** The region that this one is a subregion of. */
  get container(): MemoryRegion | null {
    return this.#container;
  }

  /** Notes where the region is; `null` where it is in no container. */
  protected setPlace(container: RegionInternals | null, addr: bigint, priority: number): void {
    this.#container = container;
    this.#addr = addr;
    this.#priority = priority;
    this.#refreshRoughBounds();
  }

  /** Subregions, highest precedence first. */
  get subregions(): Iterable<MemoryRegion> {
    return this.subregionList ?? [];
  }

  /**
   * Shows `sub` in this region from `offset` on (`memory_region_add_subregion_overlap`).
   * Overlap is never an error: the higher priority shows, and of equals the one added last.
   * @param options.priority 32-bit integer, default 0.
   * @throws TopologyError when `sub` has a container, a cycle would form, or this is an alias.
   */
  addSubregion(offset: Address, sub: MemoryRegion, options?: PlaceOptions): void {
    attachSubregion(
      internalsOf(this),
      addressIn(this, offset, "offset"),
      internalsOf(sub),
      options,
    );
  }

  /**
   * Takes `sub` out again (`memory_region_del_subregion`).
   * @throws TopologyError when it is not a subregion of this region.
   */
  removeSubregion(sub: MemoryRegion): void {
    this.assertUsable("remove a subregion of");
    detachSubregion(internalsOf(this), internalsOf(sub));
  }

  /** Offset in its target at which an alias starts, in bytes. */
  get aliasOffset(): bigint {
    return this.#aliasOffset;
  }
  /** @throws TopologyError for a region that is no alias. */
  set aliasOffset(offset: Address) {
    this.assertUsable("set the alias offset of");
    if (!this.alias) {
      throw new TopologyError(`${this.describe()} is not an alias`, {
        rule: "not-an-alias",
        region: this.describe(),
      });
    }
    const value = addressIn(this, offset, "alias offset");
    if (value !== this.#aliasOffset) this.change(() => (this.#aliasOffset = value));
  }

  /** In a container, or shown by an alias that is (through any number of aliases). */
  get isMapped(): boolean {
    return this.#container !== null || this.mappedViaAlias > 0;
  }

  // ---- how it shows ---------------------------------------------------------------------

  /** RAM that the guest may not write. */
  get isRom(): boolean {
    return this.isRam && this.readonly;
  }

  /** A ROM device whose reads come from memory at present. */
  get isRomd(): boolean {
    return this.isRomDevice && this.romd;
  }

  /** True if memory behind the region can be reached without asking a device. */
  get supportsDirectAccess(): boolean {
    return (this.isRam && !this.isRamDevice) || this.isRomd;
  }

  /** True if an access in this direction goes straight to memory. */
  isDirect(isWrite: boolean, attrs: MemTxAttrs): boolean {
    if (!this.directRead) return false;
    return !isWrite || attrs.debug || (!this.readonly && !this.isRomDevice);
  }

  /** Translates addresses; aliases of an IOMMU region do too. */
  get iommu(): IommuTranslator | null {
    return this.alias ? this.alias.iommu : null;
  }

  // ---- accesses -------------------------------------------------------------------------

  /** Switches the guard against a device re-entering itself off for this region, or on again. */
  get reentrancyGuardDisabled(): boolean {
    return this.#guardDisabled;
  }
  set reentrancyGuardDisabled(off: boolean) {
    this.assertSettable("set the re-entrancy guard of", off);
    this.#guardDisabled = off;
    this.refreshAccess();
  }

  /** The device does its own locking; this also gives up the re-entrancy guard. */
  enableLocklessIo(): void {
    this.#lockless = true;
    this.#guardDisabled = true;
    this.refreshAccess();
  }

  /** True if {@link enableLocklessIo} was called. */
  get lockless(): boolean {
    return this.#lockless;
  }

  /** Reads directly from the region (`memory_region_dispatch_read`) into `data`. */
  dispatchRead(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (!isExactNumber(addr)) toAddress(addr, "offset", this.describe());
    return dispatchRead(internalsOf(this), addr, op, data, attrs);
  }

  /** Writes directly to the region (`memory_region_dispatch_write`). */
  dispatchWrite(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (!isExactNumber(addr)) toAddress(addr, "offset", this.describe());
    return dispatchWrite(internalsOf(this), addr, op, data, attrs);
  }

  /** True if the device would accept this access; aliases are not followed. */
  accessValid(
    addr: Address,
    size: number,
    isWrite: boolean,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): boolean {
    if (!isExactNumber(addr)) toAddress(addr, "offset", this.describe());
    return this.isRamDevice || validOps(internalsOf(this), addr, size, isWrite, attrs) !== null;
  }

  /** Bytes in a page of dirty logging. */
  static readonly PAGE_SIZE = PAGE_SIZE;

  // ---- life -----------------------------------------------------------------------------

  /**
   * Destroys the region by taking it out of the object tree (`object_unparent`).
   * @throws LifecycleError while it is in use; containers and aliases may always go, unless
   *   they are the root of a view.
   */
  override unparent(): void {
    this.#assertMayGo();
    super.unparent();
  }

  /**
   * Drops a reference; the last one destroys the region.
   * @throws LifecycleError when that is the last one and the region is in use; see {@link unparent}.
   */
  override unref(holder?: string): void {
    if (this.refcount === 1 && holder === undefined && !this.finalizing) this.#assertMayGo();
    super.unref(holder);
  }

  #assertMayGo(): void {
    const free = this.kind === "container" || this.kind === "alias";
    if (!this.host.isRoot(this) && (free || !this.inUse)) return;
    throw new LifecycleError(`${this.describe()} is in use and cannot be destroyed`, {
      rule: "region-in-use",
      region: this.describe(),
    });
  }

  /** Leaves the map: a region that dies is disabled first, so that its going commits nothing. */
  protected override onFinalize(): void {
    this.damageWhole();
    if (this.enabled) {
      this.flags &= ~REGION_ATTRIBUTES.enabled.bit;
      this.#container?.subregionList?.switched(internalsOf(this));
    }
    this.system.transaction(() => {
      const own = internalsOf(this);
      if (own.container) detachSubregion(own.container, own);
      for (const sub of [...(this.subregionList ?? [])])
        if (sub.container === own) detachSubregion(own, sub);
    });
    this.alias?.aliasedBy?.delete(internalsOf(this));
    this.host.forgetRegion(this);
    super.onFinalize();
  }

  // ---- texts ----------------------------------------------------------------------------

  /** `PATH (KIND)`. */
  override toString(): string {
    return regionText(internalsOf(this));
  }

  /** Kind, place, size, attributes and at most 256 subregions; addresses are texts such as `"0x10"`. */
  override toJSON(): object {
    return regionData(internalsOf(this));
  }

  /** Text for `console.log`: what and where it is, then, when shown alone, what lies in it. */
  override [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, regionOutline(internalsOf(this)));
  }

  // ---- bookkeeping ----------------------------------------------------------------------

  /** Everything the region shows may have changed. */
  protected damageWhole(): void {
    reportDamage(internalsOf(this), 0n, this.#size);
  }

  /** Writes the log line of a callback of the region that threw: one, however often it does. */
  protected logCallbackError(error: unknown): void {
    const message = `${this.describe()}: a device callback threw: ${errorText(error)}`;
    this.host.logOnce("throw", "callback", message, internalsOf(this));
  }

  /** Recomputes what the hot paths test. */
  protected refreshAccess(): void {
    const { directRead, plainWrite, writeLoggers } = this;
    const own = internalsOf(this);
    own.directRead = this.ramBlock !== null && this.supportsDirectAccess;
    const guarded = !this.#guardDisabled && !this.isRam && !this.isRomDevice && !this.readonly;
    this.guardDevice = guarded ? this.#device : null;
    const direct = this.isDirect(true, MEMTXATTRS_UNSPECIFIED);
    const watched = own.ramBlock?.isCodeWatched === true ? 1 << DirtyClient.CODE : 0;
    this.writeLoggers = direct ? (this.dirtyLogMask & ~(1 << DirtyClient.CODE)) | watched : 0;
    own.plainWrite = direct && this.writeLoggers === 0;
    const changed = directRead !== this.directRead || plainWrite !== this.plainWrite;
    if (changed || writeLoggers !== this.writeLoggers) this.host.accessChanged();
  }

  #refreshRoughBounds(): void {
    this.approximateStart = Number(this.#addr);
    const end = this.#addr + this.#size;
    this.approximateEnd = Number(end < ADDRESS_SPACE_END ? end : ADDRESS_SPACE_END);
  }

  protected override switchOver(apply: () => void): void {
    this.system.transaction(() => {
      this.damageWhole();
      apply();
      this.#container?.subregionList?.switched(internalsOf(this));
      this.system.transactions.touchTopology();
    });
  }

  protected override attributesChanged(): void {
    this.refreshAccess();
  }

  protected override change(apply: () => void): void {
    this.system.transaction(() => {
      apply();
      if (!this.enabled) return;
      this.damageWhole();
      this.system.transactions.touchTopology();
    });
  }
}

/**
 * A region as this package and those beside it work with it: the same object, with the members
 * that are nobody else's business.
 */
export declare abstract class RegionInternals extends MemoryRegion {
  readonly system: RegionHost;
  readonly alias: RegionInternals | null;
  readonly ramBlock: BlockInternals | null;
  loggedCauses: Set<string> | null;
  // What accesses look at.
  directRead: boolean;
  plainWrite: boolean;
  writeLoggers: number;
  guardDevice: DeviceObject | null;
  entered: number;
  ioeventfds: readonly Ioeventfd[];
  coalesced: readonly { readonly addr: bigint; readonly size: bigint }[];
  flushCoalesced: boolean;
  ramDiscardManager: object | null;
  refreshAccess(): void;
  logCallbackError(error: unknown): void;
  // Its place in the tree.
  get container(): RegionInternals | null;
  sequence: number;
  approximateStart: number;
  approximateEnd: number;
  damageSink: DamageSink | null;
  aliasedBy: Set<TreeNode> | null;
  mappedViaAlias: number;
  subregionList: Subregions<RegionInternals> | null;
  setPlace(container: RegionInternals | null, addr: bigint, priority: number): void;
  damageWhole(): void;
  // Its uses.
  get isCountable(): boolean;
  refShown(): void;
  unrefShown(): void;
  assertCountable(action: string): void;
  assertSettable(action: string, on: boolean): void;
  assertUsable(action: string): void;
}

/** The inside of a region. It is the region itself: the call costs nothing, and no field moves. */
export function internalsOf(region: MemoryRegion): RegionInternals {
  return region as RegionInternals;
}
