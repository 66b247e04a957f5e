import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { command } from "../publish/command.mjs";
import { packedPackages } from "../publish/pack.mjs";
import { publishedPackages } from "../publish/published.mjs";

const packages = publishedPackages();
const script = (path, ...args) =>
  command(process.execPath, [inRoot("tools/publish/node_modules", path), ...args], root);
/** size-limit finds its plugins beside the manifest of where it runs, its limits above. */
const sizeLimit = inRoot("tools/publish/node_modules/size-limit/bin.js");
let tarballs;

beforeAll(async () => void (tarballs = await packedPackages()));

describe.each(packages)("$manifest.name", ({ folder, manifest }) => {
  it("pleases publint", async () => {
    const answer = script("publint/src/cli.js", "run", tarballs.get(manifest.name), "--strict");
    expect(await answer).toContain("All good!");
  });

  it("has types that resolve", async () => {
    const options = ["--profile", "esm-only", "--no-emoji", "--no-color"];
    const cli = "@arethetypeswrong/cli/dist/index.js";
    expect(await script(cli, tarballs.get(manifest.name), ...options)).toContain("(ESM)");
  });

  it("holds code, maps, declarations, sources and the texts around them, and nothing else", async () => {
    const list = await command("tar", ["-tzf", tarballs.get(manifest.name)], root);
    const files = list
      .trim()
      .split("\n")
      .map((file) => file.replace(/^package\//, ""));
    const texts = ["package.json", "README.md", "LICENSE", "CHANGELOG.md"];
    expect(files).toEqual(expect.arrayContaining([...texts, "dist/index.js", "dist/index.js.map"]));
    expect(files).toEqual(expect.arrayContaining(["dist/types/index.d.ts", "src/index.ts"]));
    const modules = Object.values(manifest.exports).map((entry) => entry?.default);
    const entries = [...modules, ...Object.values(manifest.bin ?? {})]
      .filter((file) => file !== undefined)
      .map((file) => file.slice("./".length));
    const manual = manifest.man === undefined ? [] : [manifest.man.slice("./".length)];
    const expected = [...texts, ...manual, ...entries, ...entries.map((file) => `${file}.map`)];
    expect(files).toEqual(expect.arrayContaining(expected));
    // What several entries need is a file of its own, named after its content.
    const known =
      /^(map\.svg|dist\/[a-z-]+-[\w-]{8}\.js(\.map)?|dist\/types\/.*\.d\.ts(\.map)?|src\/.*\.(ts|md))$/;
    expect(files.filter((file) => !expected.includes(file) && !known.test(file))).toEqual([]);
  });

  it("says what a registry shows", () => {
    const { license, engines, sideEffects, type, description, keywords } = manifest;
    expect({ license, engines, sideEffects, type }).toEqual({
      license: "MIT",
      engines: { node: ">=20.19" },
      sideEffects: false,
      type: "module",
    });
    expect(description.length).toBeGreaterThan(20);
    expect(keywords.length).toBeGreaterThan(2);
    expect(readFileSync(inRoot(folder, "README.md"), "utf8")).toContain(`# ${manifest.name}\n`);
  });
});

describe("the release", () => {
  it("keeps all packages at one version", () => {
    expect(new Set(packages.map(({ manifest }) => manifest.version)).size).toBe(1);
  });

  it("keeps every package within its size", async () => {
    const sizes = JSON.parse(
      await command(process.execPath, [sizeLimit, "--json"], inRoot("tools/publish")),
    );
    const names = [...packages.map(({ manifest }) => manifest.name), "the smallest machine"];
    expect(sizes.map(({ name }) => name).sort()).toEqual(names.sort());
    expect(sizes.filter(({ passed }) => !passed)).toEqual([]);
  });

  it("has nothing that is exported or kept for nobody", async () => {
    const args = ["--no-progress", "--no-config-hints"];
    const hoisted = ["--preprocessor", "./tools/publish/knip-hoisted.mjs"];
    expect(await script("knip/bin/knip.js", ...args, ...hoisted)).toBe("");
  });
});
