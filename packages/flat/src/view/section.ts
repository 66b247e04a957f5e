import { hex, type MemoryRegion, MemorySystem } from "@mem/core";
import { checkOptions, internalsOf, refuseArgument } from "@mem/core/plumbing";
import { SECTION_FIELDS } from "./section-fields.js";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { placeData, placeOfSection, placeText, type RangeData } from "../inspect/range-text.js";
import { Inspectable, type Summary } from "../inspect/summary.js";
import type { FlatRange } from "./flat-range.js";
import type { FlatView } from "./flat-view.js";

/**
 * A fragment of a region as it shows in an address space (`MemoryRegionSection`).
 *
 * @example
 * const section = findSection(system, 0x8000, 0x100);
 * console.log(String(section)); // prints: 0x8000+0x100 ram@0x8000
 * console.log(String(section?.withinRegion(0x8080n, 0x1000n))); // prints: 0x8080+0x80 ram@0x8080
 */
export class MemoryRegionSection {
  /** The region that the section is a part of. */
  readonly region: MemoryRegion;
  /** The view that the fragment belongs to, where it is one's. */
  readonly flatView: FlatView | null;
  /** First byte, relative to the region. */
  readonly offsetWithinRegion: bigint;
  /** First byte, as a bus address. */
  readonly offsetWithinAddressSpace: bigint;
  /** Length of the section, in bytes. */
  readonly size: bigint;
  /** True if it shows as read-only. */
  readonly readonly: boolean;
  /** True if the memory survives a loss of power. */
  readonly nonvolatile: boolean;
  /** True if it stays apart from its neighbours. */
  readonly unmergeable: boolean;

  constructor(fields: {
    region: MemoryRegion;
    flatView?: FlatView | null;
    offsetWithinRegion: bigint;
    offsetWithinAddressSpace: bigint;
    size: bigint;
    readonly?: boolean;
    nonvolatile?: boolean;
    unmergeable?: boolean;
  }) {
    checkOptions(fields, SECTION_FIELDS, refuseArgument);
    this.region = fields.region;
    this.flatView = fields.flatView ?? null;
    this.offsetWithinRegion = fields.offsetWithinRegion;
    this.offsetWithinAddressSpace = fields.offsetWithinAddressSpace;
    this.size = fields.size;
    this.readonly = fields.readonly ?? false;
    this.nonvolatile = fields.nonvolatile ?? false;
    this.unmergeable = fields.unmergeable ?? false;
  }

  /** The section of a whole range of a view. */
  static ofRange(range: FlatRange, flatView: FlatView): MemoryRegionSection {
    return new MemoryRegionSection({
      region: range.region,
      flatView,
      offsetWithinRegion: range.offset,
      offsetWithinAddressSpace: range.start,
      size: range.size,
      readonly: range.readonly,
      nonvolatile: range.nonvolatile,
      unmergeable: range.unmergeable,
    });
  }

  /**
   * The part of the section that lies in `[offset, offset + size)` of the region, if any.
   * @param offset where the part starts within the region, in bytes
   * @param size bytes of the part
   */
  withinRegion(offset: bigint, size: bigint): MemoryRegionSection | null {
    const start = offset > this.offsetWithinRegion ? offset : this.offsetWithinRegion;
    const ownEnd = this.offsetWithinRegion + this.size;
    const end = offset + size < ownEnd ? offset + size : ownEnd;
    if (start >= end) return null;
    return new MemoryRegionSection({
      ...this,
      offsetWithinRegion: start,
      offsetWithinAddressSpace: this.offsetWithinAddressSpace + (start - this.offsetWithinRegion),
      size: end - start,
    });
  }

  /** True if two sections describe the same fragment (`MemoryRegionSection_eq`). */
  equals(other: MemoryRegionSection): boolean {
    return (
      this.region === other.region &&
      this.flatView === other.flatView &&
      this.offsetWithinRegion === other.offsetWithinRegion &&
      this.offsetWithinAddressSpace === other.offsetWithinAddressSpace &&
      this.size === other.size &&
      this.readonly === other.readonly &&
      this.nonvolatile === other.nonvolatile &&
      this.unmergeable === other.unmergeable
    );
  }

  /** Text for `console.log`: the addresses, and the part of the region that shows there. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    const head = (ink: Ink): string =>
      `${ink("MemoryRegionSection", "kind")} ${placeText(placeOfSection(this), ink)}`;
    return outlined(depth, options, { head });
  }

  /** The section as data, addresses as texts in hexadecimal. */
  toJSON(): RangeData {
    return placeData(placeOfSection(this));
  }

  /** E.g. `0x4000+0x8 uart@0x0`. */
  toString(): string {
    const flags = `${this.readonly ? " ro" : ""}${this.nonvolatile ? " nv" : ""}`;
    const place = `${hex(this.offsetWithinAddressSpace)}+${hex(this.size)}`;
    return `${place} ${this.region.name}@${hex(this.offsetWithinRegion)}${flags}`;
  }
}

const SECTION_COPY = "section copy";

/**
 * A copy of a section that keeps its region and view alive until it is disposed.
 *
 * @example
 * const section = findSection(system, 0x8000, 0x100);
 * if (section) {
 *   using copy = new SectionCopy(section); // the region outlives whoever takes it away
 *   system.removeSubregion(ram);
 *   console.log(copy.section.region.name); // prints: ram
 * }
 * @see the guide "Who owns a region, and when does it die", "What holds memory alive"
 */
export class SectionCopy extends Inspectable implements Disposable {
  /** The section that is held. */
  readonly section: MemoryRegionSection;
  readonly #belonging: Disposable;
  #held = true;

  /**
   * `memory_region_section_new_copy`.
   * @throws LifecycleError when the region, its owner or the view of the section is gone.
   */
  constructor(section: MemoryRegionSection) {
    super();
    internalsOf(section.region).assertCountable("keep a section of");
    section.flatView?.retain();
    this.section = section;
    section.region.refUse(SECTION_COPY);
    this.#belonging = MemorySystem.of(section.region).own(this);
  }

  protected override summarize(): Summary {
    const name = String(this.section);
    return { kind: "SectionCopy", name, facts: [!this.#held && "given back"] };
  }

  /** The section's place, and whether it is held. */
  toJSON(): object {
    return { section: this.section.toJSON(), held: this.#held };
  }

  /** Gives the copy back (`memory_region_section_free_copy`); again does nothing. */
  [Symbol.dispose](): void {
    if (!this.#held) return;
    this.#held = false;
    this.#belonging[Symbol.dispose]();
    const { region, flatView } = this.section;
    flatView?.release();
    region.unrefUse(SECTION_COPY);
    region.system.reclaimer.drain();
  }
}
