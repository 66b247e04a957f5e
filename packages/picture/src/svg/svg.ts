import { KIND_LETTERS, type PictureKind } from "../kinds.js";
import type {
  FlatBox,
  MapArrow,
  MapBox,
  MapLayout,
  MapPanel,
  Rect,
  TextLine,
} from "../layout/map-layout.js";
import { checkLayout, checkMapOptions, type MapOptions } from "../map-options.js";
import { badge, legend, tipPath, zigzag } from "./legend.js";
import { PATTERNS, styleSheet } from "./style.js";
import { FONT } from "../text.js";
import { decimal, element, escapeXml } from "./xml.js";

/** Distance of a letter's foot from the top of its line, in pixels. */
const BASELINE = 10;
/** Heights are whole pixels. */
const TOLERANCE = 1.1;

/**
 * A layout as SVG: one element of well-formed XML, which needs nothing else. The same layout and
 * options give the same text.
 * @throws PictureError for colours that are none
 *
 * @example
 * const layout = layoutMap(space);
 * const svg = writeSvg(layout, { theme: "dark" });
 * console.log(svg.startsWith("<svg"), layout.panels.length); // prints: true 1
 */
export function writeSvg(layout: MapLayout, options: MapOptions = {}): string {
  checkLayout(layout);
  checkMapOptions(options);
  return new SvgWriter(layout, options).write();
}

class SvgWriter {
  readonly #layout: MapLayout;
  readonly #options: MapOptions;
  /** Begins all ids and the class of the styles, so that pictures can share a page. */
  readonly #scope: string;

  constructor(layout: MapLayout, options: MapOptions) {
    this.#layout = layout;
    this.#options = options;
    this.#scope = `map-${hash(`${layout.title}\n${layout.subtitle}\n${layout.description}`)}`;
  }

