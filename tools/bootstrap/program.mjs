import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { exclusively } from "./exclusive.mjs";
import { hashListing, isStamped, stamp } from "./fingerprint.mjs";
import { inRoot } from "./paths.mjs";
import { withDependencies } from "./workspace.mjs";

/**
 * Bundles the program `src/cli.ts` of the package called `name` with the sources that it needs,
 * unless that was done and none has changed since. Answers the file to run.
 */
export async function ensureProgram(name) {
  const packages = withDependencies(name);
  const [{ folder, name: short }] = packages;
  const inputs = packages.flatMap((entry) => [
    `${entry.folder}/src`,
    `${entry.folder}/package.json`,
  ]);
  const wanted = () =>
    hashListing([...inputs, "tools/build", "pnpm-lock.yaml"].map((path) => inRoot(path)));
  const output = folderOf(short);
  const file = join(output, "cli.js");
  const isCurrent = () => isStamped(join(output, "stamp"), wanted()) && existsSync(file);
  if (isCurrent()) return file;
  await exclusively(async () => {
    if (isCurrent()) return;
    const value = wanted();
    const { bundlePrograms } = await import("../build/bundle.mjs");
    rmSync(output, { recursive: true, force: true });
    await bundlePrograms(inRoot(folder, "src"), ["cli.ts", ...workersOf(folder)], output);
    stamp(join(output, "stamp"), value);
  }, "bundles a program");
  return file;
}

/** True where the program of the package called `name` was bundled before, from whatever sources. */
export function hasProgram(name) {
  return existsSync(join(folderOf(withDependencies(name)[0].name), "cli.js"));
}

const folderOf = (short) => inRoot(".cache/programs", short);

function workersOf(folder) {
  return readdirSync(inRoot(folder, "src"), { recursive: true })
    .map((file) => String(file).replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".worker.ts"));
}
