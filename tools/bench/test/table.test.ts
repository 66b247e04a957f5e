import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { json, line, markdown, summary } from "../src/report.js";
import type { Result } from "../src/row.js";
import { allRows, rowsNamed } from "../src/rows.js";
import { boundOf, isReached } from "../src/table.js";

const rows = allRows();
const names = rows.map(({ name }) => name);
const namesOf = (name: string): string[] => rowsNamed(rows, name).map((row) => row.name);

const result = (ratio: number | null, against: string | null): Result => ({
  ns: 12.5,
  spread: 0.02,
  ratio,
  against,
});

describe("the rows", () => {
  it("have names of their own", () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([10, 100, 1000, 10_000, 100_000])("are there for maps of %i regions", (count) => {
    for (const family of ["toggle", "rerender", "toggle.listener", "build", "build.tx"]) {
      expect(names).toContain(`${family}.${count}`);
    }
  });

  it("are picked by name, by what lies below it, or else by how they begin", () => {
    expect(namesOf("mmio")).toEqual(["mmio", "mmio.store", "mmio.be", "mmio.mixed"]);
    expect(namesOf("toggle.100")).toEqual(["toggle.100"]);
    expect(namesOf("ram.store")).toEqual(["ram.store", "ram.store.dirty"]);
    expect(namesOf("build.tx.1")).toContain("build.tx.100000");
    expect(namesOf("rom")).toEqual([]);
  });
});

describe("the bounds", () => {
  it("are those of the table, from above or below", () => {
    expect(boundOf("ram.one")).toEqual({ atMost: 1.5 });
    expect(boundOf("toggle.listener.1000")).toEqual({ atMost: 2 });
    expect(boundOf("toggle.1000")).toBeNull();
    expect(isReached({ atMost: 1.5 }, 1.5)).toBe(true);
    expect(isReached({ atMost: 1.5 }, 1.51)).toBe(false);
    expect(isReached({ atLeast: 200 }, 199)).toBe(false);
  });

  it("belong to rows that there are", () => {
    const bounded = names.filter((name) => boundOf(name) !== null);
    expect(bounded).toEqual(
      expect.arrayContaining([
        ...["ram.one", "ram.interleaved", "ram.cached", "ram.store", "ram.store.dirty", "mmio"],
        ...["read4k", "toggle.10000", "rerender.10000", "build.10000", "bar.move"],
      ]),
    );
  });
});

describe("the report", () => {
  it("says what was reached", () => {
    expect(line("ram.one", result(1.4, "raw.load"))).toMatch(
      /12\.50 ns +2 % +1\.40 .*<= 1\.5 +yes$/,
    );
    expect(line("ram.one", result(1.6, "raw.load"))).toMatch(/<= 1\.5 +no$/);
    expect(line("ram.be", result(1.6, "raw.load"))).toMatch(/1\.60 +raw\.load$/);
  });

  it("names what was not reached at the end", () => {
    const results = new Map([
      ["ram.one", result(1.4, "raw.load")],
      ["mmio", result(7, "raw.load")],
      ["raw.load", result(null, null)],
    ]);
    expect(summary(results)).toBe("1 of 2 bounds reached; not: mmio");
    expect(summary(new Map([["raw.load", result(null, null)]]))).toBe("");
  });

  it("writes JSON and Markdown", () => {
    const results = new Map([["ram.one", result(1.4, "raw.load")]]);
    expect(JSON.parse(json(results))).toEqual({ "ram.one": result(1.4, "raw.load") });
    expect(markdown(results).split("\n")).toEqual([
      "| name      |   median | spread | ratio | against  | to reach | reached |",
      "| --------- | -------: | -----: | ----: | -------- | -------- | ------- |",
      "| `ram.one` | 12.50 ns |    2 % |  1.40 | raw.load | <= 1.5   | yes     |",
    ]);
  });

  it("writes a table as the documents have theirs, which a formatter leaves as it is", () => {
    const text = readFileSync(new URL("../../../docs/PERFORMANCE.md", import.meta.url), "utf8");
    const lines = text.split("\n").filter((row) => row.startsWith("| `ram.one`"));
    const results = new Map(names.map((name) => [name, result(1.4, "raw.load")]));
    const [first] = markdown(results)
      .split("\n")
      .filter((row) => row.includes("`ram.one`"));
    expect(lines.some((row) => row.split("|").length === first?.split("|").length)).toBe(true);
    const widths = markdown(results)
      .split("\n")
      .map((row) => row.length);
    expect(new Set(widths).size).toBe(1);
  });
});
