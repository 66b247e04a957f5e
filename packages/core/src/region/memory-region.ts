import { inspectCustom, type InspectOptions, type ObjectInit, outlined } from "@mem/qom";
import { type Address, ADDRESS_SPACE_END, toSize } from "../address.js";
import { type MemTxAttrs, MEMTXATTRS_UNSPECIFIED } from "../access/mem-tx.js";
import { LifecycleError, TopologyError } from "../errors.js";
import type { DevicePort } from "../mmio/device-port.js";
import type { DeviceObject } from "../mmio/device.js";
import type { ResolvedMmioOps } from "../mmio/resolved-ops.js";
import { checkOffsets } from "../mmio/rules.js";
import { type BlockInternals, DirtyClient } from "../ram/block.js";
import { checkRamSize } from "../ram/resize.js";
import { reportDamage } from "../tree/damage.js";
import type { PlaceOptions, TreeNode } from "../tree/node.js";
import { attachSubregion, detachSubregion, moveSubregion } from "../tree/region-tree.js";
import type { Subregions } from "../tree/subregions.js";
import { addressIn } from "./address-in.js";
import { REGION_ATTRIBUTES } from "./attributes.js";
import { RegionDevice } from "./device-part.js";
import type { RegionHost, RegionSystem } from "./host.js";
import { regionData, regionOutline, regionText } from "./inspect.js";
import type { IommuTranslator } from "./iommu-hook.js";
import { NO_LINKS, RegionLinks, type RegionWatchers } from "./parts.js";
import type { RegionSpec } from "./spec.js";

/**
 * QOM type of {@link MemoryRegion}.
 * @see {@link MemoryRegion}
 */
export const TYPE_MEMORY_REGION = "memory-region";

/** Stores in regions without a block: none is plain. */
const NO_STORES = { plainWrite: false };

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
export class MemoryRegion extends RegionDevice {
  /** True if bytes may be read straight from the RAM block. Changes with ROMD mode. */
  readonly directRead: boolean = false;
  /** True if bytes may be stored straight into the block, with no dirty client to tell. */
  readonly plainWrite: boolean = false;
  /** The same but for watches of code: one object for ever. */
  protected readonly besideCode: { readonly plainWrite: boolean } = NO_STORES;
  /** Mask of the dirty clients to tell of stores into the block; 0: none, or no stores. */
  protected writeLoggers = 0;
  /** Precedence among children of equal priority: the highest was added last. */
  protected sequence = 0;
  #size: bigint;
  #addr = 0n;
  #priority = 0;
  #container: MemoryRegion | null = null;
  #links: RegionLinks<MemoryRegion, RegionInternals> = NO_LINKS;

