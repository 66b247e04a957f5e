import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { covered, coveringProjects, figures, otherProjects } from "../coverage/measured.mjs";
import config from "../../vitest.config.ts";
import {
  floor,
  raised,
  readRatchet,
  shortfalls,
  table,
  updateRatchet,
} from "../coverage/ratchet.mjs";

const counts = (lines, branches) => ({
  lines: { covered: lines[0], total: lines[1] },
  branches: { covered: branches[0], total: branches[1] },
});

describe("the figures of a package", () => {
  it("are sums over its files, and over no other's", () => {
    const core = figures({
      total: counts([0, 1000], [0, 1000]),
      [inRoot("packages/core/src/a.ts")]: counts([90, 100], [1, 2]),
      [inRoot("packages/core/src/deep/b.ts")]: counts([0, 100], [1, 2]),
      [inRoot("packages/core/test/c.ts")]: counts([0, 100], [0, 2]),
      [inRoot("packages/x86/src/d.ts")]: counts([0, 100], [0, 2]),
    }).core;
    expect(core).toEqual({ lines: 45, branches: 50 });
  });

  it("are 0 where nothing was measured, so that a package cannot drop out", () => {
    expect(Object.keys(figures({}))).toEqual(covered);
    expect(shortfalls(figures({}), {})).toHaveLength(2 * covered.length);
  });
});

it("the projects that count and the others are all that there are, each once", () => {
  const all = config.test.projects.map(({ test }) => test.name);
  expect([...coveringProjects, ...otherProjects()].sort()).toEqual(all.sort());
});

describe("the ratchet", () => {
  it("asks for the floor, and for what was reached but for what random tests make of it", () => {
    const ratchet = { core: { lines: 98, branches: 91 } };
    const below = (lines, branches) => shortfalls({ core: { lines, branches } }, ratchet);
    expect(below(97.6, 90.6)).toEqual([]);
    expect(below(97.5, 90.5)).toEqual([
      "@mem/core: 97.5 % of lines, at least 97.6 % is due",
      "@mem/core: 90.5 % of branches, at least 90.6 % is due",
    ]);
    expect(shortfalls({ flat: { lines: 94.9, branches: 89.9 } }, ratchet)).toHaveLength(2);
  });

  it("only rises", () => {
    const path = join(mkdtempSync(join(tmpdir(), "coverage-ratchet-")), "ratchet.json");
    try {
      writeFileSync(path, JSON.stringify({ core: { lines: 98, branches: 91 } }));
      updateRatchet({ core: { lines: 97, branches: 92.57 } }, path);
      expect(readRatchet(path)).toEqual({ core: { lines: 98, branches: 92.5 } });
      expect(readFileSync(path, "utf8")).toMatch(/\n$/);
    } finally {
      rmSync(join(path, ".."), { recursive: true });
    }
    expect(raised({ qom: { lines: 96, branches: 95 } }, {})).toEqual({
      qom: { lines: 96, branches: 95 },
    });
  });

  it("holds every package, none below the floor", () => {
    const ratchet = readRatchet();
    expect(Object.keys(ratchet)).toEqual(covered);
    for (const { lines, branches } of Object.values(ratchet)) {
      expect(lines).toBeGreaterThanOrEqual(floor.lines);
      expect(branches).toBeGreaterThanOrEqual(floor.branches);
    }
  });
});

it("the table has a line for each package", () => {
  expect(table({ core: { lines: 98.26, branches: 100 } }).split("\n")).toEqual([
    "package              lines  branches",
    "@mem/core           98.3 %   100.0 %",
  ]);
});
