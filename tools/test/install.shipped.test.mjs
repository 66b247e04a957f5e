import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { nodeOnly } from "../layers/rules.mjs";
import { command } from "../publish/command.mjs";
import { Compiler } from "../publish/compile.mjs";
import { FreshProject } from "../publish/fresh-project.mjs";
import { packedPackages } from "../publish/pack.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { examplesOf, printedLine, promisesOf } from "../readme/examples.mjs";

/** The strictest settings that a user of the packages may have. */
const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  target: "es2022",
  lib: ["es2022", "dom"],
  types: [],
};
/** Whoever uses a package for Node alone has Node's declarations, which need no check of ours. */
const forNode = {
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [inRoot("tools/node_modules/@types")],
};
const resolutions = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};
const compiler = new Compiler();
let tarballs;

beforeAll(async () => void (tarballs = await packedPackages()));

/** What a program writes, in lines as `// prints:` comments write them. */
async function linesOf(file, folder) {
  const output = await command(process.execPath, [file], folder);
  return output.split("\n").slice(0, -1);
}

describe.each(publishedPackages())("$manifest.name, installed from its tarball", (entry) => {
  const readme = readFileSync(inRoot(entry.folder, "README.md"), "utf8");
  const [example] = examplesOf(readme);
  const wanted = /^npm install (@mem.*)$/m.exec(readme)?.[1].split(" ") ?? [];
  // A promise of several lines is one call; the program itself writes them apart.
  const promised = promisesOf(example).flatMap((text) => printedLine([text]).split("|"));
  const project = new FreshProject();
  beforeAll(async () => project.install(wanted, tarballs));
  afterAll(() => project.remove());

  it("says what to install, and has a first example that promises something", () => {
    expect(wanted[0]).toBe(entry.manifest.name);
    expect(promised.length).toBeGreaterThan(0);
  });

  it("runs its README's first example as plain JavaScript", async () => {
    const file = project.write("example.mjs", example);
    expect(await linesOf(file, project.folder)).toEqual(promised);
  });

  it.each(Object.entries(resolutions))(
    "and in TypeScript, resolved as %s",
    async (name, options) => {
      const source = project.write(`${name}/example.ts`, example);
      const out = join(project.folder, name, "out");
      const types = nodeOnly.includes(entry.name) ? forNode : {};
      expect(compiler.compile(source, { ...strict, ...types, ...options }, out)).toEqual([]);
      const file = join(out, "example.js");
      expect(await linesOf(file, project.folder)).toEqual(promised);
    },
  );
});
