import { type ObjectInit, QomObject } from "@mem/qom";
import { shown } from "@mem/qom/plumbing";
import { ArgumentError, LifecycleError } from "../errors.js";
import type { RegionHost, RegionSystem } from "./host.js";
import type { ResolvedMmioOps } from "../mmio/resolved-ops.js";
import type { RamBlock } from "../ram/block.js";
import type { RegionKind, RegionSpec } from "./spec.js";

/** Part of a region that never changes, and its users. */
export abstract class RegionIdentity extends QomObject {
  /** The system that the region belongs to. */
  readonly system: RegionSystem;
  /** Name for people; `null` for an anonymous region. */
  readonly label: string | null;
  /** Kind of the region. */
  readonly kind: RegionKind;
  /** The object whose life bounds the region's; `null` for static regions. */
  readonly owner: QomObject | null;
  /** The region that an alias shows a part of. */
  readonly alias: RegionIdentity | null;
  /** Device callbacks with their rules resolved; `null` where the region has none. */
  readonly ops: ResolvedMmioOps | null;
  /** The memory behind RAM, ROM and ROM devices. */
  readonly ramBlock: RamBlock | null;
  /** True if the region answers accesses itself where no subregion does. */
  readonly terminates: boolean;
  /** RAM, ROM and RAM devices, but not ROM devices. */
  readonly isRam: boolean;
  /** Memory of a physical device, accessed with the guest's own access sizes. */
  readonly isRamDevice: boolean;
  /** Memory whose writes, and in MMIO mode also reads, go to a device. */
  readonly isRomDevice: boolean;

  /** True if accesses are translated and go on elsewhere. */
  readonly isIommu: boolean;

  /** Causes of log lines that were logged; `null` where there was none. */
  protected loggedCauses: Set<string> | null = null;

  /** Distinguishes the regions of one system. */
  readonly id: number;
  #uses = 0;
  #shown = 0;

  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<RegionIdentity>) {
    super(init);
    this.system = system;
    this.id = this.host.nextSequence();
    this.label = spec.name;
    this.kind = spec.kind;
    this.owner = spec.owner;
    this.alias = spec.target ?? null;
    this.ops = spec.ops ?? null;
    this.ramBlock = spec.ramBlock ?? null;
    this.terminates = spec.kind !== "container" && spec.kind !== "alias";
    this.isRam = spec.kind === "ram" || spec.kind === "ramDevice";
    this.isRamDevice = spec.kind === "ramDevice";
    this.isRomDevice = spec.kind === "romDevice";
    this.isIommu = spec.kind === "iommu";
  }

  /** The system, with what only regions ask of it. */
  protected get host(): RegionHost {
    return this.system as RegionHost;
  }

  /** Name for people; the empty string for an anonymous region. */
  get name(): string {
    return this.label ?? "";
  }

  /** RAM that ordinary means such as DMA cannot reach (`memory_region_is_protected`). */
  get isProtected(): boolean {
    return this.isRam && this.ramBlock?.isProtected === true;
  }

  /** The host's handle of the file behind the memory, -1 without; aliases are followed. */
  get fd(): number {
    return this.alias ? this.alias.fd : (this.ramBlock?.backing?.fd ?? -1);
  }

  /** The region is best placed at multiples of this many bytes; 0 where it does not matter. */
  get alignment(): number {
    return this.ramBlock?.alignment ?? 0;
  }

  /** Path in the object tree, or the name where there is none: for messages. */
  override describe(): string {
    return (this.finalized ? null : this.canonicalPath()) ?? (this.name || "(anonymous region)");
  }

  /**
   * Takes a use of the region (`memory_region_ref`): RAM counts on itself, anything else on
   * its owner, and regions without an owner are not counted.
   * @param holder who takes it, for leak reports
   */
  refUse(holder?: string): void {
    this.#uses++;
    this.#counted?.ref(holder);
  }

  /** Gives a use back (`memory_region_unref`), under the name that it was taken with. */
  unrefUse(holder?: string): void {
    this.#uses--;
    this.#counted?.unref(holder);
  }

  /** Takes a use by a rendered view, which only keeps the region alive. */
  protected refShown(): void {
    this.#shown++;
    this.#counted?.ref();
  }

  /** Gives a use by a rendered view back. */
  protected unrefShown(): void {
    this.#shown--;
    this.#counted?.unref();
  }

  /**
   * True if the region shows in an address space, or a map, a cache, a section copy or a foreign
   * container uses it.
   */
  get inUse(): boolean {
    return this.#uses > 0 || (this.#shown > 0 && this.host.isShown(this));
  }

  get #counted(): QomObject | null {
    return this.owner !== null && this.isRam ? this : this.owner;
  }

  /** True if what its uses count on still lives, so that it may be shown. */
  protected get isCountable(): boolean {
    const counted = this.#counted;
    return counted === null || !(counted.finalizing || counted.finalized);
  }

  /** @throws LifecycleError after finalization, and after that of its owner. */
  protected assertCountable(action: string): void {
    this.assertUsable(action);
    if (this.isCountable) return;
    throw new LifecycleError(`cannot ${action} ${this.describe()}: its owner was finalized`, {
      rule: "owner-finalized",
      region: this.describe(),
    });
  }

  /**
   * @throws LifecycleError after finalization; ArgumentError unless an attribute is set to `true`
   *   or `false`
   */
  protected assertSettable(action: string, on: boolean): void {
    this.assertUsable(action);
    if (typeof on === "boolean") return;
    throw new ArgumentError(`cannot ${action} ${this.describe()} with ${shown(on)}: it is a flag`, {
      rule: "option-kind",
      region: this.describe(),
    });
  }

  /** @throws LifecycleError after finalization. */
  protected assertUsable(action: string): void {
    if (this.finalized) {
      throw new LifecycleError(`cannot ${action} ${this.describe()}: it was finalized`, {
        rule: "use-after-finalize",
        region: this.describe(),
      });
    }
  }
}
