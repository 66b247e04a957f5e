import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { command } from "../publish/command.mjs";
import { Compiler } from "../publish/compile.mjs";
import { FreshProject } from "../publish/fresh-project.mjs";
import { packedPackages } from "../publish/pack.mjs";
import { examplesOf, promisesOf } from "../readme/examples.mjs";

/** Somebody's project with a device of his own for the PC, which he has from its tarball. */
const project = new FreshProject();
beforeAll(async () => project.install("@mem/pc-machine", await packedPackages()));
afterAll(() => project.remove());

describe("a project outside, with the PC as a package", () => {
  it("follows the guide about devices to the letter", async () => {
    const [example] = examplesOf(readFileSync(inRoot("docs/guides/device.md"), "utf8"));
    const source = project.write("src/summer.ts", example);
    const out = join(project.folder, "out");
    const options = { strict: true, target: "es2022", module: "nodenext", types: [] };
    expect(new Compiler().compile(source, options, out)).toEqual([]);
    const printed = await command(process.execPath, [join(out, "summer.js")], project.folder);
    expect(printed.trimEnd().split("\n")).toEqual(promisesOf(example));
  });

  it.each(["mem-pc", "pc-machine-x86_64", "pc-machine-i386"])(
    "has the program %s",
    async (name) => {
      const program = join(project.folder, "node_modules/.bin", name);
      const { version } = JSON.parse(readFileSync(inRoot("apps/pc-machine/package.json"), "utf8"));
      expect(await command(program, ["--version"], project.folder)).toBe(`mem-pc ${version}\n`);
    },
  );

  it("boots the firmware that comes with it", async () => {
    const program = join(project.folder, "node_modules/.bin/pc-machine-x86_64");
    const said = await command(program, ["-m", "16", "--firmware", "embedded"], project.folder);
    expect(said).toMatch(/tour: \d+ ok, 0 FAIL/);
  });
});
