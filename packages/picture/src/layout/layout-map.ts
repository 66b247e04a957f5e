import { checkArgument, internalsOf } from "@mem/core/plumbing";
import { type AddressSpace } from "@mem/flat";
import { anAddressSpace } from "@mem/flat/plumbing";
import { placeArrows, type ArrowPanel } from "./arrows.js";
import { BADGE } from "./blocks.js";
import { type Stretch, flatBoxes, flatWidth, stretchesOf } from "./flat-column.js";
import { PlacedMap } from "./placed-map.js";
import type { MapBox, MapLayout, MapPanel, Rect } from "./map-layout.js";
import {
  checkOptions,
  type CheckedOptions,
  type LayoutOptions,
  PictureError,
  refusePicture,
} from "../map-options.js";
import {
  addressWidth,
  blocksOf,
  boundariesOf,
  heading,
  headingOf,
  PANEL_GAP,
  placePanel,
  type ScaledPanel,
  scalePanel,
  TICK,
} from "./panels.js";
import { type ArrowPlan, planArrows, type PanelPlan, planPanels } from "./plan.js";
import { boundaryText, fit, printable, textWidth } from "../text.js";
import { prune, walk } from "./tree.js";
import {
  ShownParts,
  showsSomewhere,
  type StateOf,
  statesOfRoot,
  statesOfTarget,
} from "./visibility.js";

const MARGIN = 16;
const TITLE_HEIGHT = 44;
/** Factor by which the letters of the title are wider. */
const TITLE_LETTERS = 1.5;
const HEADING_HEIGHT = 24;
const PANEL_SPACE = 26;
const GUTTER = 96;
/** Beside a tree, where arrows may leave it and come back. */
const LOOPS = 62;
const LEAF = { least: 84, usual: 104, most: 210, limit: 420 };

/**
 * Lays a memory map out: which region stands where, what is seen of it, where arrows go. Pure data:
 * {@link writeSvg} draws it as SVG, others may draw it in their way.
 * @throws PictureError or AddressError for options that cannot be
 *
 * @example
 * const { flat } = layoutMap(space, { window: { start: 0, end: 0x20000 } });
 * for (const { description, range } of flat) {
 *   console.log(description.length > 0, range?.region.name ?? "a hole");
 * }
 * // prints: true ram
 * // prints: true a hole
 */
export function layoutMap(space: AddressSpace, options: LayoutOptions = {}): MapLayout {
  checkArgument(space, anAddressSpace, "layoutMap", "the address space", refusePicture);
  const checked = checkOptions(options);
  const stage = prepare(space, checked);
  return place(space, stage, leafOf(stage, checked), checked, options.title ?? space.name);
}

/** Everything but widths. */
interface Stage {
  readonly panels: readonly ScaledPanel[];
  readonly arrows: readonly ArrowPlan[];
  readonly stretches: readonly Stretch[];
  readonly hasLoops: boolean;
}

function prepare(space: AddressSpace, options: CheckedOptions): Stage {
  let plans = planPanels(space, options);
  const window = plans[0]?.window ?? { from: 0n, to: 1n };
  const view = space.flatView;
  const shown = new ShownParts(view, window);
  const stretches = stretchesOf(view, window);
  let arrows = planArrows(plans);
  const scaled = (): ScaledPanel[] =>
    plans.map((plan) => {
      const boundaries = boundariesOf(plan, arrows, shown, stretches);
      return scalePanel(plan, boundaries, MARGIN + TITLE_HEIGHT, statesOf(plan, shown));
    });
  let panels = scaled();
  if (!options.showHidden) {
    plans = panels.map((panel) => ({ ...panel.plan, tree: seenPart(panel, shown) }));
    arrows = planArrows(plans);
    const targets = new Set(arrows.map(({ toPanel }) => toPanel));
    plans = plans.filter((plan) => plan.isMain || targets.has(plan));
    panels = scaled();
  }
  const hasLoops = arrows.some(({ fromPanel, toPanel }) => fromPanel.isMain && toPanel.isMain);
  return { panels, arrows, stretches, hasLoops };
}

