import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../bootstrap/child.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { publishedPackages } from "./published.mjs";

const pnpm = inRoot(".tools/pnpm/node_modules/pnpm/bin/pnpm.cjs");

/**
 * Packs every published package into `folder`, just as a release would upload it. Answers the
 * tarballs by package name. What is packed is what was built last.
 */
export async function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  const tarballs = new Map();
  for (const { folder: from, manifest } of publishedPackages()) {
    const args = ["--dir", inRoot(from), "pack", "--pack-destination", folder];
    const { code, output } = await capture(process.execPath, [pnpm, ...args]);
    if (code !== 0) throw new Error(`packing ${manifest.name} failed:\n${output}`);
    const file = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
    tarballs.set(manifest.name, join(folder, file));
  }
  return tarballs;
}
