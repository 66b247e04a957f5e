import type { ObjectInit } from "@mem/qom";
import type { RegionSystem } from "./host.js";
import { RegionIdentity } from "./identity.js";
import type { RegionSpec } from "./spec.js";

/** An attribute of regions: a flag that is switched at run time. */
export interface RegionAttribute {
  /** Its bit in the region's word of flags. */
  readonly bit: number;
  /** Effect of setting it, for messages: `"make read-only"`. */
  readonly action: string;
  /** Word for a region on which it is set; `null` where that is the rule. */
  readonly on: string | null;
  /** Word for a region on which it is not set; `null` where that is the rule. */
  readonly off: string | null;
  /** True if it decides which accesses go straight to memory. */
  readonly decidesAccess: boolean;
  /**
   * Ranges of a view that have it: none, those of the region itself, or with `"below"` also those of
   * all that shows in the region, as a container or an alias.
   */
  readonly shows: "nowhere" | "itself" | "below";
  /** Mark behind a range or section that has it, `"nv"` say; `null` for none. */
  readonly mark: string | null;
  /** Text before the kind of a region that has it in `info mtree`, `"nv-"` say. */
  readonly kindPrefix: string;
  /** Effect of it on a range, for whoever asks why; `null`: {@link on} and {@link off} say it. */
  readonly effect: string | null;
}

/**
 * The attributes that regions have, each declared here and nowhere else. An accessor of the same name
 * belongs to each; ranges, sections, texts, data, explanations and models go through the table.
 */
export const REGION_ATTRIBUTES = {
  enabled: attribute(0, "enable or disable", { off: "disabled" }),
  readonly: attribute(1, "set read-only", {
    on: "read-only",
    decidesAccess: true,
    shows: "below",
    mark: "ro",
  }),
  nonvolatile: attribute(2, "set non-volatile", {
    on: "non-volatile",
    shows: "below",
    mark: "nv",
    kindPrefix: "nv-",
  }),
  unmergeable: attribute(3, "set unmergeable", {
    on: "unmergeable",
    shows: "below",
    effect: "never joined with neighbours",
  }),
  romd: attribute(4, "set ROMD mode of", {
    off: "in MMIO mode",
    decidesAccess: true,
    shows: "itself",
  }),
  reentrancyGuardDisabled: attribute(5, "set the re-entrancy guard of", {
    on: "without re-entrancy guard",
  }),
  lockless: attribute(6, "make lockless", { on: "lockless" }),
} as const satisfies Readonly<Record<string, RegionAttribute>>;

/** Name of an attribute, and of the accessor of a region for it. */
export type RegionAttributeName = keyof typeof REGION_ATTRIBUTES;

function attribute(
  index: number,
  action: string,
  rest: Partial<Omit<RegionAttribute, "bit" | "action">>,
): RegionAttribute {
  return {
    bit: 1 << index,
    action,
    on: null,
    off: null,
    decidesAccess: false,
    shows: "nowhere",
    mark: null,
    kindPrefix: "",
    effect: null,
    ...rest,
  };
}

/** The attributes of the table with their names. */
export function attributeRows(): [RegionAttributeName, RegionAttribute][] {
  return Object.entries<RegionAttribute>(REGION_ATTRIBUTES) as [
    RegionAttributeName,
    RegionAttribute,
  ][];
}

function bitsOf(isMeant: (attribute: RegionAttribute) => boolean): number {
  let bits = 0;
  for (const [, row] of attributeRows()) if (isMeant(row)) bits |= row.bit;
  return bits;
}

/** Bits of the attributes that ranges of a view have, of their region or of something above it. */
export const SHOWN_ATTRIBUTES = /* @__PURE__ */ bitsOf(({ shows }) => shows !== "nowhere");

/** Bits of those that all has that shows in a region which has them. */
export const INHERITED_ATTRIBUTES = /* @__PURE__ */ bitsOf(({ shows }) => shows === "below");

/**
 * Words for the attributes in a word of flags that are not as they are by default.
 * @param which bits of the attributes to tell of; default: all
 */
export function attributeWords(flags: number, which = -1): string[] {
  const words: string[] = [];
  for (const [, { bit, on, off }] of attributeRows()) {
    if ((which & bit) === 0) continue;
    const word = (flags & bit) !== 0 ? on : off;
    if (word !== null) words.push(word);
  }
  return words;
}

/**
 * The attributes of a region, in one word.
 * @see {@link MemoryRegion}
 */
export abstract class RegionAttributes extends RegionIdentity {
  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<RegionIdentity>) {
    super(init, system, spec);
    const { enabled, romd, readonly } = REGION_ATTRIBUTES;
    this.flags |= enabled.bit | romd.bit | (spec.readonly === true ? readonly.bit : 0);
  }

  /** A disabled region behaves as if it was not there, and its subregions neither. */
  get enabled(): boolean {
    return (this.flags & 1) !== 0;
  }
  set enabled(on: boolean) {
    const { bit, action } = REGION_ATTRIBUTES.enabled;
    this.assertSettable(action, on);
    if (on !== this.enabled) this.switchOver(() => (this.flags ^= bit));
  }

  /**
   * On RAM this makes a ROM: guest writes are refused. On an alias or container it shows in the
   * map, and processors drop stores there; other masters write through. Device registers are
   * written as before, but lose the re-entrancy guard.
   */
  get readonly(): boolean {
    return (this.flags & 2) !== 0;
  }
  set readonly(on: boolean) {
    this.setAttribute(REGION_ATTRIBUTES.readonly, on);
  }

  /** Marks the region as non-volatile memory, for whoever looks at the map. */
  get nonvolatile(): boolean {
    return (this.flags & 4) !== 0;
  }
  set nonvolatile(on: boolean) {
    this.setAttribute(REGION_ATTRIBUTES.nonvolatile, on);
  }

  /** Keeps the region's ranges from being joined with their neighbours. */
  get unmergeable(): boolean {
    return (this.flags & 8) !== 0;
  }
  set unmergeable(on: boolean) {
    this.setAttribute(REGION_ATTRIBUTES.unmergeable, on);
  }

  /** ROMD mode of a ROM device: reads come from memory, not from the device. */
  get romd(): boolean {
    return (this.flags & 16) !== 0;
  }
  set romd(on: boolean) {
    this.setAttribute(REGION_ATTRIBUTES.romd, on);
  }

  /** The attributes that are not as they are by default, in words: `["disabled", "read-only"]`. */
  protected get attributes(): readonly string[] {
    return attributeWords(this.flags);
  }

  /** Sets or clears an attribute, in a transaction. */
  protected setAttribute({ bit, action, decidesAccess }: RegionAttribute, on: boolean): void {
    this.assertSettable(action, on);
    if (on === ((this.flags & bit) !== 0)) return;
    this.change(() => {
      this.flags ^= bit;
      if (decidesAccess) this.attributesChanged();
    });
  }

  /** Makes a change that only matters while the region is enabled. */
  protected abstract change(apply: () => void): void;
  /** Enables or disables the region, which `apply` does. */
  protected abstract switchOver(apply: () => void): void;
  /** Tells the system that accesses may go another way: straight to memory, or no longer. */
  protected abstract attributesChanged(): void;
}
