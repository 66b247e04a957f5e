import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../bootstrap/child.mjs";
import { exclusively } from "../bootstrap/exclusive.mjs";
import { hashListing, isStamped, stamp } from "../bootstrap/fingerprint.mjs";
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
    tarballs.set(manifest.name, tarballIn(folder, manifest));
  }
  return tarballs;
}

const tarballIn = (folder, { name, version }) =>
  join(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);

/**
 * The tarballs of what was built last, by package name, made once for all who only look at them:
 * nobody writes there.
 */
export async function packedPackages() {
  const folder = inRoot(".cache/packed");
  const stampFile = join(folder, "stamp");
  const packages = publishedPackages();
  const parts = ["dist", "src", "man", "package.json", "README.md", "CHANGELOG.md", "map.svg"];
  const wanted = hashListing([
    inRoot("LICENSE"),
    ...packages.flatMap((entry) => parts.map((part) => inRoot(entry.folder, part))),
  ]);
  await exclusively(
    async () => {
      if (isStamped(stampFile, wanted)) return;
      await packAll(folder);
      stamp(stampFile, wanted);
    },
    "packs the packages",
    inRoot(".cache/lock-packed"),
  );
  return new Map(packages.map(({ manifest }) => [manifest.name, tarballIn(folder, manifest)]));
}
