import { internalsOf } from "@mem/core/plumbing";
import type { Scale } from "./scale.js";
import { LETTER, textWidth } from "../text.js";
import type { TreeNode } from "./tree.js";

/** Room between what lies behind and what lies in front. */
export const GAP = 8;
/** Width of a container's own strip when its name is written upwards. */
export const STRIP = 22;
/** A letter in its frame, left of a name. */
export const BADGE = 16;
/** Height from which a name is written upwards. */
const UPWARDS = 88;

/** The place where a node lies from left to right; its subregions are to the right of itself. */
export interface Block {
  readonly node: TreeNode;
  /** From the left edge of the parent. */
  readonly x: number;
  readonly width: number;
  readonly ownWidth: number;
  /** The name is written upwards. */
  readonly isUpright: boolean;
  readonly children: readonly Block[];
}

/** The things that widths depend on. */
export interface BlockContext {
  readonly scale: Scale;
  readonly leafWidth: number;
  readonly name: (node: TreeNode) => string;
}

/**
 * Stacks a tree from left to right: each subregion lies as far left as it can without covering one
 * that it has precedence over. So in each row what is in front is what stands furthest right, and
 * the frame of a container holds its own subregions and nothing else.
 */
export function stackBlocks(node: TreeNode, context: BlockContext, x = 0): Block {
  const own = ownWidth(node, context);
  if (node.children.length === 0) {
    return {
      node,
      x,
      width: own.width,
      ownWidth: own.width,
      isUpright: own.isUpright,
      children: [],
    };
  }
  const first = context.scale.indexOf(node.low);
  const edges: number[] = [];
  const children: Block[] = [];
  let right = own.width;
  for (const child of node.children) {
    const from = context.scale.indexOf(child.low) - first;
    const to = Math.max(from + 1, context.scale.indexOf(child.high) - first);
    let edge = own.width;
    for (let row = from; row < to; row++) edge = Math.max(edge, edges[row] ?? 0);
    const block = stackBlocks(child, context, edge + GAP);
    for (let row = from; row < to; row++) edges[row] = block.x + block.width;
    right = Math.max(right, block.x + block.width);
    children.push(block);
  }
  return {
    node,
    x,
    width: right + GAP,
    ownWidth: own.width,
    isUpright: own.isUpright,
    children,
  };
}

function ownWidth(
  node: TreeNode,
  { scale, leafWidth, name }: BlockContext,
): { width: number; isUpright: boolean } {
  const isStrip = node.children.length > 0 && !internalsOf(node.region).terminates;
  if (!isStrip) return { width: leafWidth, isUpright: false };
  const height = scale.yOf(node.high) - scale.yOf(node.low);
  const length = textWidth(name(node)) + BADGE + 2 * LETTER;
  if (height >= Math.min(length, UPWARDS)) return { width: STRIP, isUpright: true };
  return { width: Math.min(leafWidth, length), isUpright: false };
}
