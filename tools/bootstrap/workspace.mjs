import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const groups = ["packages", "apps", "tools"];

/** Every package of the workspace: its folder (relative, with `/`), group and manifest. */
export function workspacePackages(base = root) {
  return groups
    .filter((group) => existsSync(join(base, group)))
    .flatMap((group) =>
      readdirSync(join(base, group))
        .sort()
        .map((name) => ({ group, name, folder: `${group}/${name}` })),
    )
    .filter(({ folder }) => existsSync(join(base, folder, "package.json")))
    .map((entry) => ({
      ...entry,
      manifest: JSON.parse(readFileSync(join(base, entry.folder, "package.json"), "utf8")),
    }));
}

/** The package called `name` and all that it depends on, directly or not. */
export function withDependencies(name, packages = workspacePackages()) {
  const found = new Set();
  const visit = (wanted) => {
    const entry = packages.find(({ manifest }) => manifest.name === wanted);
    if (entry === undefined || found.has(entry)) return;
    found.add(entry);
    Object.keys(entry.manifest.dependencies ?? {}).forEach(visit);
  };
  visit(name);
  return [...found];
}

/** What can be imported from the packages, as `[specifier, source]`: the file behind each entry. */
export function sourceEntries(packages = workspacePackages()) {
  return packages.flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {})
      .filter(([, target]) => /^\.\/dist\/.*\.js$/.test(target?.default ?? ""))
      .map(([name, target]) => [
        manifest.name + name.slice(1),
        `${folder}/${target.default.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts")}`,
      ]),
  );
}
