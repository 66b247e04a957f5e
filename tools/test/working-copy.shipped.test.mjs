import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { citedVersions } from "../publish/citations.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { WorkingCopy } from "../publish/working-copy.mjs";

const packages = publishedPackages();
const names = packages.map(({ manifest }) => manifest.name);
/** A release, and what the generators make, in one copy: the installation is the longest part. */
const copy = new WorkingCopy();
const read = (file) => readFileSync(join(copy.folder, file), "utf8");
const versionOf = (folder) => JSON.parse(read(`${folder}/package.json`)).version;
const check = async (files) => {
  await copy.node("tools/node_modules/prettier/bin/prettier.cjs", "--check", ...files);
  await copy.node("tools/node_modules/oxlint/bin/oxlint", "--deny-warnings", ...files);
};

beforeAll(() => copy.make());
afterAll(() => copy.remove());

describe("a release", () => {
  let next;

  it("begins with a changeset", async () => {
    await copy.script("changeset", "add", "--empty");
    const [major, minor] = versionOf("packages/core").split(".").map(Number);
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
    for (const { folder } of packages) {
      expect(versionOf(folder)).toBe(next);
      expect(read(`${folder}/CHANGELOG.md`)).toContain(`## ${next}`);
    }
    expect(new Set(Object.values(citedVersions(copy.folder)))).toEqual(new Set([next]));
    expect(read("packages/core/CHANGELOG.md")).toContain("Regions can do something new.");
    expect(read("CHANGELOG.md")).toContain(`## ${next} (`);
    expect(read("CHANGELOG.md")).toContain("Regions can do something new.");
    expect(readdirSync(join(copy.folder, ".changeset")).filter((f) => f.endsWith(".md"))).toEqual([
      "README.md",
    ]);
    expect(existsSync(join(copy.folder, "apps/playground/CHANGELOG.md"))).toBe(false);
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

describe("the generators", () => {
  it("make a package that passes its own test and every check", async () => {
    const said = await copy.script("new", "package", "bus-probe");
    expect(said).toContain("packages/bus-probe/src/index.ts");
    expect(await copy.script("layers")).toContain(" 0 violations");
    const tested = await copy.script("test:unit", "--project", "@mem/bus-probe");
    expect(tested).toMatch(/Tests +1 passed/);
    await copy.node("tools/node_modules/tsc/bin/tsc", "-b", "packages/bus-probe");
    await check(said.match(/^ {2}\S+$/gm).map((line) => line.trim()));
    expect(existsSync(join(copy.folder, "packages/bus-probe/dist/types/index.d.ts"))).toBe(true);
    expect(read("docs/ARCHITECTURE.md")).toContain("`@mem/bus-probe`");
  });

  it("make devices that pass their own tests", async () => {
    const devices = [
      ["mail-box", []],
      ["isa-box", ["--bus", "isa"]],
      ["pci-box", ["--bus=pci"]],
    ];
    const made = [];
    for (const [name, options] of devices) {
      const said = await copy.script("new", "device", name, ...options);
      const files = said.match(/^ {2}\S+$/gm).map((line) => line.trim());
      expect(files.length).toBeGreaterThan(2);
      made.push(...files);
      expect(read("apps/pc-machine/src/devices/builtin.ts")).toContain(`"./${name}/index.js"`);
    }
    // One run for all: what takes long is to load the PC.
    const names = devices.map(([name]) => `devices/${name}`);
    const tested = await copy.script("test:unit", "--project", "@mem/pc-machine", ...names);
    expect(tested).toMatch(/Test Files +3 passed/);
    expect(tested).toMatch(/Tests +6 passed/);
    await check([...new Set(made)]);
  });

  it.each([
    [["package"], "new package needs a name"],
    [["package", "Bus"], "'Bus' is no name for a package"],
    [["package", "core"], "packages/core/package.json exists already"],
    [["device", "vga"], "apps/pc-machine/src/devices/vga/vga.ts exists already"],
    [["device", "x", "--bus", "usb"], "there is no bus 'usb': use --bus isa or --bus pci"],
    [["board", "x"], "usage: npm run new -- package NAME"],
    [["device", "a", "b"], "usage: npm run new -- package NAME"],
    [["package", "a", "--bus", "isa"], "usage: npm run new -- package NAME"],
  ])("refuse in one line: %j", async (args, message) => {
    await expect(copy.script("new", ...args)).rejects.toThrow(`mem: ${message}`);
  });
});
