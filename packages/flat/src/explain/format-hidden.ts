import { hex, type MemoryRegion } from "@mem/core";
import { kindName, nameOf } from "./format-words.js";
import type { HiddenReason, HiddenRegion } from "./hidden.js";
import type { PathStep } from "./path-step.js";

/** Most hidden regions that are told one by one. */
const MAX_TOLD = 40;

/** Two lines for each region: which, and why it is not seen. */
export function hiddenLines(hidden: readonly HiddenRegion[]): string[] {
  const lines = hidden.slice(0, MAX_TOLD).flatMap((entry) => {
    const { region, offset, reason } = entry;
    const head = `${nameOf(region)} + ${hex(offset)}, ${kindName(region)}${viaOf(entry)}`;
    return [head, `  ${reasonText(region, reason)}`];
  });
  if (hidden.length > MAX_TOLD) lines.push(`and ${hidden.length - MAX_TOLD} more`);
  return lines;
}

/** The last alias on the way, which tells the ways to one region apart. */
function viaOf({ path, region }: HiddenRegion): string {
  const alias = path.findLast((step) => step.region.alias && step.region !== region);
  return alias ? `, through ${nameOf(alias.region)}` : "";
}

function reasonText(region: MemoryRegion, reason: HiddenReason): string {
  switch (reason.kind) {
    case "lowerPriority":
      return (
        `in ${nameOf(reason.container)}, ${nameOf(reason.winner)} has priority ` +
        `${reason.winner.priority}, ${nameOf(reason.sibling)} ${reason.sibling.priority}`
      );
    case "addedEarlier":
      return (
        `in ${nameOf(reason.container)}, ${nameOf(reason.winner)} has the same priority as ` +
        `${nameOf(reason.sibling)}, and came later`
      );
    case "beneathSubregion":
      return `shows where its subregions do not; here ${nameOf(reason.winner)} does`;
    case "disabled":
      return reason.by === region ? "disabled" : `${nameOf(reason.by)} above it is disabled`;
    case "cutOff":
      return cutText(reason.by);
    case "empty":
      return "has nothing here, so the search goes on below it";
    case "pastTarget":
      return `shows what lies past the end of ${nameOf(reason.target)}: nothing`;
    case "tooDeep":
      return "nested too deep to be shown";
    case "ending":
      return reason.by === region ? "being destroyed" : `${nameOf(reason.by)} is being destroyed`;
  }
}

function cutText(by: readonly PathStep[]): string {
  const [nearest, ...others] = by;
  if (!nearest) return "cut off";
  const { region, start, offset } = nearest;
  const what = region.alias ? `the window of ${nameOf(region)}` : nameOf(region);
  const edge = offset < 0n ? `begins at ${hex(start)}` : `ends before ${hex(start + region.size)}`;
  const more = others.length > 0 ? ` (cut off ${others.length} more ways)` : "";
  return `cut off: ${what} ${edge}${more}`;
}
