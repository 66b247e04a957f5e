import { readdirSync } from "node:fs";
import { join } from "node:path";

/** A source file as a page names it: `` `tree/damage.ts` ``, or `` `../tree/damage.ts` ``. */
const NAMED = /`(?:\.\.\/)*((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs))`/g;

/**
 * Source files that a page names and that are not there; a page may leave out the folders in front.
 * @param text the page
 * @param files paths of all files, from the root
 */
export function missingFiles(text, files) {
  const isThere = (name) => files.some((file) => file === name || file.endsWith(`/${name}`));
  const names = [...text.matchAll(NAMED)].map(([, name]) => name);
  return [...new Set(names)].filter((name) => !isThere(name));
}

/** Paths of the files below a folder, from there; what was installed or built is left out. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    if (name === "node_modules" || name === "dist" || name.startsWith(".")) return [];
    if (!entry.isDirectory()) return [name];
    return filesBelow(join(folder, name)).map((file) => `${name}/${file}`);
  });
}

/**
 * Folders that a page does not name: `` `mmu/` `` and `` `src/mmu` `` name the folder `mmu`.
 * @param text the page
 * @param folders names of the folders right below a package's `src`
 */
export function unnamedFolders(text, folders) {
  const isNamed = (name) => [`\`${name}/`, `\`src/${name}`].some((form) => text.includes(form));
  return folders.filter((name) => !isNamed(name));
}
