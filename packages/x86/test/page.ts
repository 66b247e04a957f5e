import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";

/** The page `name` of the documents is `text`; with `MEM_X86_PAGES=1` it becomes that. */
export function expectPage(name: string, text: string): void {
  const url = new URL(`../../../docs/${name}`, import.meta.url);
  if (process.env["MEM_X86_PAGES"] === "1") writeFileSync(url, text);
  expect(text).toBe(readFileSync(url, "utf8"));
}
