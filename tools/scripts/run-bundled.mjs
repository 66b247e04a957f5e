import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../bootstrap/child.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { userFolder } from "./user-folder.mjs";

/**
 * Bundles the program of a script with the packages' sources into a file of this process's own, as
 * several may be under way, and runs it.
 */
export async function runBundled(script, file, args, nodeOptions = []) {
  const { bundle } = await import(pathToFileURL(join(root, "tools/build/bundle.mjs")).href);
  const folder = inRoot(".cache", script, String(process.pid));
  const output = join(folder, "program.mjs");
  try {
    await bundle(inRoot(file), output);
    return await run(process.execPath, [...nodeOptions, output, ...args], {
      cwd: userFolder(script),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