function statesOf({ isMain, tree }: PanelPlan, shown: ShownParts): StateOf {
  if (!isMain) return statesOfTarget(shown);
  return tree ? statesOfRoot(tree) : () => "through";
}

/** Without what shows nowhere. What only an alias brings to light stays, for that to point at. */
function seenPart({ plan, scale, stateOf }: ScaledPanel, shown: ShownParts): PanelPlan["tree"] {
  const { tree } = plan;
  return (
    tree &&
    prune(tree, (node) => {
      const rows = scale.within(node.low, node.high);
      const isSeen = (start: bigint): boolean =>
        stateOf(node, start) === "seen" ||
        (!node.region.alias && showsSomewhere(node, start, shown));
      return node === tree || rows.some(({ start }) => isSeen(start));
    })
  );
}

/** Boxes as wide as most names need, or as the width of the picture asks for. */
function leafOf(stage: Stage, options: CheckedOptions): number {
  const { width, maxWidth } = options;
  const leaf = width === null ? usualLeaf(stage, options) : fittedLeaf(stage, options, width);
  if (maxWidth === null || widthOf(stage, leaf, options) <= maxWidth) return leaf;
  return Math.min(leaf, fittedLeaf(stage, options, maxWidth));
}

/** Wider or narrower boxes until the picture is as wide as was asked for. */
function fittedLeaf(stage: Stage, options: CheckedOptions, width: number): number {
  let leaf = LEAF.least;
  for (let next = leaf; next <= LEAF.limit; next += 4) {
    if (widthOf(stage, next, options) > width) break;
    leaf = next;
  }
  return leaf;
}

/** Boxes as wide as most names need. */
function usualLeaf({ panels }: Stage, { label }: CheckedOptions): number {
  const names = panels.flatMap(({ plan }) =>
    (plan.tree ? [...walk(plan.tree)] : [])
      .filter(({ region }) => internalsOf(region).terminates || region.alias)
      .map(({ region }) => textWidth(label(region)) + (region.priority === 0 ? 0 : 28)),
  );
  const wanted = Math.max(0, ...names) + BADGE + 12;
  return Math.min(LEAF.most, Math.max(LEAF.usual, wanted));
}

function columns(stage: Stage, leaf: number, options: CheckedOptions) {
  const [main, ...targets] = stage.panels;
  const addresses = main ? addressWidth(main) : 0;
  const flat = {
    x: MARGIN + Math.max(addresses, textWidth("addresses")) + TICK + 4,
    width: flatWidth(stage.stretches, options),
  };
  const mainX = flat.x + flat.width + (stage.hasLoops ? LOOPS : PANEL_GAP);
  const mainBlock = main ? blocksOf(main, leaf, options) : null;
  const mainHeading = main ? textWidth(headingOf(main.plan, options)) : 0;
  const mainEnd = mainX + Math.max(mainBlock?.width ?? 0, mainHeading);
  const gutter = targets.length > 0 ? GUTTER : stage.hasLoops ? LOOPS : 0;
  const targetX = mainEnd + gutter;
  const stack = targets.map((panel) => {
    const block = blocksOf(panel, leaf, options);
    const body = (block?.width ?? 0) + TICK + 4 + addressWidth(panel);
    const width = Math.max(body, textWidth(headingOf(panel.plan, options)));
    return { panel, block, width };
  });
  const end = targetX + Math.max(0, ...stack.map(({ width }) => width));
  return { main, mainBlock, mainX, flat, stack, targetX, width: Math.ceil(end + MARGIN) };
}

function widthOf(stage: Stage, leaf: number, options: CheckedOptions): number {
  return columns(stage, leaf, options).width;
}

