import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bootstrap/paths.mjs";

/**
 * Changesets that wait for the next version: which packages each names, with the kind of change,
 * and what it tells users.
 */
export function pendingChangesets(base = root) {
  const folder = join(base, ".changeset");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .sort()
    .map((name) => parse(name, readFileSync(join(folder, name), "utf8")));
}

function parse(name, text) {
  const [, front = "", summary = ""] = /^---\n(.*?)^---\n(.*)$/ms.exec(text) ?? [];
  const lines = [...front.matchAll(/^["']?(.+?)["']?: *(major|minor|patch)$/gm)];
  const packages = Object.fromEntries(lines.map(([, pkg, kind]) => [pkg, kind]));
  return { name, packages, summary: summary.trim() };
}
