import type { PictureKind } from "../kinds.js";
import { type Colours, type MapOptions, PictureError } from "../map-options.js";
import { FONT } from "../text.js";

const LIGHT: Required<Colours> = {
  background: "#ffffff",
  text: "#1b1f24",
  line: "#8a929c",
  arrow: "#9a3412",
  ram: "#bfe3c6",
  rom: "#f5dfa6",
  ramDevice: "#a9dfd8",
  romDevice: "#f3c7a0",
  mmio: "#bcd4f5",
  reservation: "#d6d6d6",
  iommu: "#dcc6f0",
  alias: "#f4cbd5",
  container: "#eef0f3",
};

const DARK: Required<Colours> = {
  background: "#0f1318",
  text: "#e8ebef",
  line: "#78828e",
  arrow: "#fdba74",
  ram: "#23562f",
  rom: "#66531a",
  ramDevice: "#1d574f",
  romDevice: "#6d421c",
  mmio: "#27477a",
  reservation: "#4a4f55",
  iommu: "#533a6e",
  alias: "#6d2c40",
  container: "#1d232b",
};

const COLOUR = /^(#[0-9a-f]{3,8}|[a-z]{3,24})$/i;
const FONTS =
  "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/** Lines of the patterns that tell kinds apart without colours: a path in a square of 8 pixels. */
export const PATTERNS: Partial<Record<PictureKind, string>> = {
  rom: "M0 2H8M0 6H8",
  mmio: "M1 1h1.4M5 5h1.4",
  romDevice: "M0 2H8M2 0V8",
  ramDevice: "M2 0V8M6 0V8",
  reservation: "M0 0L8 8M8 0L0 8",
  iommu: "M0 6L4 2L8 6",
  alias: "M0 8L8 0",
  hole: "M0 0L8 8",
};

/** The style sheet, for elements below `.scope`. @throws PictureError for what is no colour */
export function styleSheet(scope: string, { theme = "auto", colours = {} }: MapOptions): string {
  const light = rules(scope, merged(LIGHT, colours.light));
  const dark = rules(scope, merged(DARK, colours.dark));
  const media = `@media (prefers-color-scheme: dark) {\n${dark}\n}`;
  const themed = theme === "auto" ? `${light}\n${media}` : theme === "dark" ? dark : light;
  return `${shapes(scope)}\n${themed}`;
}

function merged(base: Required<Colours>, own: Colours = {}): Required<Colours> {
  for (const [name, colour] of Object.entries(own)) {
    if (typeof colour === "string" && COLOUR.test(colour)) continue;
    throw new PictureError(`${name}: ${String(colour)} is no colour such as #rrggbb`, {
      rule: "picture-colour",
    });
  }
  return { ...base, ...own };
}

/** The style that is the same in every theme. */
function shapes(scope: string): string {
  return [
    `.${scope} text { font: ${FONT}px ${FONTS}; white-space: pre; paint-order: stroke; stroke-width: 3px; stroke-linejoin: round }`,
    `.${scope} .title { font-size: 16px; font-weight: bold }`,
    `.${scope} .heading, .${scope} .name { font-weight: 600 }`,
    `.${scope} .badge { font-weight: bold }`,
    `.${scope} .frame { fill: none; stroke-width: .8; stroke-opacity: .6 }`,
    `.${scope} .edge, .${scope} .tick, .${scope} .guide, .${scope} .way { fill: none }`,
    `.${scope} .guide { stroke-width: .6; stroke-dasharray: 1 4 }`,
    `.${scope} .covered { fill-opacity: .22 }`,
    `.${scope} .off { stroke-dasharray: 3 3 }`,
    `.${scope} .way { stroke-width: 1.4 }`,
    `.${scope} .unseen { stroke-dasharray: 4 3; opacity: .55 }`,
    `.${scope} .pattern { fill: none; stroke-width: 1; stroke-opacity: .28 }`,
  ].join("\n");
}

function rules(scope: string, colours: Required<Colours>): string {
  const { background, text, line, arrow, ...kinds } = colours;
  return [
    `.${scope} .paper { fill: ${background} }`,
    `.${scope} text { fill: ${text}; stroke: ${background} }`,
    `.${scope} .edge, .${scope} .tick, .${scope} .guide { stroke: ${line} }`,
    `.${scope} .pattern, .${scope} .frame { stroke: ${text} }`,
    `.${scope} .break { fill: ${background}; stroke: ${line} }`,
    `.${scope} .way { stroke: ${arrow} }`,
    `.${scope} .tip, .${scope} .bar { fill: ${arrow} }`,
    ...Object.entries(kinds).map(
      ([kind, colour]) =>
        `.${scope} .${kind} { fill: ${colour} } .${scope} .on-${kind} { stroke: ${colour} }`,
    ),
    `.${scope} .hole { fill: none } .${scope} .on-hole { stroke: ${background} }`,
    // Where a box is only an outline or pale, its text stands on paper.
    `.${scope} .on-paper { stroke: ${background} }`,
  ].join("\n");
}
