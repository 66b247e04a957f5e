import { hex, type MemoryRegion, MemorySystem } from "@mem/core";
import {
  attributeRows,
  attributeWords,
  checkOptions,
  INHERITED_ATTRIBUTES,
  internalsOf,
  refuseArgument,
  REGION_ATTRIBUTES,
  type RegionAttributeName,
} from "@mem/core/plumbing";
import { SECTION_FIELDS } from "./section-fields.js";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import {
  attributeMarks,
  type Place,
  placeData,
  placeText,
  type RangeData,
} from "../inspect/range-text.js";
import { Inspectable, type Summary } from "../inspect/summary.js";
import { type FlatRange, flagsOf } from "./flat-range.js";
import type { FlatView } from "./flat-view.js";

/**
 * Place of a section, and its attributes: those of the region, or of something above it, that all has
 * which shows there.
 * @see {@link MemoryRegionSection}
 */
export interface SectionFields extends Readonly<Partial<Record<RegionAttributeName, boolean>>> {
  /** The region that the section is a part of. */
  readonly region: MemoryRegion;
  /** The view that the fragment belongs to, where it is one's. */
  readonly flatView?: FlatView | null;
  /** First byte, relative to the region. */
  readonly offsetWithinRegion: bigint;
  /** First byte, as a bus address. */
  readonly offsetWithinAddressSpace: bigint;
  /** Length of the section, in bytes. */
  readonly size: bigint;
}

/** Key of the attributes as bits, where the packages make a section of what is known to be right. */
export const sectionFlags = Symbol("section flags");

interface CheckedFields extends SectionFields {
  readonly [sectionFlags]: number;
}

/** The key is the packages' own; fields that a caller has may be anything. */
function isCheckedFields(fields: SectionFields | CheckedFields): fields is CheckedFields {
  return typeof fields === "object" && fields !== null && sectionFlags in fields;
}

function flagsIn(fields: SectionFields): number {
  let flags = 0;
  for (const [name, { bit }] of attributeRows()) if (fields[name] === true) flags |= bit;
  return flags & INHERITED_ATTRIBUTES;
}

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
  /** Bits of the attributes of the region, or of something above it. */
  readonly #flags: number;

  /** @param fields its place and its attributes: those that are left out are not set */
  constructor(fields: SectionFields | CheckedFields) {
    const isChecked = isCheckedFields(fields);
    if (!isChecked) checkOptions(fields, SECTION_FIELDS, refuseArgument);
    this.region = fields.region;
    this.flatView = fields.flatView ?? null;
    this.offsetWithinRegion = fields.offsetWithinRegion;
    this.offsetWithinAddressSpace = fields.offsetWithinAddressSpace;
    this.size = fields.size;
    this.#flags = isChecked ? fields[sectionFlags] : flagsIn(fields);
  }

  /** True if it shows as read-only. */
  get readonly(): boolean {
    return (this.#flags & REGION_ATTRIBUTES.readonly.bit) !== 0;
  }

  /** True if the memory survives a loss of power. */
  get nonvolatile(): boolean {
    return (this.#flags & REGION_ATTRIBUTES.nonvolatile.bit) !== 0;
  }

  /** True if it stays apart from its neighbours. */
  get unmergeable(): boolean {
    return (this.#flags & REGION_ATTRIBUTES.unmergeable.bit) !== 0;
  }

  /** The attributes that are not as they are by default, in words: `["read-only"]`. */
  get attributes(): readonly string[] {
    return attributeWords(this.#flags, INHERITED_ATTRIBUTES);
  }

  /** The section of a whole range of a view. */
  static ofRange(range: FlatRange, flatView: FlatView): MemoryRegionSection {
    return new MemoryRegionSection({
      region: range.region,
      flatView,
      offsetWithinRegion: range.offset,
      offsetWithinAddressSpace: range.start,
      size: range.size,
      [sectionFlags]: flagsOf(range) & INHERITED_ATTRIBUTES,
    });
  }

  /**
   * The part of the section that lies in `[offset, offset + size)` of the region, if any.
   * @param offset first byte of the part within the region
   * @param size bytes of the part
   */
  withinRegion(offset: bigint, size: bigint): MemoryRegionSection | null {
    const start = offset > this.offsetWithinRegion ? offset : this.offsetWithinRegion;
    const ownEnd = this.offsetWithinRegion + this.size;
    const end = offset + size < ownEnd ? offset + size : ownEnd;
    if (start >= end) return null;
    return new MemoryRegionSection({
      region: this.region,
      flatView: this.flatView,
      [sectionFlags]: this.#flags,
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
      this.#flags === other.#flags
    );
  }

  /** Text for `console.log`: the addresses, and the part of the region that shows there. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    const head = (ink: Ink): string =>
      `${ink("MemoryRegionSection", "kind")} ${placeText(this.#place(), ink)}`;
    return outlined(depth, options, { head });
  }

  /** The section as data, addresses as texts in hexadecimal. */
  toJSON(): RangeData {
    return placeData(this.#place(), INHERITED_ATTRIBUTES);
  }

  #place(): Place {
    const { region, size, offsetWithinAddressSpace: start, offsetWithinRegion: offset } = this;
    return { region, start, last: start + size - 1n, offset, flags: this.#flags };
  }

  /** E.g. `0x4000+0x8 uart@0x0`. */
  toString(): string {
    const place = `${hex(this.offsetWithinAddressSpace)}+${hex(this.size)}`;
    return `${place} ${this.region.name}@${hex(this.offsetWithinRegion)}${attributeMarks(this.#flags)}`;
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

  /** The section's place, with a mark if it is held. */
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
    internalsOf(region).system.reclaimer.drain();
  }
}
