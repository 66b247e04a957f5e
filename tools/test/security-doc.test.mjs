import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";

const text = readFileSync(inRoot("docs/SECURITY.md"), "utf8");

/**
 * Tests that a text cites: a file of tests, or a suite that several declare, in backticks, then a title,
 * or the beginning of one, in quotes.
 */
export function citedTests(document) {
  const pattern = /^- `([^`]+(?:\.test|suite)\.m?[jt]s)`: "([^"]+)"$/gm;
  return [...document.matchAll(pattern)].map(([, file, title]) => ({ file, title }));
}

/** Whether a file has a test or a group with a title that begins so. */
export function hasTest(source, title) {
  const escaped = title.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
  const call = "\\b(?:it|describe)(?:\\.each\\([^]{0,300}?\\))?\\(\\s*";
  return [`"${escaped}"`, `\`${escaped}`].some((quoted) => new RegExp(call + quoted).test(source));
}

describe("the look for cited tests", () => {
  it("finds what is cited", () => {
    expect(citedTests('x\n- `a/b.test.ts`: "does (it)"\n- `c.ts`: "no"\n')).toEqual([
      { file: "a/b.test.ts", title: "does (it)" },
    ]);
  });

  it("knows a test by its whole title, or by the beginning of one with a number in it", () => {
    const source =
      'it("does (it)", f);\nit.each(rows)(\n  "for $name",\n);\nit(`in ${n} cases`, f);';
    expect(
      ["does (it)", "for $name", "in ${n} cases", "in"].map((t) => hasTest(source, t)),
    ).toEqual([true, true, true, true]);
    expect(["does", "does it", "for", "cases"].map((t) => hasTest(source, t))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("docs/SECURITY.md", () => {
  const cited = citedTests(text);

  it.each(cited)("cites a test that exists: $file, $title", ({ file, title }) => {
    expect(existsSync(inRoot(file)), file).toBe(true);
    expect(hasTest(readFileSync(inRoot(file), "utf8"), title), title).toBe(true);
  });

  it("has a test for every promise", () => {
    const start = text.indexOf("## What a guest cannot do");
    const promises = text.slice(start, text.indexOf("## What is not promised")).split(/^\*\*/m);
    expect(promises.length).toBeGreaterThan(10);
    for (const promise of promises.slice(1)) {
      expect(citedTests(promise).length, promise.slice(0, 40)).toBeGreaterThan(0);
    }
  });
});
