import { existsSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { exclusively } from "../bootstrap/exclusive.mjs";
import { hashListing, isStamped, stamp } from "../bootstrap/fingerprint.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { sourceEntries, workspacePackages } from "../bootstrap/workspace.mjs";

const folder = inRoot(".cache/test-packages");

/**
 * Bundles each library of the workspace for the tests of the others, unless that was done and no source has changed
 * since, and resolves to what can be imported: the file by its specifier. Vitest turns each use of what a module
 * imports into a look-up; within a bundle there are none, and a processor runs three times as fast.
 */
export async function bundlePackages() {
  const libraries = workspacePackages().filter(({ group }) => group === "packages");
  const wanted = hashListing(
    [
      ...libraries.flatMap((entry) => [`${entry.folder}/src`, `${entry.folder}/package.json`]),
      "tools/build",
    ].map((path) => inRoot(path)),
  );
  const isCurrent = () => isStamped(join(folder, "stamp"), wanted) && existsSync(folder);
  if (!isCurrent()) {
    await exclusively(async () => {
      if (isCurrent()) return;
      const { bundleLibrary } = await import("./bundle.mjs");
      rmSync(folder, { recursive: true, force: true });
      await Promise.all(libraries.map((library) => bundleLibrary(...placesOf(library))));
      stamp(join(folder, "stamp"), wanted);
    }, "bundles the packages for tests");
  }
  return new Map(
    libraries.flatMap((library) => {
      const [sources, , output] = placesOf(library);
      return sourceEntries([library]).map(([specifier, file]) => [
        specifier,
        join(output, relative(sources, inRoot(file)).replace(/\.ts$/, ".js")),
      ]);
    }),
  );
}

/** Where a library's sources are, which of them are entries, and where its bundle goes. */
function placesOf(library) {
  const entries = sourceEntries([library]).map(([, file]) => basename(file));
  return [inRoot(library.folder, "src"), entries, join(folder, library.name)];
}
