import { ArrowRouter, type Edge } from "./arrow-router.js";
import type { MapArrow, MapBox, MapPanel, Rect } from "./map-layout.js";
import type { ArrowPlan } from "./plan.js";
import type { Scale } from "./scale.js";
import { spanText } from "../text.js";
import type { TreeNode } from "./tree.js";

const BAR = 3;
const BAR_GAP = 2;
const MOST_TRACKS = 4;
/** Beside a panel, where ways may bend: clear of its bars and of the heads of arrows. */
const CLEAR = 30;
/** Clear space between the flat view and the tree, where there is less room. */
const NEAR = 16;
/** Distance by which a way that comes back on its own side swings out, in pixels. */
const SWING = 26;
const MOST_SWING = 44;

/** A panel as arrows need it. */
export interface ArrowPanel {
  readonly panel: MapPanel;
  readonly scale: Scale;
  readonly boxOf: ReadonlyMap<TreeNode, MapBox>;
}

interface Ends {
  readonly from: MapBox;
  readonly to: MapBox;
  readonly source: ArrowPanel;
  readonly target: ArrowPanel;
  /** From and to which y the target is shown. */
  readonly top: number;
  readonly bottom: number;
}

/** Draws the arrows of aliases: around text where that is possible. */
export function placeArrows(
  plans: readonly ArrowPlan[],
  panels: ReadonlyMap<object, ArrowPanel>,
  obstacles: readonly Rect[],
): MapArrow[] {
  const boxes = [...panels.values()].flatMap(({ panel }) => panel.boxes);
  const router = new ArrowRouter(obstacles, boxes);
  const bars = new Bars();
  const arrows: MapArrow[] = [];
  for (const plan of plans) {
    const ends = endsOf(plan, panels);
    if (ends) arrows.push(arrowOf(plan, ends, router, bars));
  }
  return arrows;
}

function endsOf(plan: ArrowPlan, panels: ReadonlyMap<object, ArrowPanel>): Ends | null {
  const source = panels.get(plan.fromPanel.root);
  const target = panels.get(plan.toPanel.root);
  const from = source?.boxOf.get(plan.from);
  const to = target?.boxOf.get(plan.to);
  if (!source || !target || !from || !to) return null;
  const top = target.scale.yOf(plan.start) + 2;
  const bottom = target.scale.yOf(plan.end) - 2;
  return { from, to, source, target, top, bottom };
}

function arrowOf(plan: ArrowPlan, ends: Ends, router: ArrowRouter, bars: Bars): MapArrow {
  const { from, to, top, bottom } = ends;
  const exits = exitsOf(from);
  const entries = { top: top + 2, bottom: bottom - 2 };
  const straight = straightWay(ends, router);
  const edge = straight ? straight.edge : entryEdge(ends, router, exits, entries);
  const bar = bars.add(to, edge, top, bottom);
  const goal = `${bar.x} ${bar.y} ${bar.height}`;
  const tip = edge === "left" ? bar.x : bar.x + bar.width;
  const isSeen = from.segments.some(({ state }) => state === "seen");
  const description = `${from.name} shows ${to.name} ${spanText(plan.start - plan.to.start, plan.end - plan.to.start)}`;
  const rest = { from, to, span: { start: plan.start, end: plan.end }, bar, isSeen, description };
  if (straight) {
    const x = edge === "left" ? from.x + from.width : from.x;
    router.take(straight.y, x, tip);
    return {
      ...rest,
      points: [
        { x, y: straight.y },
        { x: tip, y: straight.y },
      ],
    };
  }
  const out = exitEdge(ends, edge);
  const x = out === "left" ? from.x : from.x + from.width;
  const [bendFrom, bendTo] = bends(ends, out, edge);
  const start = router.best(exits, x, bendFrom, from).y;
  const end = router.best(entries, bendTo, tip, to, goal).y;
  router.take(start, x, bendFrom);
  router.take(end, bendTo, tip, goal);
  const swing = Math.min(MOST_SWING, SWING + Math.abs(end - start) / 16);
  const reach = (bendTo - bendFrom) / 2;
  const isLoop = out === edge;
  const away = out === "left" ? -swing : swing;
  return {
    ...rest,
    points: [
      { x, y: start },
      { x: bendFrom, y: start },
      { x: bendFrom + (isLoop ? away : reach), y: start },
      { x: bendTo + (isLoop ? away : -reach), y: end },
      { x: bendTo, y: end },
      { x: tip, y: end },
    ],
  };
}

