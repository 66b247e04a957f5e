import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/**
 * `bench [NAME...]`: the benchmark suite, `tools/bench`, in one process. `bench --other [WORD...]`:
 * every `bench/*.bench.ts` of a package whose path holds one of the words. Each program is bundled
 * with the packages' sources into one file first, as an application's bundler would.
 */
export async function bench(args) {
  ensureInstalled();
  const [first, ...words] = args;
  return first === "--other" ? benchOthers(words) : runBundled("tools/bench/src/main.ts", args);
}

async function benchOthers(words) {
  const files = workspacePackages()
    .map(({ folder }) => `${folder}/bench`)
    .filter((folder) => existsSync(inRoot(folder)))
    .flatMap((folder) => readdirSync(inRoot(folder)).map((name) => `${folder}/${name}`))
    .filter((file) => file.endsWith(".bench.ts"))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (files.length === 0) {
    console.error(`bench: no other benchmark with ${words.join(" or ")} in its path`);
    return 1;
  }
  let worst = 0;
  for (const file of files) {
    console.log(`\n${file}`);
    worst = Math.max(worst, await runBundled(file, []));
  }
  return worst;
}

/** Bundles a program into a file of this process's own, as several may be under way, and runs it. */
async function runBundled(file, args) {
  const { bundle } = await import(pathToFileURL(join(root, "tools/build/bundle.mjs")).href);
  const folder = inRoot(".cache/bench", String(process.pid));
  const output = join(folder, "program.mjs");
  // npm changes to the project's folder; file names are meant from where the user stands.
  const { INIT_CWD, npm_lifecycle_event } = process.env;
  const cwd = npm_lifecycle_event === "bench" && INIT_CWD ? INIT_CWD : process.cwd();
  try {
    await bundle(inRoot(file), output);
    return await run(process.execPath, ["--expose-gc", output, ...args], { cwd });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
