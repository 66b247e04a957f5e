import { KIND_LETTERS, KIND_WORDS, PICTURE_KINDS, type PictureKind } from "../kinds.js";
import type { MapLayout } from "../layout/map-layout.js";
import { textWidth } from "../text.js";
import { element, escapeXml } from "./xml.js";

const ITEM_HEIGHT = 22;
const SWATCH = 30;
const MARGIN = 16;

/** The way in which the legend draws a sample of a fill. */
export type Swatch = (
  kind: PictureKind,
  rect: { x: number; y: number; width: number; height: number },
  state: "seen" | "covered",
) => string;

interface Item {
  readonly text: string;
  draw(x: number, y: number): string;
}

/** The legend below a picture, and the height it takes. Only what occurs is explained. */
export function legend(layout: MapLayout, swatch: Swatch): { svg: string; height: number } {
  const parts: string[] = [];
  let x = MARGIN;
  let y = layout.height;
  for (const item of itemsOf(layout, swatch)) {
    const width = SWATCH + 6 + textWidth(item.text) + 18;
    if (x + width > layout.width && x > MARGIN) {
      x = MARGIN;
      y += ITEM_HEIGHT;
    }
    parts.push(item.draw(x, y));
    parts.push(element("text", { x: x + SWATCH + 6, y: y + 12 }, escapeXml(item.text)));
    x += width;
  }
  return { svg: parts.join("\n"), height: y - layout.height + ITEM_HEIGHT + MARGIN };
}

function itemsOf(layout: MapLayout, swatch: Swatch): Item[] {
  const boxes = layout.panels.flatMap((panel) => panel.boxes);
  const kinds = new Set<PictureKind>([...boxes, ...layout.flat].map(({ kind }) => kind));
  const box = (x: number, y: number) => ({ x, y: y + 1, width: SWATCH, height: 15 });
  const items: Item[] = PICTURE_KINDS.filter((kind) => kinds.has(kind)).map((kind) => ({
    text: KIND_WORDS[kind],
    draw: (x, y) => swatch(kind, box(x, y), "seen") + letter(kind, x, y),
  }));
  const states = new Set(boxes.flatMap(({ segments }) => segments.map(({ state }) => state)));
  if (states.has("covered")) {
    items.push({
      text: "pale: not seen in this place",
      draw: (x, y) => swatch(coveredKind(boxes), box(x, y), "covered"),
    });
  }
  if (
    boxes.some(
      ({ kind, segments }) =>
        kind !== "container" && segments.some(({ state }) => state === "through"),
    )
  ) {
    items.push({
      text: "empty: what lies behind shows",
      draw: (x, y) => element("rect", { class: "edge", ...box(x, y) }),
    });
  }
  if (boxes.some(({ disabled }) => disabled)) {
    items.push({
      text: "disabled",
      draw: (x, y) => element("rect", { class: "edge off", ...box(x, y) }),
    });
  }
  if (boxes.some((each) => each.isCutAtStart || each.isCutAtEnd)) {
    items.push({
      text: "torn: goes on outside",
      draw: (x, y) => element("path", { class: "break", d: zigzag(x, y + 8, SWATCH) }),
    });
  }
  if (boxes.some(({ priority, depth }) => depth > 0 && priority !== 0)) {
    items.push({ text: "priority, where it is not 0", draw: (x, y) => label("p1", x + 8, y) });
  }
  if (layout.arrows.length > 0) {
    items.push({
      text: "an alias shows this part",
      draw: (x, y) =>
        element("path", { class: "way", d: `M${x} ${y + 8}H${x + 22}` }) +
        element("path", { class: "tip", d: tipPath(x + 26, y + 8, 1) }) +
        element("rect", { class: "bar", x: x + 26, y, width: 3, height: 16 }),
    });
  }
  if (layout.panels.some(({ rows }) => rows.some(({ isBroken }) => isBroken))) {
    items.push({
      text: "break: long and empty",
      draw: (x, y) =>
        element("path", { class: "edge", d: zigzag(x, y + 5, SWATCH) }) +
        element("path", { class: "edge", d: zigzag(x, y + 11, SWATCH) }),
    });
  }
  return items;
}

function coveredKind(boxes: MapLayout["panels"][number]["boxes"]): PictureKind {
  return (
    boxes.find(({ segments }) => segments.some(({ state }) => state === "covered"))?.kind ?? "ram"
  );
}

function letter(kind: PictureKind, x: number, y: number): string {
  const text = KIND_LETTERS[kind];
  if (text === "") return "";
  return badge(text, `on-${kind}`, x + 4, y + 12);
}

/** The letter of a kind in a frame, so that it is not taken for a part of the name behind it. */
export function badge(text: string, halo: string, x: number, y: number): string {
  const frame = { class: "frame", x: x - 2.4, y: y - 9.8, width: 12, height: 12.6, rx: 2.5 };
  return element("text", { class: `badge ${halo}`, x, y }, text) + element("rect", frame);
}

function label(text: string, x: number, y: number): string {
  return element("text", { x, y: y + 12 }, text);
}

/** The head of an arrow with its point at x, y; `direction` 1 points right, -1 left. */
export function tipPath(x: number, y: number, direction: 1 | -1): string {
  return `M${x} ${y}L${x - 7 * direction} ${y - 3.5}V${y + 3.5}Z`;
}

/** A line that goes up and down: what it crosses is drawn much too short. */
export function zigzag(x: number, y: number, width: number): string {
  const teeth = Math.max(2, Math.round(width / 8));
  const step = width / teeth;
  let path = `M${Math.round(x * 10) / 10} ${y}`;
  for (let at = 0; at < teeth; at++) {
    path += `l${Math.round(step * 5) / 10} ${at % 2 === 0 ? -3 : 3}`;
    path += `l${Math.round(step * 5) / 10} ${at % 2 === 0 ? 3 : -3}`;
  }
  return path;
}
