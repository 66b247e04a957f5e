import { afterAll, describe, expect, it, vi } from "vitest";
import { rmSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";
import { examplesOf, typeErrorsIn, writeExamples } from "../readme/examples.mjs";

const folder = inRoot(`.cache/readme-${process.pid}`);
const examples = writeExamples(folder);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the examples of the READMEs", () => {
  it("are found", () => {
    const text = "```ts\na\n```\n```\nb\n```\n```ts partial\nc\n```\n\n```ts\nd\ne\n```\n";
    expect(examplesOf(text)).toEqual(["a\n", "d\ne\n"]);
    expect(examples.length).toBeGreaterThan(0);
  });

  it("compile", () => expect(typeErrorsIn(examples.map(({ file }) => file))).toEqual([]));

  it.each(examples)("run: $title", async ({ file }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      expect(await import(/* @vite-ignore */ file)).toBeDefined();
    } finally {
      log.mockRestore();
    }
  });
});