  write(): string {
    const layout = this.#layout;
    const scope = this.#scope;
    const explained =
      this.#options.legend === false
        ? { svg: "", height: 0 }
        : legend(layout, (kind, rect, state) => this.#fill(kind, rect, state) + edge(rect));
    const { width } = layout;
    const height = Math.ceil(layout.height + explained.height);
    return `${element(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        class: scope,
        role: "graphics-document document",
        "aria-labelledby": `${scope}-title`,
        "aria-describedby": `${scope}-desc`,
      },
      `\n${element("title", { id: `${scope}-title` }, escapeXml(layout.title))}`,
      `\n${element("desc", { id: `${scope}-desc` }, escapeXml(layout.description))}`,
      `\n<style>\n${styleSheet(scope, this.#options)}\n</style>`,
      `\n${element("defs", {}, ...this.#patterns())}`,
      `\n${element("rect", { class: "paper", width, height })}`,
      `\n${element("text", { class: "title", x: 16, y: 32 }, escapeXml(layout.title))}`,
      `\n${element("text", { x: 16, y: 49 }, escapeXml(`${layout.subtitle}; ${scaleText(layout)}`))}`,
      ...this.#body(),
      `\n${explained.svg}`,
      "\n",
    )}\n`;
  }

  /** Fills, then arrows, then texts: no line runs through a word. */
  #body(): string[] {
    const { panels, flat, flatColumn, arrows } = this.#layout;
    const [main] = panels;
    const right = main ? main.x + main.width : 0;
    const guides = (main?.rows ?? []).map(({ y }) =>
      element("path", { class: "guide", d: `M${decimal(flatColumn.x)} ${y}H${decimal(right)}` }),
    );
    const boxes = panels.flatMap((panel) => panel.boxes.map((box) => this.#box(box)));
    return [
      ...guides,
      ...flat.map((box) => this.#flatBox(box)),
      ...boxes,
      ...panels.flatMap((panel) => marks(panel, flatColumn)),
      ...arrows.map(arrowShape),
      texts([flatColumn.heading], "on-paper"),
      ...panels.flatMap(({ heading, addresses }) => [
        texts([heading], "on-paper"),
        texts(addresses, "on-paper"),
      ]),
      ...[...flat, ...panels.flatMap((panel) => panel.boxes)].map(boxTexts),
    ].map((part) => `\n${part}`);
  }

  #box(box: MapBox): string {
    const own = { ...box, width: box.ownWidth };
    const fills = box.segments.map((segment) => {
      const part = { x: own.x, y: segment.y, width: own.width, height: segment.height };
      if (box.kind === "container") return this.#fill("container", part, "seen");
      if (segment.state === "through") return "";
      return this.#fill(box.kind, part, segment.state);
    });
    const off = box.disabled ? " off" : "";
    const tears = [
      ...(box.isCutAtStart
        ? [element("path", { class: "break", d: zigzag(box.x, box.y, box.width) })]
        : []),
      ...(box.isCutAtEnd
        ? [element("path", { class: "break", d: zigzag(box.x, box.y + box.height, box.width) })]
        : []),
    ];
    return element(
      "g",
      {},
      element("title", {}, escapeXml(box.description)),
      ...(box.disabled ? [] : fills),
      element("rect", { class: `edge${off}`, ...rectOf(box) }),
      ...tears,
    );
  }

  #flatBox(box: FlatBox): string {
    return element(
      "g",
      {},
      element("title", {}, escapeXml(box.description)),
      this.#fill(box.kind, box, "seen"),
      edge(box),
    );
  }

  #fill(kind: PictureKind, rect: Rect, state: "seen" | "covered"): string {
    const area = rectOf(rect);
    const plain = element("rect", { class: state === "seen" ? kind : `${kind} covered`, ...area });
    if (PATTERNS[kind] === undefined || state === "covered") return plain;
    return plain + element("rect", { fill: `url(#${this.#scope}-${kind})`, ...area });
  }

  #patterns(): string[] {
    const { panels, flat } = this.#layout;
    const kinds = new Set(
      [...panels.flatMap(({ boxes }) => boxes), ...flat].map(({ kind }) => kind),
    );
    return Object.entries(PATTERNS)
      .filter(([kind]) => [...kinds].some((used) => used === kind))
      .map(([kind, d]) =>
        element(
          "pattern",
          { id: `${this.#scope}-${kind}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
          element("path", { class: "pattern", d }),
        ),
      );
  }
}

/** True if heights tell sizes. */
function scaleText({ panels }: MapLayout): string {
  const rows = panels.flatMap((panel) => panel.rows.slice(0, panel.isMain ? undefined : 0));
  const rates = rows.map(({ start, end, height }) => height / Number(end - start));
  const isToScale = Math.max(...rates) < Math.min(...rates) * TOLERANCE;
  return isToScale ? "drawn to scale" : "heights are no measure of sizes";
}

function rectOf({ x, y, width, height }: Rect): Record<keyof Rect, number> {
  return { x, y, width, height };
}

function edge(rect: Rect): string {
  return element("rect", { class: "edge", ...rectOf(rect) });
}

/** Ticks at the addresses, and marks on rows that are much too short. */
function marks(panel: MapPanel, column: { readonly x: number; readonly width: number }): string[] {
  const ticks = panel.addresses.map(({ rect, align }) => {
    const y = rect.y + FONT / 2 + 1;
    const x = align === "end" ? rect.x + rect.width + 2 : rect.x - 8;
    return element("path", { class: "tick", d: `M${decimal(x)} ${decimal(y)}h6` });
  });
  const breaks = panel.rows
    .filter(({ isBroken }) => isBroken)
    .flatMap(({ y, height }) => {
      const middle = y + height / 2;
      const spans = panel.isMain
        ? [
            { x: column.x - 24, width: 20 },
            { x: column.x + column.width - 34, width: 30 },
          ]
        : [{ x: panel.x + panel.width + 6, width: 24 }];
      return spans.flatMap(({ x, width }) => [
        element("path", { class: "edge", d: zigzag(x, middle - 3, width) }),
        element("path", { class: "edge", d: zigzag(x, middle + 3, width) }),
      ]);
    });
  return [...ticks, ...breaks];
}

function arrowShape({ points, bar, isSeen, description }: MapArrow): string {
  const [start, ...rest] = points;
  const tip = points.at(-1);
  const before = points.at(-2);
  if (!start || !tip || !before) return "";
  const direction = tip.x >= before.x ? 1 : -1;
  const at = ({ x, y }: { x: number; y: number }): string => `${decimal(x)} ${decimal(y)}`;
  const end = { x: tip.x - 5 * direction, y: tip.y };
  const [bend, c1, c2, back] = rest;
  const isBent = rest.length > 1 && bend && c1 && c2 && back;
  const d = isBent
    ? `M${at(start)}L${at(bend)}C${at(c1)} ${at(c2)} ${at(back)}L${at(end)}`
    : `M${at(start)}L${at(end)}`;
  return element(
    "g",
    isSeen ? {} : { class: "unseen" },
    element("title", {}, escapeXml(description)),
    element("path", { class: "way", d }),
    element("path", { class: "tip", d: tipPath(tip.x, tip.y, direction) }),
    element("rect", { class: "bar", ...rectOf(bar) }),
  );
}

function boxTexts(box: FlatBox | MapBox): string {
  const letter = KIND_LETTERS[box.kind];
  const first = box.lines[0];
  const lines = box.lines.map((line) => textElement(line, haloOf(box, line.rect)));
  if (letter === "" || !first) return lines.join("");
  // An upright name stands below its letter, any other behind it.
  const y = first.rect.x > box.x + 16 ? first.rect.y : box.y + 5;
  const rect = { ...first.rect, y };
  return badge(letter, haloOf(box, rect), box.x + 5, y + BASELINE) + lines.join("");
}

/** The halo of a text has the colour that most of the text stands on. */
function haloOf(box: FlatBox | MapBox, { y, height }: Rect): string {
  if (box.kind === "container" || !("segments" in box)) return `on-${box.kind}`;
  const middle = y + height / 2;
  const under = box.segments.find((part) => part.y + part.height > middle);
  return under?.state === "seen" && !box.disabled ? `on-${box.kind}` : "on-paper";
}

function texts(lines: readonly TextLine[], halo: string): string {
  return lines.map((line) => textElement(line, halo)).join("");
}

function textElement({ text, rect, vertical, role, align }: TextLine, halo: string): string {
  const content = escapeXml(text);
  if (vertical) {
    const x = decimal(rect.x + BASELINE);
    const transform = `translate(${x} ${decimal(rect.y + rect.height)}) rotate(-90)`;
    return element("text", { class: `${role} ${halo}`, transform }, content);
  }
  const isRight = align === "end";
  const place = { x: isRight ? rect.x + rect.width : rect.x, y: rect.y + BASELINE };
  const anchor = isRight ? "end" : undefined;
  return element("text", { class: `${role} ${halo}`, ...place, "text-anchor": anchor }, content);
}

/** A short name for a text: FNV-1a with 32 bits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}
