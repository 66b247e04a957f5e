import { type ObjectInit, QomObject } from "@mem/qom";
import { serialOf, shown } from "@mem/qom/plumbing";
import { ArgumentError, LifecycleError } from "../errors.js";
import type { RamBlock } from "../ram/block.js";
import type { RegionHost, RegionSystem } from "./host.js";
import { NO_WATCHERS, RegionWatchers } from "./parts.js";
import { REGION_KINDS, type RegionKind, type RegionSpec } from "./spec.js";

// The kind lies above the attributes in the word of flags, as its number in `REGION_KINDS`. Getters that accesses
// ask say the 24 by itself: they have to be short for the host to inline them whatever else it inlined.
const KIND_SHIFT = 24;
const ALIAS = 1;
const RAM = 2;
const RAM_DEVICE = 3;
const ROM_DEVICE = 4;
const IOMMU = 7;

/** Part of a region that never changes, and the checks that every change begins with. */
export abstract class RegionIdentity extends QomObject {
  /** The system that the region belongs to. */
  readonly system: RegionSystem;
  /** Name for people; `null` for an anonymous region. */
  protected readonly label: string | null;
  /** The object whose life bounds the region's; `null` for static regions. */
  readonly owner: QomObject | null;
  /** The memory behind RAM, ROM and ROM devices. */
  readonly ramBlock: RamBlock | null;
  /** One bit for each attribute that is set, and the kind. */
  protected flags: number;
  #watchers: RegionWatchers | null = null;

  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<RegionIdentity>) {
    super(init);
    this.system = system;
    this.label = spec.name;
    this.owner = spec.owner;
    this.ramBlock = spec.ramBlock ?? null;
    this.flags = REGION_KINDS.indexOf(spec.kind) << KIND_SHIFT;
  }

  /** The region that an alias shows a part of. */
  abstract get alias(): RegionIdentity | null;

  /** The system, with what only regions ask of it. */
  protected get host(): RegionHost {
    return this.system as RegionHost;
  }

  /** Distinguishes the regions of one system. */
  protected get id(): number {
    return serialOf(this);
  }

  /** Name for people; the empty string for an anonymous region. */
  get name(): string {
    return this.label ?? "";
  }

  /** Kind of the region. */
  get kind(): RegionKind {
    return REGION_KINDS[this.flags >>> KIND_SHIFT] ?? "container";
  }

  /** True if the region answers accesses itself where no subregion does. */
  protected get terminates(): boolean {
    return this.flags >>> 24 > ALIAS;
  }

  /** RAM, ROM and RAM devices, but not ROM devices. */
  get isRam(): boolean {
    const kind = this.flags >>> 24;
    return kind === RAM || kind === RAM_DEVICE;
  }

  /** Memory of a physical device, accessed with the guest's own access sizes. */
  protected get isRamDevice(): boolean {
    return this.flags >>> 24 === RAM_DEVICE;
  }

  /** Memory whose writes, and in MMIO mode also reads, go to a device. */
  protected get isRomDevice(): boolean {
    return this.flags >>> 24 === ROM_DEVICE;
  }

  /** True if accesses are translated and go on elsewhere. */
  protected get isIommu(): boolean {
    return this.flags >>> 24 === IOMMU;
  }

  /** Path in the object tree, or the name where there is none: for messages. */
  override describe(): string {
    return (this.finalized ? null : this.canonicalPath()) ?? (this.name || "(anonymous region)");
  }

  /** True if anybody uses the region or wants to hear of it, besides views. */
  protected get isWatched(): boolean {
    return this.#watchers !== null;
  }

  /** Whoever uses the region or wants to hear of it. */
  protected get watchers(): Readonly<RegionWatchers> {
    return this.#watchers ?? NO_WATCHERS;
  }

  /** The same, to be changed: an object of the region's own, made on first use. */
  protected get ownWatchers(): RegionWatchers {
    return (this.#watchers ??= new RegionWatchers());
  }

  /** Causes of log lines that were logged; `null` where there was none. */
  protected get loggedCauses(): Set<string> | null {
    return this.watchers.loggedCauses;
  }
  protected set loggedCauses(causes: Set<string> | null) {
    this.ownWatchers.loggedCauses = causes;
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