/** The place where an arrow may leave its alias: where that is seen, if it is. */
function exitsOf({ y, height, segments }: MapBox): { top: number; bottom: number } {
  const seen = segments.filter(({ state }) => state === "seen");
  const largest = seen.reduce<Rect | { y: number; height: number } | null>(
    (best, next) => (best === null || next.height > best.height ? next : best),
    null,
  ) ?? { y, height };
  return { top: largest.y + 5, bottom: largest.y + largest.height - 5 };
}

/** A horizontal way, where the target lies beside the alias at the same height. */
function straightWay(
  { from, to, source, target, top, bottom }: Ends,
  router: ArrowRouter,
): { readonly edge: Edge; readonly y: number } | null {
  if (source !== target) return null;
  const low = Math.max(from.y, top) + 5;
  const high = Math.min(from.y + from.height, bottom) - 5;
  if (low > high) return null;
  if (to.x >= from.x + from.width) {
    return {
      edge: "left",
      y: router.best({ top: low, bottom: high }, from.x + from.width, to.x, from).y,
    };
  }
  if (to.x + to.width > from.x) return null;
  return {
    edge: "right",
    y: router.best({ top: low, bottom: high }, to.x + to.width, from.x, from).y,
  };
}

function entryEdge(
  ends: Ends,
  router: ArrowRouter,
  exits: { top: number; bottom: number },
  entries: { top: number; bottom: number },
): Edge {
  const { from, to, source, target } = ends;
  const { panel } = target;
  if (source !== target) return panel.isMain ? "right" : "left";
  if (!panel.isMain) return "left";
  const left =
    router.best(exits, panel.x, from.x, from).cost + router.best(entries, panel.x, to.x, to).cost;
  const end = panel.x + panel.width;
  const right =
    router.best(exits, from.x + from.width, end, from).cost +
    router.best(entries, to.x + to.width, end, to).cost;
  return left < right ? "left" : "right";
}

function exitEdge({ source, target }: Ends, entry: Edge): Edge {
  if (source === target) return entry;
  return source.panel.isMain ? "right" : "left";
}

/** Points where the way leaves the source's panel and enters the target's. */
function bends({ source, target }: Ends, out: Edge, edge: Edge): [number, number] {
  const at = ({ panel }: ArrowPanel, side: Edge): number =>
    side === "right" ? panel.x + panel.width + CLEAR : panel.x - (panel.isMain ? NEAR : CLEAR);
  return [at(source, out), at(target, edge)];
}

/** The bars along the edges of targets: side by side where they overlap. */
class Bars {
  readonly #taken = new Map<string, { top: number; bottom: number; track: number }[]>();

  add(to: MapBox, edge: Edge, top: number, bottom: number): Rect {
    const key = `${to.x} ${to.y} ${edge}`;
    const others = this.#taken.get(key) ?? [];
    const clash = others.filter((other) => other.top < bottom && top < other.bottom);
    const same = clash.find((other) => other.top === top && other.bottom === bottom);
    const free = [0, 1, 2, 3].find((track) => clash.every((other) => other.track !== track));
    const limit = to.depth === 0 ? MOST_TRACKS : 1;
    const track = same ? same.track : Math.min(limit - 1, free ?? 0);
    this.#taken.set(key, [...others, { top, bottom, track }]);
    const offset = BAR_GAP + track * (BAR + BAR_GAP);
    const x = edge === "left" ? to.x - offset - BAR : to.x + to.width + offset;
    return { x, y: top, width: BAR, height: bottom - top };
  }
}
