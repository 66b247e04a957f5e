/** The picture of a map, with a button on each of its parts. */
import { h } from "../page/dom.js";
import type { BoxView, FlatView, MapFrame, Place, RegionHeat } from "./protocol.js";
import { heatLevel } from "./heat.js";
import { moveFocus } from "./roving.js";

const MOVE_MS = 600;
const MARK_MS = 3000;
/** Smaller than this few can read the letters: what needs more room then is scrolled. */
const LEAST_ZOOM = 0.65;
/** It is no larger than this, however much room there is. */
const MOST_ZOOM = 1.25;
/** The size that boxes are made narrower for: smaller letters are better than names that are cut off. */
const USUAL_ZOOM = 0.7;
/** Limits of the widths that a picture can be fitted to, in pixels. */
const WIDTHS = { least: 200, most: 10_000 };
/** Heat of what is not accessed. */
const COLD = "0.0";

/** A part of the picture that can be pointed at. */
interface Spot {
  readonly button: HTMLButtonElement;
  readonly heat: HTMLElement;
  readonly place: Place;
  /** Its addresses. */
  readonly span: string;
  readonly region: number | null;
  /** Heat as it shows; what shows already is left alone, since the browser would lay it out again. */
  level: string;
}

/** Draws frames one after the other, and lets the difference be seen. */
export class PictureView {
  readonly element: HTMLElement;
  readonly #drawing = h("div", { class: "drawing", "aria-hidden": "true" });
  readonly #flat = h("ul", { class: "spots", "aria-label": "Flat view: what answers, by address" });
  readonly #tree = h("ul", { class: "spots", "aria-label": "Regions, parents before children" });
  readonly #ghosts = h("div", { class: "ghosts", "aria-hidden": "true" });
  readonly #paper = h("div", { class: "paper" });
  readonly #sheet: HTMLElement;
  readonly #hint = h(
    "p",
    { class: "hint", hidden: true },
    "The picture is wider than its frame: scroll sideways for the rest, or look at the table.",
  );
  readonly #onExplain: (address: string) => void;
  #spots = new Map<string, Spot>();
  #part: string | null = null;
  /** Width of the picture before it is made smaller, and of what there is for it. */
  #drawnWidth = 0;
  #room = 0;

  /** @param onExplain called with the address of what was chosen */
  constructor(onExplain: (address: string) => void) {
    this.#onExplain = onExplain;
    this.#paper.append(this.#drawing, this.#ghosts, this.#flat, this.#tree);
    this.#sheet = h(
      "div",
      { class: "picture", role: "group", "aria-label": "Picture of the memory map" },
      this.#paper,
    );
    this.element = h("div", {}, this.#sheet, this.#hint);
    for (const list of [this.#flat, this.#tree]) {
      list.addEventListener("keydown", (event) => moveFocus(event, list));
    }
  }

  /** Pixels that a picture should be made narrower for, to be seen whole in so much room. */
  static widthFor(room: number): number {
    return Math.min(WIDTHS.most, Math.max(WIDTHS.least, Math.floor(room / USUAL_ZOOM)));
  }

  /** Takes so many pixels from side to side; what is wider is drawn smaller, as far as it can be read. */
  fit(room: number): void {
    this.#room = room;
    this.#zoom();
  }

  /** Draw a frame. What is new or elsewhere than before is marked, unless it is another map. */
  draw(frame: MapFrame): void {
    const part = `${frame.space} ${frame.part}`;
    const isSamePart = this.#part === part;
    this.#part = part;
    this.#drawing.innerHTML = frame.svg;
    this.#drawnWidth = frame.width;
    this.#zoom();
    this.#paper.style.width = `${frame.width}px`;
    this.#paper.style.height = `${frame.height}px`;
    const before = this.#spots;
    const focused = [...before].find(([, { button }]) => button === document.activeElement)?.[0];
    this.#spots = new Map();
    this.#flat.replaceChildren(...frame.flat.map((box) => this.#spot(`flat ${box.key}`, box)));
    const boxes = frame.boxes.filter(({ isMain, kind }) => isMain || kind !== "container");
    this.#tree.replaceChildren(...boxes.map((box) => this.#spot(`tree ${box.key}`, box)));
    for (const list of [this.#flat, this.#tree]) {
      const first = list.querySelector("button");
      if (first !== null) first.tabIndex = 0;
    }
    if (focused !== undefined) this.#spots.get(focused)?.button.focus({ preventScroll: true });
    if (isSamePart) this.#showDifference(before);
    else this.#ghosts.replaceChildren();
  }

  /** Show how busy each region is. */
  warm(counts: readonly RegionHeat[]): void {
    const levels = new Map(counts.map(({ region, recent }) => [region, heatLevel(recent)]));
    for (const spot of this.#spots.values()) {
      const { heat, region } = spot;
      const level = (region === null ? 0 : (levels.get(region) ?? 0)).toFixed(1);
      if (level === spot.level) continue;
      spot.level = level;
      heat.style.setProperty("--level", level);
      heat.hidden = level === COLD;
    }
  }

  #zoom(): void {
    if (this.#drawnWidth === 0 || this.#room <= 0) return;
    const whole = this.#room / this.#drawnWidth;
    this.#paper.style.setProperty("zoom", String(Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, whole))));
    this.#hint.hidden = whole >= LEAST_ZOOM;
  }

  #spot(key: string, box: FlatView | BoxView): HTMLLIElement {
    const heat = h("span", { class: "heat", hidden: true });
    const button = h(
      "button",
      {
        type: "button",
        class: "spot",
        tabindex: "-1",
        title: box.description,
        "aria-label": `${box.description}. Explain`,
        "data-name": box.name,
        onclick: () => this.#onExplain(box.start),
      },
      heat,
    );
    place(button, box);
    this.#spots.set(key, {
      button,
      heat,
      place: box,
      span: `${box.start} ${box.last}`,
      region: box.region,
      level: COLD,
    });
    return h("li", {}, button);
  }

  #showDifference(before: ReadonlyMap<string, Spot>): void {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const [key, spot] of this.#spots) {
      if (!key.startsWith("flat ") || key.startsWith("flat hole")) continue;
      const old = before.get(key);
      if (old?.span === spot.span) continue;
      spot.button.classList.add("changed");
      setTimeout(() => spot.button.classList.remove("changed"), MARK_MS);
      if (isStill) continue;
      const from =
        old === undefined
          ? { opacity: "0", transform: "scale(1.15)" }
          : { transform: between(old.place, spot.place) };
      spot.button.animate([from, { opacity: "1", transform: "none" }], {
        duration: MOVE_MS,
        easing: "ease-in-out",
      });
    }
    if (isStill) return;
    for (const [key, old] of before) {
      if (!key.startsWith("flat ") || key.startsWith("flat hole") || this.#spots.has(key)) continue;
      const ghost = h("span", { class: "ghost" });
      place(ghost, old.place);
      this.#ghosts.append(ghost);
      ghost
        .animate([{ opacity: "0.9" }, { opacity: "0" }], { duration: 2 * MOVE_MS })
        .finished.then(
          () => ghost.remove(),
          () => ghost.remove(),
        );
    }
  }
}

function place(element: HTMLElement, { x, y, width, height }: Place): void {
  Object.assign(element.style, {
    left: `${x}px`,
    top: `${y}px`,
    width: `${width}px`,
    height: `${height}px`,
  });
}

function between(from: Place, to: Place): string {
  const stretch = to.height === 0 ? 1 : from.height / to.height;
  return `translate(${from.x - to.x}px, ${from.y - to.y + (from.height - to.height) / 2}px) scaleY(${stretch})`;
}
