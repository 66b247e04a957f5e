import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { root } from "../bootstrap/paths.mjs";
import { spread } from "../mutation/sample.mjs";
import { score, scoreTable, share, survivors } from "../mutation/score.mjs";
import { bundleName, shortened, testFiles } from "../mutation/tests.mjs";
import { readArguments } from "../scripts/mutation.mjs";

const mutant = (status, replacement = "false") => ({
  status,
  replacement,
  mutatorName: "ConditionalExpression",
  location: { start: { line: 2, column: 5 }, end: { line: 2, column: 10 } },
});
const report = {
  files: {
    "a.ts": {
      source: "one;\nif (a < b) two();\n",
      mutants: [mutant("Killed"), mutant("Timeout"), mutant("Survived", "a <= b")],
    },
    "b.ts": {
      source: "one;\nif (c < d) two();\n",
      mutants: [mutant("NoCoverage"), mutant("Ignored")],
    },
    "c.ts": { source: "", mutants: [mutant("Ignored"), mutant("CompileError")] },
  },
};

describe("the score", () => {
  it("counts what was found and what was not; what was not tried counts nowhere", () => {
    expect(score(report)).toEqual({
      files: {
        "a.ts": { found: 2, missed: 1 },
        "b.ts": { found: 0, missed: 1 },
        "c.ts": { found: 0, missed: 0 },
      },
      total: { found: 2, missed: 2 },
    });
    expect(share({ found: 0, missed: 0 })).toBe(1);
  });

  it("is a table, the worst file first", () => {
    expect(scoreTable(score(report))).toEqual([
      "   0.0 %         0 of 1  b.ts",
      "  66.7 %         2 of 3  a.ts",
      "  50.0 %         2 of 4  all",
    ]);
  });

  it("comes with the changes that nobody noticed", () => {
    const mutator = "ConditionalExpression";
    expect(survivors(report)).toEqual([
      { place: "a.ts:2:5", mutator, from: "a < b", to: "a <= b" },
      { place: "b.ts:2:5", mutator, from: "c < d", to: "false" },
    ]);
  });
});

describe("the tests that judge a mutant", () => {
  const names = testFiles(`${root}/`).map(bundleName);

  it("have names of their own, and the recordings are among them", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("tools-recordings");
  });

  it("are those of core and flat, but for a few", () => {
    const all = ["core", "flat"].flatMap((name) =>
      readdirSync(`${root}/packages/${name}/test`).filter((file) => file.endsWith(".test.ts")),
    );
    expect(names.length).toBeGreaterThan(all.length - 8);
    expect(names.at(-1)).toBe("flat-range-tree");
  });

  it("take fewer rounds", () => {
    expect(shortened("{ numRuns: 300 }, step < 900")).toBe("{ numRuns: 12 }, step < 100");
  });
});

it("a sample is spread evenly, and is all there is where that is less", () => {
  expect(spread(["a", "b", "c", "d", "e", "f"], 3)).toEqual(["a", "c", "e"]);
  expect(spread(["a"], 3)).toEqual(["a"]);
});

describe("the arguments", () => {
  it("select sources and what is printed", () => {
    expect(readArguments(["--survivors", "x.ts"])).toMatchObject({
      sources: ["x.ts"],
      survivors: true,
    });
    expect(readArguments([]).sources).toHaveLength(2);
  });

  it("are refused in one line", () => {
    expect(readArguments(["--all"])).toContain("mem: Unknown option '--all'");
    expect(readArguments(["--help"])).toContain("SOURCE");
  });
});
