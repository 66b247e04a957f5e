import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A hash of what the files hold. A missing file counts as itself. */
export function hashContents(files, ...more) {
  const hash = createHash("sha256").update(JSON.stringify(more));
  for (const file of files) hash.update(`\0${file}\0`).update(readOr(file, ""));
  return hash.digest("hex");
}

/** A hash of names, sizes and times of files, and of all files below the folders among `paths`. */
export function hashListing(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) hash.update(`${path}\0missing\0`);
    else if (stat.isDirectory())
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\0`);
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

/** Whether the stamp file holds `value`. */
export const isStamped = (file, value) => readOr(file, null) === value;

/** Writes the stamp file. */
export function stamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

function readOr(file, fallback) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fallback;
  }
}
