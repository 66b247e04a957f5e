import { REGION_ATTRIBUTES } from "@mem/core/plumbing";
import { Machine } from "@mem/flat";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlatRange, packAttributes } from "../src/view/flat-range.js";
import { positionOf } from "../src/view/range-search.js";
import { type RangeNode, rangeTree, replaceRanges } from "../src/view/range-tree.js";

const PLAIN = packAttributes(REGION_ATTRIBUTES.romd.bit, 0);
const region = new Machine().reservation({ name: "r", size: 1n << 64n });

/** Ranges of one unit each, with a unit between them, from some unit on. */
function ranges(first: number, count: number, unit: bigint): FlatRange[] {
  return Array.from({ length: count }, (_, i) => {
    const start = BigInt(first + 2 * i) * unit;
    return new FlatRange(region, start, start + unit, start, PLAIN);
  });
}

const listOf = (tree: RangeNode): FlatRange[] => [...tree.leaves()].flatMap((leaf) => leaf.ranges);

/** What is wrong with a tree: leaves unequally deep, nodes too large or empty, wrong counts. */
function faults(node: RangeNode, isRoot = true): string[] {
  const items = node.height === 0 ? node.ranges.length : node.children.length;
  const list = listOf(node);
  const found: string[] = [];
  if (items > 16) found.push(`${items} items`);
  if (!isRoot && items === 0) found.push("empty");
  if (isRoot && node.height > 0 && items < 2) found.push("a root for nothing");
  if (node.count !== list.length) found.push(`${node.count} counted of ${list.length}`);
  if (node.initial !== list[0] || node.final !== list.at(-1)) found.push("wrong ends");
  for (const child of node.children) {
    if (child.height !== node.height - 1) found.push(`height ${child.height}`);
    found.push(...faults(child, false));
  }
  return found;
}

describe("the tree of ranges", () => {
  // Units below and above 2^53, where numbers are rounded.
  for (const unit of [1n, 0x1000n, (1n << 53n) - 1n, 3n << 49n]) {
    it(`replaces windows as a list would, with units of 0x${unit.toString(16)} bytes`, () => {
      const most = Number((1n << 64n) / unit) - 2;
      const span = Math.min(most, 2000);
      const edit = fc.record({
        at: fc.nat(span),
        length: fc.oneof(fc.nat(6), fc.nat(span)),
        fill: fc.nat(100),
      });
      fc.assert(
        fc.property(
          fc.nat(Math.floor(span / 2)),
          fc.array(edit, { maxLength: 12 }),
          (count, edits) => {
            let list = ranges(0, count, unit);
            let tree = rangeTree(list);
            expect(faults(tree)).toEqual([]);
            for (const { at, length, fill } of edits) {
              // Boundaries that no range crosses.
              const to = Math.min(at + length, span);
              if (to < at) continue;
              const [from, end] = [BigInt(at) * unit, BigInt(to) * unit];
              const fresh = ranges(at, Math.ceil((to - at) / 2), unit).slice(0, fill);
              const before = listOf(tree);
              const next = replaceRanges(tree, positionOf(from), positionOf(end), fresh);
              expect(listOf(tree)).toEqual(before);
              tree = next;
              list = [
                ...list.filter((range) => range.end <= from),
                ...fresh,
                ...list.filter((range) => range.start >= end),
              ];
              expect(faults(tree)).toEqual([]);
              expect(listOf(tree).map(({ start }) => start)).toEqual(
                list.map(({ start }) => start),
              );
              for (const place of [from, end, from + unit / 2n, from > 0n ? from - 1n : 0n]) {
                const index = list.findIndex((range) => range.end > place);
                const { before: left, after } = tree.around(positionOf(place));
                expect(after?.start).toBe(list[index]?.start);
                expect(left?.start).toBe((index < 0 ? list.at(-1) : list[index - 1])?.start);
                const within = [...tree.within(positionOf(place), positionOf(end))];
                const wanted = list.filter((range) => range.end > place && range.start < end);
                expect(within.map(({ start }) => start)).toEqual(wanted.map(({ start }) => start));
                if (place > BigInt(Number.MAX_SAFE_INTEGER)) continue;
                const found = tree.lastStartingAt(Number(place));
                expect(found?.start).toBe(list.findLast((range) => range.start <= place)?.start);
              }
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it("shares with the tree before it all but the way to the change", () => {
    const tree = rangeTree(ranges(0, 50_000, 16n));
    const nodesOf = (node: RangeNode): RangeNode[] => [node, ...node.children.flatMap(nodesOf)];
    const old = new Set(nodesOf(tree));
    const place = 40_000n * 16n;
    const next = replaceRanges(tree, positionOf(place), positionOf(place + 16n), []);
    expect(next.count).toBe(49_999);
    const fresh = nodesOf(next).filter((node) => !old.has(node));
    expect(fresh.length).toBeLessThanOrEqual(tree.height + 1);
  });
});
