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
}

/**
 * The attributes that regions have, each declared here and nowhere else. An accessor of
 * {@link RegionAttributes} names each; texts and data go through the table.
 */
export const REGION_ATTRIBUTES = {
  enabled: attribute(0, "enable or disable", { off: "disabled" }),
  readonly: attribute(1, "set read-only", { on: "read-only", decidesAccess: true }),
  nonvolatile: attribute(2, "set non-volatile", { on: "non-volatile" }),
  unmergeable: attribute(3, "set unmergeable", { on: "unmergeable" }),
  romd: attribute(4, "set ROMD mode of", { off: "in MMIO mode", decidesAccess: true }),
} as const;

function attribute(
  index: number,
  action: string,
  rest: Partial<Pick<RegionAttribute, "on" | "off" | "decidesAccess">>,
): RegionAttribute {
  return { bit: 1 << index, action, on: null, off: null, decidesAccess: false, ...rest };
}

/** Words for the attributes in a word of flags that are not as they are by default. */
function attributeWords(flags: number): string[] {
  const words: string[] = [];
  for (const { bit, on, off } of Object.values<RegionAttribute>(REGION_ATTRIBUTES)) {
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
  /** One bit for each attribute that is set. */
  protected flags: number;

  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<RegionIdentity>) {
    super(init, system, spec);
    const { enabled, romd, readonly } = REGION_ATTRIBUTES;
    this.flags = enabled.bit | romd.bit | (spec.readonly === true ? readonly.bit : 0);
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
    this.#set(REGION_ATTRIBUTES.readonly, on);
  }

  /** Marks the region as non-volatile memory, for whoever looks at the map. */
  get nonvolatile(): boolean {
    return (this.flags & 4) !== 0;
  }
  set nonvolatile(on: boolean) {
    this.#set(REGION_ATTRIBUTES.nonvolatile, on);
  }

  /** Keeps the region's ranges from being joined with their neighbours. */
  get unmergeable(): boolean {
    return (this.flags & 8) !== 0;
  }
  set unmergeable(on: boolean) {
    this.#set(REGION_ATTRIBUTES.unmergeable, on);
  }

  /** ROMD mode of a ROM device: reads come from memory, not from the device. */
  get romd(): boolean {
    return (this.flags & 16) !== 0;
  }
  set romd(on: boolean) {
    this.#set(REGION_ATTRIBUTES.romd, on);
  }

  /**
   * The attributes that are not as they are by default, in words: `["disabled", "read-only"]`.
   * New ones appear here by themselves.
   */
  get attributes(): readonly string[] {
    return attributeWords(this.flags);
  }

  #set({ bit, action, decidesAccess }: RegionAttribute, on: boolean): void {
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
