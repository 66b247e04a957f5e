import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../bootstrap/paths.mjs";

/**
 * knip's preprocessor. knip holds that a package may import what its own manifest names. Here the
 * manifests below tools/ name the tools of all (`publicHoistPattern` of pnpm-workspace.yaml), so
 * that whoever runs a program need not install them. So an import is listed when one of those names
 * it, and such a dependency is used when any package imports it. A package is used, too, when
 * a script of tools/ names its program's path, or the sources beside its manifest name it to look for
 * it at run time (`require(name)`). The counters follow: by them knip decides whether it fails.
 */
export default function hoistedTools(options) {
  const { counters, issues } = options;
  const hoisted = namesOfTools();
  const imported = new Set();
  for (const [file, found] of Object.entries(issues.unlisted)) {
    for (const name of Object.keys(found).filter((each) => hoisted.has(each))) {
      imported.add(name);
      delete found[name];
      counters.unlisted--;
    }
    if (Object.keys(found).length === 0) delete issues.unlisted[file];
  }
  for (const kind of ["dependencies", "devDependencies"]) {
    for (const [manifest, found] of Object.entries(issues[kind])) {
      const isTool = manifest.startsWith("tools/");
      const folders = isTool ? ["tools"] : ["tools", manifest.replace(/package\.json$/, "src")];
      for (const name of Object.keys(found)) {
        const isNamed = folders.some((folder) => isNamedIn(folder, name));
        if (!isNamed && !(isTool && imported.has(name))) continue;
        delete found[name];
        counters[kind]--;
      }
      if (Object.keys(found).length === 0) delete issues[kind][manifest];
    }
  }
  return options;
}

/** What the manifests of tools/ and of the packages below it depend on. */
function namesOfTools() {
  const folders = readdirSync(inRoot("tools"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const manifests = ["tools", ...folders.map(({ name }) => `tools/${name}`)].map((folder) =>
    inRoot(folder, "package.json"),
  );
  return new Set(
    manifests.flatMap((file) => {
      const text = textOr(file, "{}");
      return Object.keys(JSON.parse(text).dependencies ?? {});
    }),
  );
}

/** Whether a source below `folder` has a string that is `name`, or a path in that package. */
function isNamedIn(folder, name) {
  return readdirSync(inRoot(folder), { recursive: true })
    .map(String)
    .filter((file) => /\.(mjs|ts)$/.test(file) && !file.includes("node_modules"))
    .some((file) => {
      const text = textOr(join(inRoot(folder), file), "");
      return text.includes(`"${name}"`) || text.includes(`${name}/`);
    });
}

function textOr(file, fallback) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fallback;
  }
}
