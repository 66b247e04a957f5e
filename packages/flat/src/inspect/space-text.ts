import type { Ink } from "@mem/qom";
import type { FlatView } from "../view/flat-view.js";
import { rangeLines } from "../view/flat-range.js";
import { type Summary, summaryLine } from "./summary.js";

/** An address space as far as it is shown. */
interface ShownSpace {
  readonly name: string;
  readonly root: { readonly name: string };
  readonly flatView: FlatView;
  readonly isDestroyed: boolean;
}

/** Most address spaces that are named in the line of a machine. */
const MOST_NAMES = 4;

/** The map of an address space. */
export function spaceSummary({ name, root, flatView, isDestroyed }: ShownSpace): Summary {
  return {
    kind: "AddressSpace",
    name,
    facts: [`root ${root.name}`, `${flatView.length} range(s)`, isDestroyed && "destroyed"],
    lines: (ink) => rangeLines(flatView.ranges(), ink),
    total: flatView.length,
  };
}

/** The data of an address space, ranges first to last, 256 at most. */
export function spaceData({ name, root, flatView, isDestroyed }: ShownSpace): object {
  return { name, destroyed: isDestroyed, ...flatView.toJSON(), root: root.name };
}

/** A line for each address space, and for each range of it. */
export function* spaceLines(spaces: readonly ShownSpace[], ink: Ink): Generator<string> {
  for (const space of spaces) {
    yield summaryLine(spaceSummary(space), ink);
    for (const line of rangeLines(space.flatView.ranges(), ink)) yield `  ${line}`;
  }
}

/** The maps of a machine. */
export function machineSummary(spaces: readonly ShownSpace[]): Summary {
  const names = spaces.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = spaces.length > MOST_NAMES ? " …" : "";
  return {
    kind: "Machine",
    facts: [`${spaces.length} address space(s) ${names.join(" ")}${more}`.trimEnd()],
    lines: (ink) => spaceLines(spaces, ink),
  };
}
