import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  layoutMap,
  type LayoutOptions,
  type MapBox,
  type MapLayout,
  type Rect,
} from "../src/index.js";
import { build, plans } from "./random-map.js";

const RUNS = Number(process.env["MEM_PROPERTY_CASES"] ?? 300);
const LEAST_ROW = 26;
const LEAST_FLAT_BOX = 12;

const options: fc.Arbitrary<LayoutOptions> = fc.record(
  {
    depth: fc.constantFrom(0, 1, 2, 512),
    width: fc.constantFrom(200, 700, 2000),
    maxWidth: fc.constantFrom(200, 900, 5000),
    showHidden: fc.boolean(),
    showDisabled: fc.boolean(),
    showTargets: fc.boolean(),
    window: fc.constantFrom(
      { start: 0, end: 0x10000 },
      { start: 0x2345, end: 0x2346 },
      { start: 0x1000, end: 2n ** 64n },
    ),
  },
  { requiredKeys: [] },
);

/** Lays random maps out with random options, and asks each for what is wrong with it. */
function assertEveryLayout(faultsOf: (layout: MapLayout) => readonly string[]): void {
  fc.assert(
    fc.property(plans, options, (given, chosen) => {
      expect(faultsOf(layoutMap(build(given), chosen))).toEqual([]);
    }),
    { numRuns: RUNS, seed: 1 },
  );
}

function overlap(a: Rect, b: Rect): boolean {
  return (
    a.x < b.x + b.width - 0.01 &&
    b.x < a.x + a.width - 0.01 &&
    a.y < b.y + b.height - 0.01 &&
    b.y < a.y + a.height - 0.01
  );
}

function inside(inner: Rect, outer: Rect): boolean {
  return (
    inner.x >= outer.x - 0.01 &&
    inner.y >= outer.y - 0.01 &&
    inner.x + inner.width <= outer.x + outer.width + 0.01 &&
    inner.y + inner.height <= outer.y + outer.height + 0.01
  );
}

/** `[1, 2]`, `[2, 3]` and so on. */
function neighbours<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.slice(1).map((next, at) => [list[at], next] as const);
}

function isWithin(region: MapBox["region"], above: MapBox["region"]): boolean {
  for (let place = region.container; place; place = place.container) {
    if (place === above) return true;
  }
  return false;
}

