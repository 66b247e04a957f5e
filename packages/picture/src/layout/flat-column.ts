import { hex } from "@mem/core";
import type { FlatRange, FlatView } from "@mem/flat";
import { boxLines } from "./boxes.js";
import { KIND_WORDS, kindOf } from "../kinds.js";
import type { CheckedOptions } from "../map-options.js";
import type { FlatBox } from "./map-layout.js";
import type { Window } from "./plan.js";
import type { Scale } from "./scale.js";
import { LETTER, sizeText, spanText, textWidth } from "../text.js";

const INSET = 1;

/** A stretch of an address space: a range of its view cut to the window, or a hole. */
export interface Stretch {
  readonly range: FlatRange | null;
  readonly start: bigint;
  readonly end: bigint;
}

/** The whole window, stretch by stretch. */
export function stretchesOf(view: FlatView, { from, to }: Window): Stretch[] {
  const stretches: Stretch[] = [];
  let at = from;
  for (const range of view.rangesWithin(from, to)) {
    const start = range.start > at ? range.start : at;
    const end = range.end < to ? range.end : to;
    if (start > at) stretches.push({ range: null, start: at, end: start });
    stretches.push({ range, start, end });
    at = end;
  }
  if (at < to) stretches.push({ range: null, start: at, end: to });
  return stretches;
}

/** The text on a stretch: which region, and from which offset on. */
export function stretchName({ range, start }: Stretch, { label }: CheckedOptions): string {
  if (!range) return "hole";
  const offset = range.offset + (start - range.start);
  return `${label(range.region)}${offset === 0n ? "" : ` @${hex(offset)}`}`;
}

/** The width that the column would like to have. */
export function flatWidth(stretches: readonly Stretch[], options: CheckedOptions): number {
  const names = stretches.map((stretch) => textWidth(stretchName(stretch, options)));
  return Math.min(280, Math.max(150, Math.max(0, ...names) + 4 * LETTER));
}

/** The boxes of the column. */
export function flatBoxes(
  stretches: readonly Stretch[],
  scale: Scale,
  column: { readonly x: number; readonly width: number },
  options: CheckedOptions,
): FlatBox[] {
  return stretches.map((stretch) => {
    const { range, start, end } = stretch;
    const y = scale.yOf(start) + INSET;
    const rect = { ...column, y, height: scale.yOf(end) - INSET - y };
    const kind = range ? kindOf(range.region, range.readonly) : "hole";
    const size = sizeText(end - start);
    const name = stretchName(stretch, options);
    const rows = scale.within(start, end);
    return {
      ...rect,
      range,
      start,
      end,
      kind,
      isBroken: rows.length === 1 && rows[0]?.isBroken === true,
      lines: boxLines(rect, name, "", size, range !== null),
      description: `${spanText(start, end)}: ${range ? `${name}, ${KIND_WORDS[kind]}` : "hole"}, ${size}`,
    };
  });
}
