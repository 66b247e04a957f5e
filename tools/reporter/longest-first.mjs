import { basename } from "node:path";
import { BaseSequencer } from "vitest/node";

/** The long suites that take about a minute or more each, the longest first. */
export const longest = [
  "linux",
  "installers",
  "nodes",
  "memtest",
  "runtimes",
  "lockstep",
  "install",
  "playground",
  "oracle",
  "working-copy",
  "packed",
  "packages",
];

/**
 * The order in which vitest starts the long suites, also where it does not know yet how long each
 * takes: no core waits for one that began late.
 */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    return inOrder(await super.sort(files), ({ moduleId }) => moduleId);
  }
}

/** What takes long of `files` first; the order of the others stays. */
export function inOrder(files, pathOf) {
  const rank = (file) => {
    const at = longest.indexOf(basename(pathOf(file)).split(".")[0]);
    return at < 0 ? longest.length : at;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}
