import { mkdirSync, readdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { withDependencies } from "../bootstrap/workspace.mjs";
import { NameError } from "./names.mjs";

const templates = (root) => join(root, "tools/new/templates");

/** What each kind of project uses, and what its `npm start` is. */
const kinds = {
  console: { start: "main.js", packages: ["@mem/flat"] },
  vmm: { start: "main.js", packages: ["@mem/flat"] },
  page: { start: "server.js", packages: ["@mem/flat", "@mem/picture"] },
};

/** The kinds of projects, by name. */
export const projectKinds = Object.keys(kinds);

/**
 * Writes a project of a user's into a folder that is empty or not there: `console`, an 8-bit
 * console; `vmm`, the memory map of a virtual machine monitor; `page`, a page that teaches. Answers
 * what it wrote, and the packages that it needs, those beneath them included.
 */
export function newProject(root, folder, { kind = "console" } = {}, cwd = process.cwd()) {
  if (folder === undefined) {
    throw new NameError("new project needs a folder: npm run new -- project DIR");
  }
  if (!Object.hasOwn(kinds, kind)) {
    throw new NameError(`there is no project '${kind}': use --kind ${projectKinds.join(", ")}`);
  }
  const target = resolve(cwd, folder);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new NameError(`${folder} is there already, and not empty`);
  }
  const source = join(templates(root), kind);
  const names = readdirSync(source).sort();
  mkdirSync(target, { recursive: true });
  for (const name of names) writeFileSync(join(target, name), readFileSync(join(source, name)));
  const { version } = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
  writeFileSync(join(target, "package.json"), manifest(basename(target), kind, version));
  writeFileSync(join(target, ".gitignore"), "node_modules/\n");
  return [...names, "package.json", ".gitignore"].map((name) => join(target, name));
}

/** The packages whose tarballs a project of this kind installs: its own, and those beneath them. */
export function packagesOf(kind) {
  const all = kinds[kind].packages.flatMap((name) => withDependencies(name));
  return [...new Set(all.map(({ manifest: { name } }) => name))].sort();
}

function manifest(folder, kind, version) {
  const { start, packages } = kinds[kind];
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .replaceAll(/^[-.]+|-+$/g, "");
  const content = {
    name: name || "project",
    version: "0.0.0",
    private: true,
    type: "module",
    engines: { node: ">=20.19" },
    scripts: { start: `node ${start}`, test: "node --test" },
    dependencies: Object.fromEntries(packages.map((each) => [each, `^${version}`])),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
