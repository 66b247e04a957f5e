import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { camelCase, checkName } from "./names.mjs";
import { packageFiles } from "./package-files.mjs";
import { writeNewFiles } from "./write-files.mjs";

/**
 * Adds `packages/NAME` to the workspace: a package that builds, with one function, its test and a
 * README whose example runs; and its row in every list of packages. Answers what it wrote.
 */
export function newPackage(root, given) {
  const name = checkName(given, "package");
  const { version } = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
  const written = writeNewFiles(root, packageFiles(name, version));
  return [...written, ...enlist(root, name)];
}

/** Every list that a package has a row in. */
function enlist(root, name) {
  const key = camelCase(name) === name ? name : `"${name}"`;
  return [
    edit(root, "tsconfig.json", (text) => withReference(text, name)),
    edit(root, "tsconfig.tests.json", (text) => withReference(text, name)),
    edit(root, "tools/layers/rules.mjs", (text) =>
      text.replace(/\n};\n/, `\n  ${key}: ["flat", "core"],\n};\n`),
    ),
    edit(root, "docs/ARCHITECTURE.md", (text) =>
      text.replace(
        /(\n\| `apps\/pc-machine`[^\n]*)/,
        `\n| \`@mem/${name}\` | what it owns | what it leaves to others | flat, core |$1`,
      ),
    ),
    edit(root, "README.md", (text) =>
      text.replace(
        /(\n\| \[[^\n]*\]\(apps\/pc-machine\)[^\n]*)/,
        `\n| [\`@mem/${name}\`](packages/${name}) | what it is |$1`,
      ),
    ),
    edit(root, ".size-limit.json", (text) => withSize(text, name)),
  ];
}

function edit(root, path, change) {
  const file = join(root, path);
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`${path} has no place for a new package`);
  writeFileSync(file, after);
  return path;
}

function withReference(text, name) {
  const config = JSON.parse(text);
  const path = `./packages/${name}`;
  const after = config.references.findLastIndex((other) => other.path.startsWith("./packages/"));
  config.references.splice(after + 1, 0, { path });
  return `${JSON.stringify(config, null, 2)}\n`;
}

function withSize(text, name) {
  const path = `packages/${name}/dist/index.js`;
  const limits = [
    ...JSON.parse(text),
    { name: `@mem/${name}`, path, ignore: ["@mem/*"], limit: "2 kB" },
  ];
  return `${JSON.stringify(limits, null, 2)}\n`;
}
