import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { ensureRuntime, runtimeVersions } from "../bootstrap/runtimes.mjs";
import { command } from "../publish/command.mjs";
import { FreshProject } from "../publish/fresh-project.mjs";
import { packedPackages } from "../publish/pack.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { bundlers } from "../runtimes/bundlers.mjs";
import { findChromium } from "../runtimes/chromium.mjs";
import { printedInChromium } from "../runtimes/page-programs.mjs";
import { userPrograms } from "../runtimes/programs.mjs";
import { tellingTexts } from "../runtimes/source-texts.mjs";

const programs = userPrograms();
const project = new FreshProject();
const read = (file) => readFileSync(inRoot("tools/runtimes", file), "utf8");
/** One budget holds for every bundler: size-limit's. */
const mostBytes =
  1000 *
  Number.parseFloat(
    JSON.parse(readFileSync(inRoot(".size-limit.json"), "utf8")).find(
      ({ name }) => name === "the smallest machine",
    ).limit,
  );

beforeAll(async () => {
  const names = publishedPackages().map(({ manifest }) => manifest.name);
  await project.install(names, await packedPackages());
  for (const { name, code } of programs) project.write(`${name}.mjs`, code);
  project.write("texts.mjs", read("programs/texts.mjs"));
});
afterAll(() => project.remove());

/** What a program writes, in lines. */
async function linesOf(program, args) {
  return (await command(program, args, project.folder)).split("\n").slice(0, -1);
}

/** What a runtime is told before the name of a program. A library asks for no permission. */
function leaderOf(runtime, needsNode) {
  if (runtime !== "deno") return [];
  return ["run", "--no-prompt", ...(needsNode ? ["--allow-all"] : [])];
}

describe.each(Object.keys(runtimeVersions))("programs with the packed packages, on %s", (name) => {
  let runtime;
  beforeAll(async () => void (runtime = await ensureRuntime(name)));

  it.for(programs)("print what they say: $name", async (program, context) => {
    context.skip(runtime.program === undefined, runtime.reason);
    const args = [...leaderOf(name, program.needsNode), `${program.name}.mjs`];
    expect(program.lines.length).toBeGreaterThan(0);
    expect(await linesOf(runtime.program, args)).toEqual(program.lines);
  });
});

describe.each(Object.keys(bundlers))("programs with the packed packages, bundled by %s", (name) => {
  const folder = join(project.folder, name);
  const forPages = programs.filter(({ needsNode }) => !needsNode);
  const troubles = new Map();
  let printed;

  beforeAll(async () => {
    mkdirSync(folder);
    for (const { name: program, needsNode } of [...programs, { name: "texts", needsNode: false }]) {
      const target = needsNode ? "node" : "browser";
      const input = join(project.folder, `${program}.mjs`);
      const output = join(folder, `${program}.mjs`);
      const keepNames = program !== "small";
      await bundlers[name]({ input, output, target, keepNames }).catch(
        (error) => void troubles.set(program, error),
      );
    }
    if (findChromium() !== undefined) {
      printed = await printedInChromium(
        folder,
        forPages
          .filter((program) => !troubles.has(program.name))
          .map((program) => `${program.name}.mjs`),
      );
    }
  });

  it.each(programs)("run in Node: $name", async (program) => {
    expect(troubles.get(program.name)).toBeUndefined();
    const file = join(folder, `${program.name}.mjs`);
    expect(readFileSync(file, "utf8")).not.toContain("@mem/");
    expect(await linesOf(process.execPath, [file])).toEqual(program.lines);
  });

  it.for(forPages)("run in Chromium: $name", (program, context) => {
    context.skip(printed === undefined, "Chromium is not installed");
    expect(printed[`${program.name}.mjs`]).toEqual(program.lines);
  });

  const bundleOf = (program) => readFileSync(join(folder, `${program}.mjs`), "utf8");
  const textsIn = (program, texts) => texts.filter((text) => bundleOf(program).includes(text));

  it("holds no code that the program does not use", () => {
    const forPeople = tellingTexts((file) => /flat\/src\/(mtree|explain)/.test(file));
    const packages = tellingTexts((file) => !/packages\/(qom|core|flat)\//.test(file));
    expect(textsIn("small", [...forPeople, ...packages])).toEqual([]);
    // The very same texts do show where the code is used.
    expect(textsIn("texts", forPeople).length).toBeGreaterThan(10);
    expect(textsIn("iommu-dma", packages).length).toBeGreaterThan(10);
  });

  it("stays within its size", () => {
    const code = Buffer.from(bundleOf("small"));
    const size = brotliCompressSync(code).length;
    console.log(`the smallest machine, bundled by ${name}: ${code.length} bytes, brotli ${size}`);
    expect(size).toBeLessThan(mostBytes);
  });
});
