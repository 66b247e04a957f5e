import { hex } from "@mem/core";
import { type Block, BADGE } from "./blocks.js";
import { KIND_WORDS, kindOf, type PictureKind } from "../kinds.js";
import type { MapBox, Rect, MapSegment, TextLine } from "./map-layout.js";
import type { Scale } from "./scale.js";
import { fit, LETTER, LINE, sizeText, spanText, textWidth } from "../text.js";
import type { TreeNode } from "./tree.js";
import type { StateOf } from "./visibility.js";

/** Room above and below a box, so that neighbours do not touch. */
const INSET = 2;
const MARGIN = 4;
/** Height from which there is a second line. */
const TWO_LINES = 2 * LINE + 10;

/** The parts that a box is made with. */
export interface BoxContext {
  readonly scale: Scale;
  readonly stateOf: StateOf;
  readonly label: (region: TreeNode["region"]) => string;
}

/** The boxes of a tree, with `x` as the left edge of its root. Each block once, parents first. */
export function* boxesOf(
  block: Block,
  x: number,
  context: BoxContext,
): IterableIterator<{ readonly node: TreeNode; readonly box: MapBox }> {
  yield { node: block.node, box: boxOf(block, x, context) };
  for (const child of block.children) yield* boxesOf(child, x + child.x, context);
}

function boxOf(block: Block, x: number, context: BoxContext): MapBox {
  const { node, width, ownWidth } = block;
  const { region, low, high } = node;
  const inset = node.children.length > 0 ? 0.5 : INSET;
  const y = context.scale.yOf(low) + inset;
  const height = context.scale.yOf(high) - inset - y;
  const kind = kindOf(region);
  const name = context.label(region);
  const own = { x, y, width: ownWidth, height };
  return {
    region,
    name,
    kind,
    start: node.start,
    end: node.end,
    depth: node.depth,
    priority: region.priority,
    disabled: node.disabled,
    folded: node.folded,
    isCutAtStart: low > node.start,
    isCutAtEnd: high < node.end,
    x,
    y,
    width,
    height,
    ownWidth,
    segments: segmentsOf(node, own, context),
    lines: block.isUpright
      ? [uprightLine(own, `${name} ${priorityText(node)}`.trim())]
      : boxLines(own, name, priorityText(node), detailOf(node, context)),
    description: describe(node, name, kind, context),
    target: region.alias
      ? {
          region: region.alias,
          start: region.aliasOffset,
          end: region.aliasOffset + region.size,
        }
      : null,
  };
}

/** Stretches of equal state, from top to bottom. */
function segmentsOf(
  node: TreeNode,
  { y, height }: { readonly y: number; readonly height: number },
  { scale, stateOf }: BoxContext,
): MapSegment[] {
  const segments: { state: MapSegment["state"]; y: number; height: number }[] = [];
  for (const row of scale.within(node.low, node.high)) {
    const top = Math.max(y, row.y);
    const bottom = Math.min(y + height, row.y + row.height);
    const state = stateOf(node, row.start);
    const last = segments.at(-1);
    if (last?.state === state) last.height = bottom - last.y;
    else segments.push({ state, y: top, height: bottom - top });
  }
  return segments;
}

/**
 * Lines for a box: the name with a short word at its right, and a second line where there is room.
 * The first line starts behind the letter of the kind, if there is one.
 */
export function boxLines(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  name: string,
  corner: string,
  detail: string,
  hasBadge = true,
): TextLine[] {
  const isTall = box.height >= TWO_LINES;
  const isOneLine = box.height < ROW_OF_TWO;
  const y = box.y + (isOneLine ? (box.height - LINE) / 2 : MARGIN);
  const left = box.x + MARGIN + (hasBadge ? BADGE : 0);
  const cornerWidth = corner === "" ? 0 : textWidth(corner) + LETTER;
  const room = box.x + box.width - MARGIN - left - cornerWidth;
  const lines: TextLine[] = [line(fit(name, room), left, y, "name")];
  if (corner !== "") {
    const width = textWidth(corner);
    const x = box.x + box.width - MARGIN - width;
    lines.push({ ...line(corner, x, y, "detail"), align: "end" });
  }
  if (isTall && detail !== "") {
    const x = box.x + MARGIN;
    lines.push(line(fit(detail, box.width - 2 * MARGIN), x, y + LINE + 5, "detail"));
  }
  return lines.filter(({ text }) => text !== "");
}

/** Height below which a box has its one line in the middle. */
const ROW_OF_TWO = 2 * LINE + 4;

function line(text: string, x: number, y: number, role: TextLine["role"]): TextLine {
  const rect = { x, y, width: textWidth(text), height: LINE };
  return { text, rect, vertical: false, role, align: "start" };
}

/** Below the letter of the kind: upwards, unless it is short enough to stand there as it is. */
function uprightLine(box: Rect, name: string): TextLine {
  const top = box.y + MARGIN + BADGE + 2;
  const length = textWidth(name);
  if (length <= box.width - 4) {
    return line(name, box.x + (box.width - length) / 2, top, "name");
  }
  const text = fit(name, box.y + box.height - MARGIN - top);
  const rect = { x: box.x + (box.width - LINE) / 2, y: top, width: LINE, height: textWidth(text) };
  return { text, rect, vertical: true, role: "name", align: "start" };
}

/** The priority where it says something. */
export function priorityText({ region, depth }: TreeNode): string {
  return depth === 0 || region.priority === 0 ? "" : `p${region.priority}`;
}

function detailOf({ region, folded }: TreeNode, { label }: BoxContext): string {
  if (region.alias) return `→ ${label(region.alias)} @${hex(region.aliasOffset)}`;
  const inside = folded === 0 ? "" : `, ${folded} inside`;
  return `${sizeText(region.size)}${inside}`;
}

function describe(
  { region, start, end, disabled, folded, depth }: TreeNode,
  name: string,
  kind: PictureKind,
  { label }: BoxContext,
): string {
  const parts = [
    `${name}: ${KIND_WORDS[kind]}, ${spanText(start, end)}, ${sizeText(end - start)}`,
    ...(depth === 0 ? [] : [`priority ${region.priority}`]),
    ...(region.alias
      ? [
          `shows ${label(region.alias)} ${spanText(region.aliasOffset, region.aliasOffset + region.size)}`,
        ]
      : []),
    ...(region.readonly && kind !== "rom" ? ["read-only"] : []),
    ...(disabled ? ["disabled"] : []),
    ...(folded > 0 ? [`${folded} subregions not drawn`] : []),
  ];
  return parts.join(", ");
}
