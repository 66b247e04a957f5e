import { readdirSync, readFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";

/** The programs of `examples/`, by name. */
export function exampleNames() {
  return readdirSync(inRoot("examples"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/** The first sentence of the comment that a program begins with. */
export function summaryOf(name) {
  const source = readFileSync(inRoot(`examples/${name}.ts`), "utf8");
  const comment = /^\/\*\*(.*?)\*\//s.exec(source)?.[1] ?? "";
  const text = comment
    .replaceAll(/^ *\* ?/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

/** Whether a program imports nothing but the workspace's packages: it needs no other installed. */
export function needsOnlyWorkspace(name) {
  const source = readFileSync(inRoot(`examples/${name}.ts`), "utf8");
  return [...source.matchAll(/ from "([^"]+)"/g)].every(([, module]) => module.startsWith("@mem/"));
}

/** Makes one file that Node can run of a program and the packages' sources; answers its path. */
export async function bundleExample(name) {
  const { bundle } = await import("../build/bundle.mjs");
  const output = inRoot(`.cache/examples/${name}.mjs`);
  await bundle(inRoot(`examples/${name}.ts`), output);
  return output;
}
