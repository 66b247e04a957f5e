import { ADDRESS_SPACE_END, type MemoryRegion } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import type { CheckedOptions } from "../map-options.js";
import { growTree, type TreeNode, walk } from "./tree.js";

/** Addresses that are drawn of a tree. */
export interface Window {
  readonly from: bigint;
  readonly to: bigint;
}

/** A tree that is to be drawn. */
export interface PanelPlan {
  readonly root: MemoryRegion;
  readonly isMain: boolean;
  readonly window: Window;
  readonly tree: TreeNode | null;
}

/** An alias and the part of its target that is drawn. */
export interface ArrowPlan {
  readonly from: TreeNode;
  readonly fromPanel: PanelPlan;
  readonly to: TreeNode;
  readonly toPanel: PanelPlan;
  /** In addresses of the target's panel. */
  readonly start: bigint;
  readonly end: bigint;
}

/** Rounds in which windows of trees may widen since an alias in one leads to another. */
const MAX_ROUNDS = 64;

/** The part of an address space's own tree that is drawn. */
export function mainWindow(space: AddressSpace, options: CheckedOptions): Window {
  if (options.window) return options.window;
  const { addr: from, size } = space.root;
  const end = from + size;
  const to = end < ADDRESS_SPACE_END ? end : ADDRESS_SPACE_END;
  return { from, to: to > from ? to : from + 1n };
}

/** The trees: the address space's own, then those that aliases lead to, as they are met. */
export function planPanels(space: AddressSpace, options: CheckedOptions): PanelPlan[] {
  const { root } = space;
  const window = mainWindow(space, options);
  const main: PanelPlan = {
    root,
    isMain: true,
    window,
    tree: growTree(root, root.addr, window, options),
  };
  if (!options.showTargets) return [main];
  const windows = new Map<MemoryRegion, Window>();
  let panels = [main];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let isWider = false;
    for (const { tree } of panels) {
      for (const node of tree ? walk(tree) : []) {
        isWider = widen(windows, node, root, options) || isWider;
      }
    }
    if (!isWider) break;
    const targets = [...windows].map(([top, part]) => ({
      root: top,
      isMain: false,
      window: part,
      tree: growTree(top, 0n, part, options),
    }));
    panels = [main, ...targets];
  }
  return panels.filter(({ isMain, tree }) => isMain || tree !== null);
}

function widen(
  windows: Map<MemoryRegion, Window>,
  node: TreeNode,
  main: MemoryRegion,
  options: CheckedOptions,
): boolean {
  const shown = shownPart(node, main);
  if (!shown || shown.top === main) return false;
  const { top } = shown;
  const known = windows.get(top);
  if (options.window === null) {
    if (!known && top.size > 0n) windows.set(top, { from: 0n, to: top.size });
    return !known && top.size > 0n;
  }
  const from = known && known.from < shown.start ? known.from : shown.start;
  const to = known && known.to > shown.end ? known.to : shown.end;
  if (known && known.from === from && known.to === to) return false;
  windows.set(top, { from, to });
  return true;
}

/** The range that an alias shows, in the addresses of the tree that its target stands in. */
function shownPart(
  { region, start, low, high, disabled }: TreeNode,
  main: MemoryRegion,
): { top: MemoryRegion; start: bigint; end: bigint } | null {
  const { alias } = region;
  if (!alias || disabled) return null;
  const first = low - start + region.aliasOffset;
  const last = high - start + region.aliasOffset;
  const end = last < alias.size ? last : alias.size;
  if (first >= end) return null;
  let top = alias;
  let base = 0n;
  while (top !== main && top.container) {
    base += top.addr;
    top = top.container;
  }
  if (top === main) base += main.addr;
  return { top, start: base + first, end: base + end };
}

/** The arrows between trees as they are drawn. */
export function planArrows(panels: readonly PanelPlan[]): ArrowPlan[] {
  const [main] = panels;
  const places = new Map(panels.map((panel) => [panel.root, nodesOf(panel)]));
  const arrows: ArrowPlan[] = [];
  for (const fromPanel of panels) {
    for (const from of fromPanel.tree ? walk(fromPanel.tree) : []) {
      const shown = main ? shownPart(from, main.root) : null;
      const toPanel = panels.find(({ root }) => root === shown?.top);
      if (!shown || !toPanel) continue;
      const to = drawn(from.region.alias, places.get(toPanel.root));
      if (!to || to.disabled || isWithin(from, to)) continue;
      const start = shown.start > to.low ? shown.start : to.low;
      const end = shown.end < to.high ? shown.end : to.high;
      if (start < end) arrows.push({ from, fromPanel, to, toPanel, start, end });
    }
  }
  return arrows;
}

/** A container of the alias itself stands for a target too deep to be drawn: nothing to point at. */
function isWithin(node: TreeNode, above: TreeNode): boolean {
  for (let place = node.region.container; place; place = place.container) {
    if (place === above.region) return true;
  }
  return false;
}

function nodesOf({ tree }: PanelPlan): Map<MemoryRegion, TreeNode> {
  return new Map(tree ? [...walk(tree)].map((node) => [node.region, node]) : []);
}

/** The region, or the nearest container of it that is drawn. */
function drawn(
  region: MemoryRegion | null,
  nodes: Map<MemoryRegion, TreeNode> | undefined,
): TreeNode | null {
  for (let place = region; place; place = place.container) {
    const node = nodes?.get(place);
    if (node) return node;
  }
  return null;
}
