import { internalsOf } from "@mem/core/plumbing";
import {
  type AddressSpace,
  type Explanation,
  explain,
  type HiddenRegion,
  type MemoryRegion,
} from "@mem/flat";
import { describe, expect, it } from "vitest";
import type { MapRegion } from "./naive-map.js";
import { naiveAnswer, type NaiveHidden, type Way } from "./naive-hidden.js";
import { RandomMap } from "./random-map.js";

/** `MEM_PROPERTY_CASES=100000` makes a long run of it. */
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 80);
const FIRST_SEED = Number(process.env["MEM_PROPERTY_SEED"] ?? 1);
const EXTENT = 40;

/** `expect` costs more than the comparison, of which there are many. */
function same(actual: unknown, expected: unknown, where: string): void {
  if (actual !== expected) {
    throw new Error(`${where}:\n${String(actual)}\nnot\n${String(expected)}`);
  }
}

/** An address space of a random map. */
interface Case {
  readonly map: RandomMap;
  readonly space: AddressSpace;
  readonly root: MapRegion;
  readonly where: string;
}

/** Every address space of every map of a run. */
function forEachSpace(check: (at: Case) => void): void {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
    const map = new RandomMap(seed * 2654435761);
    for (const [index, { space, root }] of map.spaces.entries()) {
      check({ map, space, root, where: `seed ${seed}, space ${index}` });
    }
  }
}

const wayText = (way: Way): string =>
  way.map(({ region, offset }) => `${region.real.name}@${offset}`).join(">");

function naiveText({ way, kind, by, isAbove }: NaiveHidden): string {
  const names = by.map(({ real }) => real.name).join();
  return `${isAbove ? "above" : "below"} ${wayText(way)} ${kind} ${names}`;
}

function realText({ path, reason, isAbove }: HiddenRegion): string {
  return `${isAbove ? "above" : "below"} ${pathText(path)} ${reason.kind} ${causes(reason)}`;
}

function causes(reason: HiddenRegion["reason"]): string {
  if ("winner" in reason) return reason.winner.name;
  if (reason.kind === "cutOff") return reason.by.map(({ region }) => region.name).join();
  return reason.kind === "disabled" || reason.kind === "ending" ? reason.by.name : "";
}

function pathText(path: Explanation["path"]): string {
  return path.map(({ region, offset }) => `${region.name}@${offset}`).join(">");
}

const shown = (space: AddressSpace, addr: number): string => {
  const range = space.flatView.rangeAt(BigInt(addr));
  return range ? `${range.region.name}@${range.offset + BigInt(addr) - range.start}` : "nothing";
};

const end = ({ region, offset }: { region: { name: string }; offset: bigint }): string =>
  `${region.name}@${offset}`;

/** Disables a region, or removes it from its container where that takes all of it away. */
function takeAway(region: MemoryRegion, map: RandomMap, isRemoval: boolean): () => void {
  const { container, addr, priority } = region;
  const isAliased = map.regions.some(({ target }) => target?.real === region);
  const isRoot = map.spaces.some(({ root }) => root.real === region);
  if (!isRemoval || !container || isAliased || isRoot) {
    region.enabled = false;
    return () => void (region.enabled = true);
  }
  container.removeSubregion(region);
  return () => container.addSubregion(addr, region, { priority });
}

describe("explanations of random maps", () => {
  it("say what the view and the naive model say, hidden regions and reasons included", () => {
    let hidden = 0;
    forEachSpace(({ space, root, where }) => {
      for (let addr = 0; addr < EXTENT; addr++) {
        const place = `${where}, address ${addr}`;
        const answer = explain(space, addr);
        const expected = naiveAnswer(root, addr);
        const { found } = answer;
        same(found.kind === "section" ? end(found) : "nothing", shown(space, addr), place);
        same(pathText(answer.path), expected.winner ? wayText(expected.winner) : "", place);
        const last = answer.path.at(-1);
        same(last ? end(last) : "nothing", shown(space, addr), place);
        same(answer.isPending, false, place);
        same(answer.isComplete, true, place);
        const [ours, theirs] = [answer.hidden.map(realText), expected.hidden.map(naiveText)];
        same(ours.join("\n"), theirs.join("\n"), place);
        hidden += ours.length;
        for (const { range, start, offset } of answer.path) {
          same(range !== null && range.from <= addr && range.to > addr, true, place);
          same(start + offset, BigInt(addr), place);
        }
        same(String(answer).includes("undefined"), false, place);
      }
    });
    expect(hidden).toBeGreaterThan(CASES * EXTENT);
  });

  it("name what would be seen next: it is, when the winner is disabled or removed", () => {
    let next = 0;
    let nothing = 0;
    forEachSpace(({ map, space, where }) => {
      for (let addr = 0; addr < EXTENT; addr++) {
        const { found, hidden } = explain(space, addr);
        if (found.kind === "hole") continue;
        const { region } = found;
        const candidate = hidden.find(
          ({ reason, path }) => "winner" in reason && path.every((step) => step.region !== region),
        );
        const base = space.flatView.root?.addr;
        const putBack = takeAway(region, map, addr % 2 === 0);
        // Of a root that has an address of its own, looked through or not, the view moves.
        const moved = space.flatView.root !== null && space.flatView.root.addr !== base;
        if (!moved) {
          const expected = candidate ? end(candidate) : "nothing";
          same(shown(space, addr), expected, `${where}, address ${addr}`);
          if (candidate) next++;
          else nothing++;
        }
        putBack();
      }
    });
    expect(next).toBeGreaterThan(CASES);
    expect(nothing).toBeGreaterThan(CASES);
  });

  it("name what would be seen instead: it is, when what is disabled is enabled", () => {
    let checked = 0;
    forEachSpace(({ space, where }) => {
      for (let addr = 0; addr < EXTENT; addr++) {
        const { hidden } = explain(space, addr);
        const first = hidden.find(({ reason }) => reason.kind === "disabled");
        if (
          !first?.isAbove ||
          !internalsOf(first.region).terminates ||
          first.reason.kind !== "disabled"
        )
          continue;
        if (first.path.filter((step) => !step.region.enabled).length !== 1) continue;
        const { by } = first.reason;
        by.enabled = true;
        if (first.path[0]?.start === space.flatView.root?.addr) {
          same(shown(space, addr), end(first), `${where}, address ${addr}`);
          checked++;
        }
        by.enabled = false;
      }
    });
    expect(checked).toBeGreaterThan(CASES / 2);
  });
});
