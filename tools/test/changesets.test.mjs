import { expect, it } from "vitest";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { pendingChangesets } from "../publish/pending.mjs";
import { publishedPackages } from "../publish/published.mjs";

const published = publishedPackages().map(({ manifest }) => manifest.name);
const known = workspacePackages().map(({ manifest }) => manifest.name);

it.each(pendingChangesets())("$name is a note that a version can be made of", (changeset) => {
  const names = Object.keys(changeset.packages);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
  // A note is about packages that are published or about those that are not, never about both.
  const areShared = new Set(names.map((name) => published.includes(name)));
  expect(areShared.size).toBe(1);
  expect(changeset.summary.length).toBeGreaterThan(10);
});