  /** Use the factories of {@link MemorySystem}; subclasses pass their spec on. */
  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<MemoryRegion>) {
    super(init, system, spec);
    this.#size = spec.size;
    const { target } = spec;
    if (target) {
      this.#links = new RegionLinks<MemoryRegion, RegionInternals>(target, spec.aliasOffset);
      (target.ownLinks.aliasedBy ??= new Set()).add(internalsOf(this));
    }
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
    if (this.ops !== null) checkOffsets(this.ops.wide, value, this.describe());
    checkRamSize(internalsOf(this), value);
    if (value === this.#size) return;
    this.system.transaction(() => {
      this.damageWhole();
      this.#size = value;
      this.#container?.subregionList?.resized(internalsOf(this));
      this.damageWhole();
      this.host.transactions.touchTopology();
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
  }

  /** Start within the container as a rounded number. */
  protected get approximateStart(): number {
    return Number(this.#addr);
  }

  /** End within the container as a rounded number. */
  protected get approximateEnd(): number {
    const end = this.#addr + this.#size;
    return Number(end < ADDRESS_SPACE_END ? end : ADDRESS_SPACE_END);
  }

  /** The ties to other regions, to be changed. */
  protected get ownLinks(): RegionLinks<MemoryRegion, RegionInternals> {
    if (this.#links === NO_LINKS) this.#links = new RegionLinks<MemoryRegion, RegionInternals>();
    return this.#links;
  }

  /** `null` where there never was a subregion. */
  protected get subregionList(): Subregions<RegionInternals> | null {
    return this.#links.subregions;
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

  /** The region that an alias shows a part of. */
  override get alias(): MemoryRegion | null {
    return this.#links.target;
  }

  /** Aliases that show a part of this region; `null` where there never was one. */
  protected get aliasedBy(): Set<TreeNode> | null {
    return this.#links.aliasedBy;
  }

  /** Offset in its target at which an alias starts, in bytes. */
  get aliasOffset(): bigint {
    return this.#links.aliasOffset;
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
    if (value !== this.aliasOffset) this.change(() => (this.ownLinks.aliasOffset = value));
  }

  /** In a container, or shown by an alias that is (through any number of aliases). */
  get isMapped(): boolean {
    return this.#container !== null || this.#links.mappedViaAlias > 0;
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

  /** True if an access in this direction goes straight to memory. */
  protected isDirect(isWrite: boolean, attrs: MemTxAttrs): boolean {
    if (!this.directRead) return false;
    return !isWrite || attrs.debug || (!this.readonly && !this.isRomDevice);
  }

  /** Translator of addresses; aliases of an IOMMU region have its. */
  protected get iommu(): IommuTranslator | null {
    return this.alias ? this.alias.iommu : null;
  }

  // ---- life -----------------------------------------------------------------------------

  /**
   * Destroys the region by taking it out of the object tree (`object_unparent`).
   * @throws LifecycleError while it is in use; containers and aliases may always go, unless
   *   they are the root of a view.
   */
  override unparent(): void {
    assertMayGo(internalsOf(this));
    super.unparent();
  }

  /**
   * Drops a reference; the last one destroys the region.
   * @throws LifecycleError when that is the last one and the region is in use; see {@link unparent}.
   */
  override unref(holder?: string): void {
    if (this.refcount === 1 && holder === undefined && !this.finalizing)
      assertMayGo(internalsOf(this));
    super.unref(holder);
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
    this.#links.target?.aliasedBy?.delete(internalsOf(this));
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

  /** Recomputes what the hot paths test. */
  protected refreshAccess(): void {
    const { directRead, plainWrite, writeLoggers } = this;
    const own = internalsOf(this);
    own.directRead = this.ramBlock !== null && !this.isRamDevice && (this.isRam || this.isRomd);
    const unguarded = this.reentrancyGuardDisabled || this.readonly;
    this.guardDevice = unguarded || this.isRam || this.isRomDevice ? null : this.guardedDevice;
    const direct = this.isDirect(true, MEMTXATTRS_UNSPECIFIED);
    const watched = own.ramBlock?.isCodeWatched === true ? 1 << DirtyClient.CODE : 0;
    this.writeLoggers = direct ? (this.dirtyLogMask & ~(1 << DirtyClient.CODE)) | watched : 0;
    own.plainWrite = direct && this.writeLoggers === 0;
    if (own.ramBlock !== null) {
      if (own.besideCode === NO_STORES) own.besideCode = { plainWrite: false };
      own.besideCode.plainWrite = direct && this.writeLoggers === watched;
    }
    const changed = directRead !== this.directRead || plainWrite !== this.plainWrite;
    if (changed || writeLoggers !== this.writeLoggers) this.host.views.accessChanged();
  }

  protected override get port(): DevicePort {
    return internalsOf(this);
  }

  protected override switchOver(apply: () => void): void {
    this.system.transaction(() => {
      this.damageWhole();
      apply();
      this.#container?.subregionList?.switched(internalsOf(this));
      this.host.transactions.touchTopology();
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
      this.host.transactions.touchTopology();
    });
  }
}

function assertMayGo(region: RegionInternals): void {
  const isGraph = region.kind === "container" || region.kind === "alias";
  if (!region.system.views.isRoot(region) && (isGraph || !region.inUse)) return;
  throw new LifecycleError(`${region.describe()} is in use and cannot be destroyed`, {
    rule: "region-in-use",
    region: region.describe(),
  });
}

/**
 * A region as this package and those beside it work with it: the same object, with the members
 * that are nobody else's business.
 */
export declare abstract class RegionInternals extends MemoryRegion {
  readonly system: RegionHost;
  get alias(): RegionInternals | null;
  readonly ramBlock: BlockInternals | null;
  get loggedCauses(): Set<string> | null;
  set loggedCauses(causes: Set<string> | null);
  // What it is.
  readonly label: string | null;
  get id(): number;
  get terminates(): boolean;
  get isRamDevice(): boolean;
  get isRomDevice(): boolean;
  get isIommu(): boolean;
  readonly flags: number;
  get attributes(): readonly string[];
  // What accesses look at.
  isDirect(isWrite: boolean, attrs: MemTxAttrs): boolean;
  directRead: boolean;
  plainWrite: boolean;
  besideCode: { plainWrite: boolean };
  writeLoggers: number;
  refreshAccess(): void;
  get iommu(): IommuTranslator | null;
  // Its device.
  readonly ops: ResolvedMmioOps | null;
  guardDevice: DeviceObject | null;
  entered: number;
  get lockless(): boolean;
  get isWatched(): boolean;
  get watchers(): Readonly<RegionWatchers>;
  get ownWatchers(): RegionWatchers;
  logCallbackError(error: unknown): void;
  // Its place in the tree.
  get container(): RegionInternals | null;
  sequence: number;
  get approximateStart(): number;
  get approximateEnd(): number;
  get aliasedBy(): Set<TreeNode> | null;
  get ownLinks(): RegionLinks<MemoryRegion, RegionInternals>;
  get subregionList(): Subregions<RegionInternals> | null;
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