function place(
  space: AddressSpace,
  stage: Stage,
  leaf: number,
  options: CheckedOptions,
  title: string,
): MapLayout {
  const { main, mainBlock, mainX, flat, stack, targetX, width } = columns(stage, leaf, options);
  if (!main)
    throw new PictureError("a picture without an address space", { rule: "no-address-space" });
  const headingY = MARGIN + TITLE_HEIGHT;
  const top = headingY + HEADING_HEIGHT;
  const placed = new Map<object, ArrowPanel>();
  const add = (
    panel: ScaledPanel,
    block: typeof mainBlock,
    x: number,
    addressX: number,
    y: number,
  ) => {
    const moved = rescale(panel, y + HEADING_HEIGHT);
    const result = placePanel(moved, block, { x, addressX, headingY: y }, options);
    placed.set(panel.plan.root, { ...result, scale: moved.scale });
    return result;
  };
  const first = add(main, mainBlock, mainX, flat.x - TICK, headingY);
  const flats = flatBoxes(stage.stretches, rescale(main, top).scale, flat, options);
  const wanted = stack.map((item) => ({
    ...item,
    wanted: wantedY(item.panel, stage.arrows, first.boxOf),
  }));
  let next = headingY;
  for (const item of wanted.sort((a, b) => a.wanted - b.wanted)) {
    const y = item.wanted === Infinity ? next : Math.max(next, item.wanted);
    const addressX = targetX + (item.block?.width ?? 0) + TICK + 4;
    add(item.panel, item.block, targetX, addressX, y);
    next = y + item.panel.height + HEADING_HEIGHT + PANEL_SPACE;
  }
  const panels = [...placed.values()].map(({ panel }) => panel);
  const bottom = Math.max(...panels.map(({ y, height }) => y + height));
  const { from: start, to: end } = main.plan.window;
  const flatHeading = `flat view of ${printable(space.name)}`;
  const pictureWidth = Math.max(width, options.width ?? 0);
  return new PlacedMap({
    title: fit(printable(title), (pictureWidth - 2 * MARGIN) / TITLE_LETTERS),
    subtitle: `${boundaryText(start)} to ${boundaryText(end)}`,
    width: pictureWidth,
    height: bottom + MARGIN,
    window: { start, end },
    panels,
    flat: flats,
    flatColumn: { ...flat, heading: heading(flatHeading, flat.x, headingY, mainX - flat.x - 12) },
    arrows: placeArrows(stage.arrows, placed, obstaclesOf(panels)),
    description: flats.map(({ description }) => description).join("\n"),
  });
}

/** Panel with its rows further down. */
function rescale(panel: ScaledPanel, top: number): ScaledPanel {
  const boundaries = panel.scale.rows.map(({ start }) => start);
  const last = panel.scale.rows.at(-1);
  if (last) boundaries.push(last.end);
  return scalePanel(panel.plan, boundaries, top, panel.stateOf);
}

/** Beside the aliases that show a tree is where it is best found. */
function wantedY(
  { plan, height }: ScaledPanel,
  arrows: readonly ArrowPlan[],
  boxOf: ReadonlyMap<object, MapBox>,
): number {
  const sources = arrows
    .filter(({ toPanel }) => toPanel.root === plan.root)
    .map(({ from }) => boxOf.get(from))
    .filter((box) => box !== undefined);
  if (sources.length === 0) return Infinity;
  const sum = sources.reduce((total, box) => total + box.y + box.height / 2, 0);
  return Math.round(sum / sources.length - height / 2 - HEADING_HEIGHT);
}

function obstaclesOf(panels: readonly MapPanel[]): Rect[] {
  return panels.flatMap(({ boxes, addresses, heading: { rect }, isMain }) => [
    rect,
    ...(isMain ? [] : addresses.map((line) => line.rect)),
    ...boxes.flatMap((box) => [...box.lines.map((line) => line.rect), ...badgeOf(box)]),
  ]);
}

function badgeOf({ x, y, lines }: MapBox): Rect[] {
  const first = lines[0];
  if (!first) return [];
  return [{ x: x + 3, y: first.vertical ? y + 4 : first.rect.y, width: BADGE, height: 13 }];
}
