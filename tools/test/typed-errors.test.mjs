import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";

/** Errors of the language, which say nothing of a rule. */
const BUILT_IN = "(?:Eval|Range|Reference|Syntax|Type|URI)?Error";
const MADE = new RegExp(String.raw`\b(?:new|throw)\s+(?:globalThis\.)?${BUILT_IN}\s*\(`);
const DERIVED = new RegExp(String.raw`\bextends\s+${BUILT_IN}\b`);

const FOLDERS = [
  ...readdirSync(inRoot("packages")).map((name) => join("packages", name, "src")),
  join("apps", "pc-machine", "src"),
  join("apps", "playground", "src"),
];

/** The base, and that of a package that imports no other. */
const BASES = [
  join("packages", "qom", "src", "errors", "mem-error.ts"),
  join("packages", "wasm-emit", "src", "emit-error.ts"),
];

/** The lines of a text that make an error of the language, or derive a class from one. */
function findings(text, where) {
  return text
    .split("\n")
    .map((line, i) => ({ line: line.trim(), at: `${where}:${i + 1}` }))
    .filter(({ line }) => !/^(?:\*|\/\/|\/\*)/.test(line))
    .filter(({ line }) => MADE.test(line) || DERIVED.test(line))
    .map(({ line, at }) => `${at} ${line}`);
}

describe("errors", () => {
  it("are found where they say nothing of a rule", () => {
    const text = [
      "throw new Error(`x`);",
      "const e = new RangeError();",
      "throw TypeError('x');",
      "class MyError extends Error {",
      "throw new AddressError('x', { rule: 'y' });",
      "if (error instanceof Error) return;",
      " * @throws Error, for new Error(",
    ].join("\n");
    expect(findings(text, "t").map((each) => each.split(" ")[0])).toEqual([
      "t:1",
      "t:2",
      "t:3",
      "t:4",
    ]);
  });

  it.each(FOLDERS)("of %s have the one base class, and so a rule", (folder) => {
    const sources = readdirSync(inRoot(folder), { recursive: true })
      .map(String)
      .filter((file) => file.endsWith(".ts"));
    expect(sources.length).toBeGreaterThan(0);
    const found = sources.flatMap((file) => {
      const path = join(folder, file);
      return findings(readFileSync(inRoot(path), "utf8"), path);
    });
    expect(found.filter((each) => !BASES.some((base) => each.startsWith(base)))).toEqual([]);
  });
});
