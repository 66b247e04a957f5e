import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/**
 * `bench [WORD...]`: runs every `bench/*.bench.ts` whose path holds one of the words. Each is
 * bundled with the packages' sources into one file first, as an application's bundler would.
 */
export async function bench(words) {
  ensureInstalled();
  const files = workspacePackages()
    .map(({ folder }) => `${folder}/bench`)
    .filter((folder) => existsSync(inRoot(folder)))
    .flatMap((folder) => readdirSync(inRoot(folder)).map((name) => `${folder}/${name}`))
    .filter((file) => file.endsWith(".bench.ts"))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const { bundle } = await import(pathToFileURL(join(root, "tools/build/bundle.mjs")).href);
  let worst = 0;
  for (const file of files) {
    const output = inRoot(".cache/bench", `${file.replace(/\W+/g, "-")}.mjs`);
    await bundle(inRoot(file), output);
    console.log(`\n${file}`);
    worst = Math.max(worst, await run(process.execPath, ["--expose-gc", output]));
  }
  if (files.length === 0) console.error("mem: no such benchmark");
  return files.length === 0 ? 1 : worst;
}
