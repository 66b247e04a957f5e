/** Data of `info mtree`: `info mtree --json`, and `map --json`. */
import type { FlatView, Machine, MemoryRegion } from "@mem/flat";

/** A region and what is mapped into it. Addresses are hexadecimal texts, as they exceed 2^53. */
export interface RegionJson {
  readonly name: string;
  /** First address, seen from the root of the tree. */
  readonly start: string;
  /** Last address, inclusive. */
  readonly end: string;
  readonly priority: number;
  /** `ram`, `rom`, `romd`, `ramd` or `i/o`, as `info mtree` has it; an alias is what it shows. */
  readonly kind: string;
  readonly enabled: boolean;
  readonly owner: string | null;
  /** Target of an alias, and the offset in it. */
  readonly alias: { readonly name: string; readonly offset: string } | null;
  readonly subregions: readonly RegionJson[];
}

/** A range of a flat view. */
export interface RangeJson {
  readonly start: string;
  readonly end: string;
  readonly priority: number;
  readonly kind: string;
  readonly region: string;
  readonly offset: string;
  /** Owner of the region, where owners were asked for. */
  readonly owner?: string | null;
}

/** Parts of the data that are asked for. */
export interface MtreeJsonOptions {
  /** True for the flat views alone, without the trees. Default false. */
  readonly flatview?: boolean;
  /** True for the owner of each range; each region of a tree has its owner anyway. Default false. */
  readonly owner?: boolean;
  /** True for disabled regions too, which no flat view has. Default false. */
  readonly disabled?: boolean;
}

/** The whole of it, or its flat views. */
export interface MtreeJson {
  /** One tree per root, with the address spaces that use it. */
  readonly trees?: readonly {
    readonly addressSpaces: readonly string[];
    readonly root: RegionJson;
  }[];
  /** The regions that aliases show, each as a tree of its own. */
  readonly aliased?: readonly RegionJson[];
  /** Flat views of the address spaces. */
  readonly flatViews: readonly {
    readonly addressSpaces: readonly string[];
    readonly root: string | null;
    readonly ranges: readonly RangeJson[];
  }[];
}

/** The text of {@link mtreeJson}. Ends with a newline. */
export function mtreeJsonText(machine: Machine, options: MtreeJsonOptions): string {
  return `${JSON.stringify(mtreeJson(machine, options), null, 2)}\n`;
}

/** The memory trees and flat views of `machine`, or what `options` asks for. */
export function mtreeJson(machine: Machine, options: MtreeJsonOptions = {}): MtreeJson {
  const flatViews = flatViewsOf(machine, options.owner ?? false);
  if (options.flatview ?? false) return { flatViews };
  return { ...treesOf(machine, options.disabled ?? false), flatViews };
}

function treesOf(machine: Machine, disabled: boolean): Pick<MtreeJson, "trees" | "aliased"> {
  const targets = new Set<MemoryRegion>();
  const tree = (region: MemoryRegion, base: bigint): RegionJson => {
    const start = BigInt.asUintN(64, base + region.addr);
    if (region.alias !== null) targets.add(region.alias);
    return {
      name: region.name,
      start: hex(start),
      end: hex(lastOf(start, region.size)),
      priority: region.priority,
      kind: kindOf(region),
      enabled: region.enabled,
      owner: ownerOf(region),
      alias:
        region.alias === null ? null : { name: region.alias.name, offset: hex(region.aliasOffset) },
      subregions: [...region.subregions]
        .filter((sub) => sub.enabled || disabled)
        .sort((a, b) => (a.addr === b.addr ? b.priority - a.priority : a.addr < b.addr ? -1 : 1))
        .map((sub) => tree(sub, start)),
    };
  };
  const spacesOf = new Map<MemoryRegion, string[]>();
  for (const { name, root } of machine.addressSpaces) {
    spacesOf.set(root, [...(spacesOf.get(root) ?? []), name]);
  }
  const trees = [...spacesOf].map(([root, addressSpaces]) => ({
    addressSpaces,
    root: tree(root, 0n),
  }));
  const aliased: RegionJson[] = [];
  // A set takes what is added while it is gone through: targets of aliases within targets.
  for (const target of targets) aliased.push(tree(target, 0n));
  return { trees, aliased };
}

function flatViewsOf(machine: Machine, owner: boolean): MtreeJson["flatViews"] {
  const viewsOf = new Map<FlatView, string[]>();
  for (const { name, flatView } of machine.addressSpaces) {
    viewsOf.set(flatView, [...(viewsOf.get(flatView) ?? []), name]);
  }
  return [...viewsOf].map(([view, addressSpaces]) => ({
    addressSpaces,
    root: view.root?.name ?? null,
    ranges: [...view.ranges()].map((range) => ({
      start: hex(range.start),
      end: hex(range.end - 1n),
      priority: range.region.priority,
      kind: range.readonly ? "rom" : kindOf(range.region),
      region: range.region.name,
      offset: hex(range.offset),
      ...(owner ? { owner: ownerOf(range.region) } : {}),
    })),
  }));
}

/** The path of what a region belongs to, `null` where that is nothing, or was finalized. */
function ownerOf({ owner }: MemoryRegion): string | null {
  return owner === null || owner.finalized ? null : owner.canonicalPath();
}

function kindOf(region: MemoryRegion): string {
  if (region.alias !== null) return kindOf(region.alias);
  if (region.kind === "ramDevice") return "ramd";
  if (region.isRomd) return "romd";
  if (region.isRom) return "rom";
  return region.isRam ? "ram" : "i/o";
}

function lastOf(start: bigint, size: bigint): bigint {
  return size === 0n ? start : BigInt.asUintN(64, start + size - 1n);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
