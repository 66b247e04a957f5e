import { readFileSync, writeFileSync } from "node:fs";
import { ratchetPath } from "./project-paths.js";

/** The families that pass in full, and must go on doing so. */
export function readRatchet(path: string = ratchetPath()): string[] {
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
    throw new TypeError(`${path} is not a list of family names`);
  }
  return value;
}

/** The ratchet with the families that pass now: nothing is ever taken out. */
export function tightened(ratchet: readonly string[], perfect: readonly string[]): string[] {
  return [...ratchet, ...perfect.filter((family) => !ratchet.includes(family))];
}

/** Adds families to the ratchet file, and says which were new. */
export function updateRatchet(perfect: readonly string[], path: string = ratchetPath()): string[] {
  const before = readRatchet(path);
  const after = tightened(before, perfect);
  writeFileSync(path, `${JSON.stringify(after, null, 2)}\n`);
  return after.slice(before.length);
}
