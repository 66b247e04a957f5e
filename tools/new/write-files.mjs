import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NameError } from "./names.mjs";

/** Writes new files below `root`, all or, if one is there already, none; answers their paths. */
export function writeNewFiles(root, files) {
  const paths = Object.keys(files);
  const taken = paths.find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new NameError(`${taken} exists already`);
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files[path]);
  }
  return paths;
}
