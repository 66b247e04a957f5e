import type { MemoryRegion } from "@mem/core";
import { type FlatRange, flagsOf } from "../view/flat-range.js";
import { type FlatView, treeOf } from "../view/flat-view.js";
import type { MtreeOptions } from "./options.js";
import { kindLabel, kindPrefix } from "../view/kind-label.js";
import { address, ownerSuffix } from "./format.js";

/** An address space as far as it is printed. */
interface PrintedSpace {
  readonly name: string;
  readonly root: MemoryRegion;
  readonly flatView: FlatView;
}

/** One block per view, with the address spaces that use it. */
export function flatViewBlocks(
  spaces: readonly PrintedSpace[],
  options: Pick<MtreeOptions, "owner" | "dispatch" | "remark">,
): string[] {
  const byView = new Map<FlatView, PrintedSpace[]>();
  for (const space of spaces) {
    byView.set(space.flatView, [...(byView.get(space.flatView) ?? []), space]);
  }
  return [...byView].map(([view, users]) =>
    [
      "FlatView",
      ...users.map(spaceLine),
      ` Root memory region: ${view.root?.name ?? "(none)"}`,
      ...rangeLines(view, options),
      ...(options.dispatch ? dispatchLines(view) : []),
    ].join("\n"),
  );
}

function spaceLine({ name, root }: PrintedSpace): string {
  const alias = root.alias ? `, alias ${root.alias.name}` : "";
  return ` AS "${name}", root: ${root.name}${alias}`;
}

function rangeLines(
  view: FlatView,
  { owner = false, remark }: Pick<MtreeOptions, "owner" | "remark">,
): string[] {
  if (view.length === 0) return ["  No rendered FlatView"];
  return [...view.ranges()].map((range) => {
    const { region, start, end, offset } = range;
    const place = `${address(start)}-${address(end - 1n)}`;
    const within = offset === 0n ? "" : ` @${address(offset)}`;
    const suffix = `${owner ? ownerSuffix(region) : ""}${remark?.(region) ?? ""}`;
    const kind = `${kindPrefix(flagsOf(range))}${rangeKind(range)}`;
    return `  ${place} (prio ${region.priority}, ${kind}): ${region.name}${within}${suffix}`;
  });
}

function rangeKind(range: FlatRange): string {
  return range.readonly ? "rom" : kindLabel(range.region);
}

/**
 * Lines about the look-up of addresses: runs of ranges, and the sections each range is cut into.
 */
function dispatchLines(view: FlatView): string[] {
  const lines = ["  Dispatch"];
  let index = 0;
  for (const leaf of treeOf(view).leaves()) {
    const { initial: first, final: last } = leaf;
    if (!first || !last) continue;
    lines.push(
      `    run ${index++}: ${address(first.start)}-${address(last.end - 1n)}, ${leaf.ranges.length} ranges`,
    );
    for (const range of leaf.ranges) {
      for (const window of range.windows) {
        const access = window.bytes ? "memory" : "dispatch";
        lines.push(
          `      ${address(window.exactStart)}-${address(window.exactLast)} ${access} ${range.region.name} @${address(window.exactOffset)}`,
        );
      }
    }
  }
  return lines;
}
