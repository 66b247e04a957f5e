import { internalsOf } from "@mem/core/plumbing";
import { kindOf } from "../kinds.js";
import { type Block, GAP, stackBlocks } from "./blocks.js";
import { boxesOf, priorityText } from "./boxes.js";
import type { MapBox, MapPanel, TextLine } from "./map-layout.js";
import type { CheckedOptions } from "../map-options.js";
import type { ArrowPlan, PanelPlan } from "./plan.js";
import { Scale, scaleRows } from "./scale.js";
import type { Stretch } from "./flat-column.js";
import { boundaryText, fit, FONT, LINE, textWidth } from "../text.js";
import { type TreeNode, walk } from "./tree.js";
import type { ShownParts, StateOf } from "./visibility.js";

/** Between a boundary's address and its tick. */
export const TICK = 8;

/** A tree with its rows: everything but where it stands from left to right. */
export interface ScaledPanel {
  readonly plan: PanelPlan;
  readonly scale: Scale;
  readonly stateOf: StateOf;
  readonly height: number;
}

/** Every address of a tree at which something begins or ends. */
export function boundariesOf(
  plan: PanelPlan,
  arrows: readonly ArrowPlan[],
  shown: ShownParts,
  stretches: readonly Stretch[],
): bigint[] {
  const { from, to } = plan.window;
  const found = new Set([from, to]);
  const add = (address: bigint): void => {
    if (address > from && address < to) found.add(address);
  };
  for (const node of plan.tree ? walk(plan.tree) : []) {
    add(node.low);
    add(node.high);
    if (plan.isMain) continue;
    for (const part of shown.of(node.region)) {
      add(node.start + part.from);
      add(node.start + part.to);
    }
  }
  for (const { toPanel, start, end } of arrows) {
    if (toPanel.root !== plan.root) continue;
    add(start);
    add(end);
  }
  if (plan.isMain) for (const { start } of stretches) add(start);
  return [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A tree with rows that begin at `top`. */
export function scalePanel(
  plan: PanelPlan,
  boundaries: readonly bigint[],
  top: number,
  stateOf: StateOf,
): ScaledPanel {
  const { tree } = plan;
  const rows = scaleRows(boundaries, top, (start) => !tree || !isOccupied(tree, start));
  const last = rows.at(-1);
  return {
    plan,
    scale: new Scale(rows),
    stateOf,
    height: last ? last.y + last.height - top : 0,
  };
}

function isOccupied(node: TreeNode, address: bigint): boolean {
  if (address < node.low || address >= node.high) return false;
  const { region } = node;
  if (internalsOf(region).terminates || region.alias || node.folded > 0) return true;
  return node.children.some((child) => isOccupied(child, address));
}

/** The widest address of a tree, in pixels. */
export function addressWidth({ scale }: ScaledPanel): number {
  const edges = scale.rows.flatMap(({ start, end }) => [start, end]);
  return Math.max(0, ...edges.map((edge) => textWidth(boundaryText(edge))));
}

/** The tree's boxes from left to right. */
export function blocksOf(
  { plan, scale }: ScaledPanel,
  leafWidth: number,
  { label }: CheckedOptions,
): Block | null {
  const name = (node: TreeNode): string => `${label(node.region)} ${priorityText(node)}`.trim();
  return plan.tree && stackBlocks(plan.tree, { scale, leafWidth, name });
}

/** The tree as it is drawn, and which box is which node's. */
export function placePanel(
  panel: ScaledPanel,
  block: Block | null,
  at: { readonly x: number; readonly addressX: number; readonly headingY: number },
  options: CheckedOptions,
): { readonly panel: MapPanel; readonly boxOf: Map<TreeNode, MapBox> } {
  const { plan, scale, stateOf } = panel;
  const boxOf = new Map<TreeNode, MapBox>();
  if (block) {
    for (const { node, box } of boxesOf(block, at.x, { scale, stateOf, label: options.label })) {
      boxOf.set(node, box);
    }
  }
  const top = scale.rows[0]?.y ?? 0;
  const rect = { x: at.x, y: top, width: block?.width ?? 0, height: panel.height };
  return {
    boxOf,
    panel: {
      ...rect,
      root: plan.root,
      isMain: plan.isMain,
      heading: heading(headingOf(plan, options), at.x, at.headingY),
      rows: scale.rows,
      addresses: addressesOf(scale, at.addressX, plan.isMain ? "end" : "start"),
      boxes: [...boxOf.values()],
    },
  };
}

/** A line above a column, cut to what fits. */
export function heading(full: string, x: number, y: number, room = Infinity): TextLine {
  const text = fit(full, room);
  const rect = { x, y, width: textWidth(text), height: LINE };
  return { text, rect, vertical: false, role: "heading", align: "start" };
}

/** The text above a tree. */
export function headingOf({ root, isMain }: PanelPlan, { label }: CheckedOptions): string {
  if (isMain) return "regions: the furthest right is in front";
  return `${label(root)}: ${kindOf(root) === "container" ? "container" : kindOf(root).toUpperCase()}, shown by aliases`;
}

function addressesOf(
  scale: Scale,
  x: number,
  align: "start" | "end",
): (TextLine & { readonly address: bigint })[] {
  const edges = [...scale.rows.map(({ start }) => start)];
  const last = scale.rows.at(-1);
  if (last) edges.push(last.end);
  return edges.map((address) => {
    const text = boundaryText(address);
    const width = textWidth(text);
    const y = scale.yOf(address) - FONT / 2 - 1;
    const rect = { x: align === "end" ? x - width : x, y, width, height: LINE };
    return { address, text, rect, vertical: false, role: "address", align };
  });
}

/** Room left and right of a tree. */
export const PANEL_GAP = 2 * GAP;
