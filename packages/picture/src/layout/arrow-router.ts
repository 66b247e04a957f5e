import type { MapBox, Rect } from "./map-layout.js";

/** A side of a box. */
export type Edge = "left" | "right";

const TEXT_COST = 40;
const BOX_COST = 4;
const ARROW_COST = 12;
/** Arrows closer than this look like one. */
const APART = 4;
const STEP = 3;
const MOST_CHOICES = 40;
const AIR = 1;

/** Finds heights at which a horizontal stretch of an arrow crosses little, above all no text. */
export class ArrowRouter {
  readonly #texts: readonly Rect[];
  readonly #boxes: readonly MapBox[];
  readonly #taken: { y: number; left: number; right: number; end: string }[] = [];

  constructor(texts: readonly Rect[], boxes: readonly MapBox[]) {
    this.#texts = texts;
    this.#boxes = boxes;
  }

  /**
   * The best height between two for a stretch from `a` to `b`.
   * @param box box at which the arrow begins or ends: those around that one cost nothing
   * @param end box that it leads to: arrows to the same may come together
   */
  best(
    { top, bottom }: { readonly top: number; readonly bottom: number },
    a: number,
    b: number,
    box: MapBox,
    end = "",
  ): { readonly y: number; readonly cost: number } {
    const left = Math.min(a, b);
    const right = Math.max(a, b);
    const middle = (top + bottom) / 2;
    const texts = this.#texts.filter(({ x, width }) => x < right && left < x + width);
    const boxes = this.#boxes.filter(
      (other) => other.x < right - 1 && left + 1 < other.x + other.width && !holds(other, box),
    );
    const taken = this.#taken.filter(
      (other) => other.left < right && left < other.right && (end === "" || other.end !== end),
    );
    let best = { y: middle, cost: Infinity };
    for (const y of heights(top, bottom)) {
      const crossed = (rect: Rect): boolean => y > rect.y - AIR && y < rect.y + rect.height + AIR;
      const close = taken.filter((other) => Math.abs(other.y - y) < APART).length;
      const cost =
        TEXT_COST * texts.filter(crossed).length +
        BOX_COST * boxes.filter(crossed).length +
        ARROW_COST * close +
        Math.abs(y - middle) / 1000;
      if (cost < best.cost) best = { y, cost };
    }
    return best;
  }

  /** Keeps others away from a stretch. */
  take(y: number, a: number, b: number, end = ""): void {
    this.#taken.push({ y, left: Math.min(a, b), right: Math.max(a, b), end });
  }
}

/** Heights to choose from: the middle first. */
function heights(top: number, bottom: number): number[] {
  const middle = Math.round((top + bottom) / 2);
  if (bottom <= top) return [middle];
  const step = Math.max(STEP, (bottom - top) / MOST_CHOICES);
  const found = [middle];
  for (let y = middle + step; y <= bottom; y += step) found.push(Math.round(y));
  for (let y = middle - step; y >= top; y -= step) found.push(Math.round(y));
  return found;
}

/** True if one box is, or is around, another. */
function holds(outer: MapBox, inner: MapBox): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y + 1 &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height - 1
  );
}
