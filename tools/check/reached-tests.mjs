import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { inRoot } from "../bootstrap/paths.mjs";
import { sourceEntries, workspacePackages } from "../bootstrap/workspace.mjs";

const isCode = (file) => /\.(ts|mjs|js)$/.test(file);
const isTest = (file) => /\/test\/.*\.test\.(ts|mjs)$/.test(file) && !file.includes(".shipped.");

/**
 * The test files that the files `changed` reach, the nearest first: `{ file, steps }`, where a step
 * is an import, of code, or a mention of its name, of a file that is no code. A test file that
 * changed is 0 steps away.
 */
export function reachedTests(changed, readers = readersOf(changed)) {
  const steps = new Map(changed.map((file) => [file, 0]));
  // A map is walked in the order of insertion, also over what is inserted meanwhile.
  for (const [file, count] of steps) {
    for (const reader of readers.get(file) ?? []) {
      if (!steps.has(reader)) steps.set(reader, count + 1);
    }
  }
  return [...steps]
    .filter(([file]) => isTest(file) && existsSync(inRoot(file)))
    .map(([file, count]) => ({ file, steps: count }));
}

/** By file, the files that import it; of the files `changed` that are no code, those that name it. */
function readersOf(changed) {
  const entries = new Map(sourceEntries());
  const named = changed.filter((file) => !isCode(file));
  const readers = new Map();
  const add = (file, reader) => readers.set(file, (readers.get(file) ?? []).concat(reader));
  for (const file of codeFiles()) {
    const text = readFileSync(inRoot(file), "utf8");
    const specifiers = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\bURL\()\s*"([^"\n]+)"/g);
    for (const [, specifier] of specifiers) {
      const target = resolved(specifier, file, entries);
      if (target !== undefined) add(target, file);
    }
    for (const each of named) if (names(text, file, each)) add(each, file);
  }
  return readers;
}

/** Whether the text of `file` names the file `other`; within a package its ending may be left out. */
function names(text, file, other) {
  const folder = other.split("/").slice(0, 2).join("/");
  return (
    text.includes(basename(other)) ||
    (file.startsWith(`${folder}/`) && text.includes(basename(other, extname(other))))
  );
}

function codeFiles() {
  const folders = workspacePackages()
    .filter(({ group }) => group !== "tools")
    .flatMap(({ folder }) => [`${folder}/src`, `${folder}/test`]);
  return [...folders, "tools", "examples"].flatMap(codeBelow);
}

function codeBelow(folder) {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return isCode(file) ? [file] : [];
    return entry.name === "node_modules" || entry.name === "dist" ? [] : codeBelow(file);
  });
}

/** The file of the project that an import of `importer` means. */
export function resolved(specifier, importer, entries) {
  if (!specifier.startsWith(".")) return entries.get(specifier);
  const path = join(dirname(importer), specifier).replaceAll("\\", "/");
  const source = path.replace(/\.js$/, ".ts");
  return existsSync(inRoot(source)) ? source : path;
}
