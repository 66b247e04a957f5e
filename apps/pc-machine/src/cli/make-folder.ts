/** Folders of the host. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it that are missing. Node's own way of doing so never comes back
 * where a file system refuses a folder with the error that says that its parent is missing, as that
 * of `/proc` does.
 *
 * @param path nothing happens where it is a folder already
 * @throws the host's error, when it cannot be made
 */
export function makeFolder(path: string): void {
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
