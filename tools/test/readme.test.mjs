import { afterAll, describe, expect, it, vi } from "vitest";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../bootstrap/paths.mjs";
import { writeDocExamples } from "../docstrings/examples.mjs";
import { examplesOf, printedLine, writeExamples } from "../readme/examples.mjs";
import { typeErrorsIn } from "../readme/type-errors.mjs";

const folder = inRoot(`.cache/readme-${process.pid}`);
const pages = writeExamples(folder);
const inDocstrings = writeDocExamples(join(folder, "docstrings"));
const examples = [...pages, ...inDocstrings];
afterAll(() => rmSync(folder, { recursive: true }));

describe("the examples of READMEs, documents, guides and docstrings", () => {
  it("are found", () => {
    const text = "```ts\na\n```\n```\nb\n```\n```ts partial\nc\n```\n\n```ts\nd\ne\n```\n";
    expect(examplesOf(text)).toEqual(["a\n", "d\ne\n"]);
    expect(pages.length).toBeGreaterThan(0);
    expect(inDocstrings.length).toBeGreaterThan(60);
  });

  it("compile, where another that does not is told", () => {
    const wrong = join(folder, "wrong.ts");
    writeFileSync(wrong, 'import { Machine } from "@mem/flat";\n\nnew Machine().ram(1);\n');
    const files = [...examples.map(({ file }) => file), wrong];
    expect(typeErrorsIn(files)).toEqual([
      expect.stringMatching(/^wrong\.ts:3: Argument of type 'number' is not assignable/),
    ]);
  });

  it("say what they print", () => {
    const promising = pages.filter(({ promises }) => promises.length > 2);
    expect(promising.length).toBeGreaterThan(5);
  });

  it.each(examples)("run, and print what they say: $title", async ({ file, promises }) => {
    const printed = [];
    const log = vi
      .spyOn(console, "log")
      .mockImplementation((...texts) => void printed.push(printedLine(texts)));
    try {
      expect(await import(/* @vite-ignore */ file)).toBeDefined();
    } finally {
      log.mockRestore();
    }
    expect(promises.length > 0 ? printed : []).toEqual(promises);
  });
});