describe("every layout", () => {
  it("has rows that ascend without gaps, each high enough to be read", () =>
    assertEveryLayout(({ panels, window }) => {
      const [main] = panels;
      const edges = [main.rows[0].start, main.rows[main.rows.length - 1].end];
      return [
        ...(edges[0] === window.start && edges[1] === window.end ? [] : [`edges ${edges}`]),
        ...panels
          .flatMap(({ rows }) => rows)
          .filter(({ start, end, height }) => start >= end || height < LEAST_ROW)
          .map(({ start, height }) => `row ${start} of ${height}`),
        ...panels
          .flatMap(({ rows }) => neighbours(rows))
          .filter(([row, next]) => next.start !== row.end || next.y !== row.y + row.height)
          .map(([row]) => `gap after row ${row.start}`),
      ];
    }));

  it("has addresses that ascend, and do not overlap in their column", () =>
    assertEveryLayout(({ panels }) =>
      panels
        .flatMap(({ addresses }) => neighbours(addresses))
        .filter(([a, b]) => a.address >= b.address || a.rect.y + a.rect.height > b.rect.y)
        .map(([a, b]) => `${a.text} and ${b.text}`),
    ));

  it("keeps all within the canvas", () =>
    assertEveryLayout((layout) => {
      const { width, height } = layout;
      const rects: Rect[] = [
        ...layout.panels.flatMap(({ boxes }) => boxes),
        ...layout.panels.flatMap((panel) => [panel.heading, ...panel.addresses]).map((l) => l.rect),
        ...layout.flat,
        layout.flatColumn.heading.rect,
        ...layout.arrows.map(({ bar }) => bar),
        ...layout.arrows.flatMap(({ points }) =>
          points.map((at) => ({ ...at, width: 0, height: 0 })),
        ),
      ];
      return rects
        .filter((rect) => !inside(rect, { x: 0, y: 0, width, height }))
        .map((rect) => `${rect.x}, ${rect.y}, ${rect.width} x ${rect.height}`);
    }));

  it("has every text in its box, and no two of a box on each other", () =>
    assertEveryLayout(({ flat, panels }) =>
      [...flat, ...panels.flatMap(({ boxes }) => boxes)].flatMap((box) =>
        box.lines
          .filter(
            (line, at) =>
              !inside(line.rect, box) ||
              box.lines.slice(at + 1).some((other) => overlap(line.rect, other.rect)),
          )
          .map(({ text }) => `${text} in ${box.description}`),
      ),
    ));

  it("nests boxes or sets them apart", () =>
    assertEveryLayout(({ panels }) =>
      panels.flatMap(({ boxes }) =>
        boxes.flatMap((box, at) =>
          boxes
            .slice(at + 1)
            .filter((other) =>
              isWithin(other.region, box.region) ? !inside(other, box) : overlap(box, other),
            )
            .map((other) => `${box.description} | ${other.description}`),
        ),
      ),
    ));

  it("leads arrows from their alias to the edge of what it shows", () =>
    assertEveryLayout(({ arrows }) =>
      arrows
        .filter(({ from, to, points, bar, span }) => {
          const [start, tip] = [points[0], points[points.length - 1]];
          const leaves = start.x === from.x || start.x === from.x + from.width;
          const arrives = tip.y >= bar.y && tip.y <= bar.y + bar.height;
          const isBeside = bar.x + bar.width <= to.x || bar.x >= to.x + to.width;
          const isAlong = bar.y >= to.y - 2 && bar.y + bar.height <= to.y + to.height + 2;
          return !(leaves && arrives && isBeside && isAlong && span.start < span.end);
        })
        .map(({ description }) => description),
    ));

  it("has a box for every range of the flat view, and for the holes between them", () => {
    fc.assert(
      fc.property(plans, (given) => {
        const space = build(given);
        const { flat, window } = layoutMap(space);
        const shown = flat.filter(({ range }) => range !== null);
        const ranges = [...space.flatView.ranges()];
        expect(shown.map(({ range }) => range)).toEqual(ranges);
        expect(shown.map(({ start, end }) => [start, end])).toEqual(
          ranges.map(({ start, end }) => [start, end]),
        );
        expect([flat[0].start, flat[flat.length - 1].end]).toEqual([window.start, window.end]);
        expect(neighbours(flat).filter(([box, next]) => box.end !== next.start)).toEqual([]);
        expect(flat.filter(({ height }) => height <= LEAST_FLAT_BOX)).toEqual([]);
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });

  it("shows in each row what the furthest box to the right is that has something to show", () => {
    fc.assert(
      fc.property(plans, (given) => {
        const space = build(given);
        const [main] = layoutMap(space).panels;
        const faults = main.rows.filter((row) => {
          const [front, ...behind] = solidBoxes(main.boxes, row.y + row.height / 2);
          const range = space.flatView.rangeAt(row.start);
          if (!front || !range) return front !== undefined || range !== null;
          const isSame = front.box.target !== null || front.box.region === range.region;
          const isAlone = behind.every(({ state }) => state === "covered");
          return front.state !== "seen" || !isSame || !isAlone;
        });
        expect(faults.map(({ start }) => start)).toEqual([]);
      }),
      { numRuns: RUNS, seed: 3 },
    );
  });
});

/** The boxes that are not empty at a height, the furthest to the right first. */
function solidBoxes(boxes: readonly MapBox[], at: number) {
  return boxes
    .flatMap((box) => {
      const part = box.segments.find(({ y, height }) => y <= at && at < y + height);
      return part && part.state !== "through" ? [{ box, state: part.state }] : [];
    })
    .sort((a, b) => b.box.x - a.box.x);
}
