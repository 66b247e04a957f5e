import type { Ink, Outline } from "@mem/qom";
import { hex } from "../address.js";
import type { RamBlock } from "../ram/block.js";
import type { Subregions } from "../tree/subregions.js";
import type { Sibling } from "../tree/sibling.js";
import type { RegionKind } from "./spec.js";

/** Most subregions that the data of one region list. */
const MOST_DATA = 256;

/** A region, as what is shown of it needs it. Reading these calls nobody's code. */
export interface ShownRegion extends Sibling {
  readonly name: string;
  readonly kind: RegionKind;
  readonly size: bigint;
  readonly addr: bigint;
  readonly container: ShownRegion | null;
  readonly alias: ShownRegion | null;
  readonly aliasOffset: bigint;
  readonly subregionList: Subregions<ShownRegion> | null;
  readonly owner: { describe(): string } | null;
  readonly ramBlock: RamBlock | null;
  readonly readonly: boolean;
  readonly attributes: readonly string[];
  readonly finalized: boolean;
  describe(): string;
}

/** The text that `console.log` shows of a region: what and where it is, then what lies in it. */
export function regionOutline(region: ShownRegion): Outline {
  const total = region.subregionList?.size ?? 0;
  return {
    head: (ink) => {
      const name = ink(nameOf(region), "name");
      const words = [ink(kindOf(region), "kind"), `${ink(hex(region.size), "number")} bytes`];
      const place = placeOf(region, ink);
      return [`${region.constructor.name} ${name} (${words.join(", ")})${place}`]
        .concat(statesOf(region))
        .join(", ");
    },
    lines: (ink) => subregionLines(region, ink),
    total,
  };
}

/** A region as data: addresses and sizes are hexadecimal texts, since 64 bits fit no JSON number. */
export function regionData(region: ShownRegion): object {
  const total = region.subregionList?.size ?? 0;
  const shown = firstSubregions(region, MOST_DATA);
  return {
    ...placeData(region),
    path: region.describe(),
    container: region.container === null ? null : nameOf(region.container),
    owner: region.owner?.describe() ?? null,
    states: statesOf(region),
    ...(region.alias && { alias: nameOf(region.alias), aliasOffset: hex(region.aliasOffset) }),
    subregions: shown.map(placeData),
    ...(total > shown.length && { moreSubregions: total - shown.length }),
  };
}

/** Sizes of the memory of regions: their number, and bytes in use. */
export function ramData(regions: ReadonlySet<ShownRegion>): { regions: number; bytes: number } {
  let bytes = 0;
  for (const { ramBlock } of regions) bytes += ramBlock?.usedLength ?? 0;
  return { regions: regions.size, bytes };
}

/** Sizes of the memory of regions, as words. */
export function ramText(regions: ReadonlySet<ShownRegion>): string {
  const { regions: count, bytes } = ramData(regions);
  return `${hex(bytes)} bytes of memory in ${count} ${count === 1 ? "region" : "regions"}`;
}

/** `NAME (KIND)`. */
export function regionText(region: ShownRegion): string {
  return `${region.describe()} (${kindOf(region)})`;
}

function placeData(region: ShownRegion): object {
  const { name, kind, priority, enabled } = region;
  return { name, kind, addr: hex(region.addr), size: hex(region.size), priority, enabled };
}

function nameOf(region: ShownRegion): string {
  return region.name === "" ? "(anonymous)" : region.name;
}

/** The kind; `rom` for RAM that the guest cannot write. */
function kindOf(region: ShownRegion): string {
  return region.kind === "ram" && region.readonly ? "rom" : region.kind;
}

function placeOf(region: ShownRegion, ink: Ink): string {
  const { alias, container } = region;
  const shows = alias ? ` of ${nameOf(alias)} from ${ink(hex(region.aliasOffset), "number")}` : "";
  if (container === null) return shows;
  return `${shows} at ${ink(hex(region.addr), "number")} in ${ink(nameOf(container), "name")}`;
}

function statesOf(region: ShownRegion): string[] {
  // The kind of a ROM says it already.
  const words = region.attributes.filter((word) => region.kind !== "ram" || word !== "read-only");
  return region.finalized ? ["finalized", ...words] : words;
}

function* subregionLines(region: ShownRegion, ink: Ink): Generator<string> {
  const last = region.size > 0n ? region.size - 1n : 0n;
  const digits = last.toString(16).length;
  // One more than are shown, which says that there are more.
  for (const sub of firstSubregions(region, 32)) {
    const end = sub.size > 0n ? sub.addr + sub.size - 1n : sub.addr;
    const range = [sub.addr, end].map((at) => at.toString(16).padStart(digits, "0")).join("-");
    const what = `(prio ${sub.priority}, ${ink(kindOf(sub), "kind")})`;
    const off = sub.enabled ? "" : ink(" [disabled]", "faint");
    yield `${ink(range, "number")} ${what}: ${ink(nameOf(sub), "name")}${off}`;
  }
}

/** Some subregions, highest precedence first; of very many only those that are enabled. */
function firstSubregions(region: ShownRegion, most: number): ShownRegion[] {
  const list = region.subregionList;
  if (list === null) return [];
  if (list.size <= 4 * most) return [...list].slice(0, most);
  const first: ShownRegion[] = [];
  list.visitWindow(0n, 1n << 64n, (sub) => first.push(sub) < most);
  return first;
}
