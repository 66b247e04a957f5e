import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withVersion } from "../publish/changelog.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { WorkingCopy } from "../publish/working-copy.mjs";

const names = publishedPackages().map(({ manifest }) => manifest.name);
const copy = new WorkingCopy();
const read = (file) => readFileSync(join(copy.folder, file), "utf8");
const versionOf = (name) => JSON.parse(read(`packages/${name}/package.json`)).version;

describe("a release", () => {
  beforeAll(() => copy.make());
  afterAll(() => copy.remove());
  let next;

  it("begins with a changeset", async () => {
    await copy.script("changeset", "add", "--empty");
    const [major, minor] = versionOf("core").split(".").map(Number);
    next = `${major}.${minor + 1}.0`;
    writeFileSync(
      join(copy.folder, ".changeset/quick-foxes.md"),
      '---\n"@mem/core": minor\n---\n\nRegions can do something new.\n',
    );
    await copy.commit("a change with its note");
    const status = await copy.script("changeset", "status");
    expect(status).toContain("@mem/core");
    await expect(copy.script("release")).rejects.toThrow("version-packages");
  });

  it("gives all packages one version, with changelogs", async () => {
    expect(await copy.script("version-packages")).toContain(`all packages are at ${next}`);
    for (const name of names.map((full) => full.slice("@mem/".length))) {
      expect(versionOf(name)).toBe(next);
      expect(read(`packages/${name}/CHANGELOG.md`)).toContain(`## ${next}`);
    }
    expect(read("packages/core/CHANGELOG.md")).toContain("Regions can do something new.");
    expect(read("CHANGELOG.md")).toContain(`## ${next} (`);
    expect(read("CHANGELOG.md")).toContain("Regions can do something new.");
    expect(readdirSync(join(copy.folder, ".changeset")).filter((f) => f.endsWith(".md"))).toEqual([
      "README.md",
    ]);
    expect(existsSync(join(copy.folder, "apps/pc-machine/CHANGELOG.md"))).toBe(false);
    await copy.commit("a version");
    await expect(copy.script("version-packages")).rejects.toThrow("no changesets wait");
  });

  it("can be rehearsed", async () => {
    const output = await copy.script("release", "--dry-run");
    for (const name of names) expect(output).toContain(`would publish ${name} ${next}: `);
    expect(output).toContain(`${names.length} packages at ${next}; nothing was uploaded`);
    await expect(copy.script("release", "--now")).rejects.toThrow("not '--now'");
  });
});

describe("the changelog", () => {
  const change = (kind, summary) => ({ packages: { "@mem/core": kind }, summary });

  it("puts what breaks first, and newer versions above older ones", () => {
    const first = withVersion("", "0.1.0", "2030-01-02", [change("minor", "A bus.")]);
    const changes = [change("patch", "A leak."), change("major", "A name.")];
    const text = withVersion(first, "1.0.0", "2031-01-02", changes);
    const found = [...text.matchAll(/^(## \S+|### .*|A .*)/gm)].map(([line]) => line);
    expect(found).toEqual([
      ...["## 1.0.0", "### What breaks", "A name.", "### Mended", "A leak."],
      ...["## 0.1.0", "### New", "A bus."],
    ]);
    expect(text.startsWith("# Changelog\n")).toBe(true);
    expect(text.match(/^# /gm)).toHaveLength(1);
  });
});
