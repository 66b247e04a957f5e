import { existsSync, readdirSync } from "node:fs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { runBundled } from "./run-bundled.mjs";

/**
 * `bench [NAME...]`: the benchmark suite, `tools/bench`, in one process. `bench x86`: the processor,
 * interpreted and translated. `bench page`: a machine in a tab beside the same in Node.
 * `bench --other [WORD...]`:
 * every `bench/*.bench.ts` of a package whose path holds one of the words. Each program is bundled
 * with the packages' sources into one file first, as an application's bundler would.
 */
export async function bench(args) {
  const [first, ...words] = args;
  if (first === "page" && words.length === 0) {
    await ensureInstalled("shipped"); // the page, and what opens a browser
    return (await import("../../apps/playground/bench/tab.mjs")).benchPage();
  }
  await ensureInstalled("run");
  if (first === "x86" && words.length === 0) return benchOthers(["packages/x86"]);
  return first === "--other" ? benchOthers(words) : runBench("tools/bench/src/main.ts", args);
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
    worst = Math.max(worst, await runBench(file, []));
  }
  return worst;
}

const runBench = (file, args) => runBundled("bench", file, args, ["--expose-gc"]);
