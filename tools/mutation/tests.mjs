import { readdirSync } from "node:fs";
import { basename } from "node:path";

/** Left out: threads of their own, or minutes for what quicker tests find too. */
const left = ["doorbell", "large-views", "limits", "topology-work", "explain-property"];

/** Run after the others, since they take longest. */
const late = [
  "dirty-bitmap",
  "word-port",
  "listener-costs",
  "guest-fuzz",
  "guest-safety",
  "lifecycle-model",
  "views",
  "visibility",
  "range-tree",
];

/** The test files that judge a mutant, below the folder `root` (which ends in a slash): quick ones first. */
export function testFiles(root) {
  const own = ["core", "flat"].flatMap((name) => {
    const folder = `${root}packages/${name}/test/`;
    return readdirSync(folder)
      .filter((file) => file.endsWith(".test.ts") && !left.includes(subject(file)))
      .map((file) => `${folder}${file}`);
  });
  const place = (file) => late.indexOf(subject(file));
  const quick = own.filter((file) => place(file) < 0);
  const slow = own.filter((file) => place(file) >= 0).sort((a, b) => place(a) - place(b));
  return [...quick, `${root}tools/mutation/recordings.test.ts`, ...slow];
}

/** The same text with fewer rounds: a mutant that random tests find is mostly found at once. */
export function shortened(text) {
  return text.replace(/numRuns: \d+/g, "numRuns: 12").replace("step < 900", "step < 100");
}

/** A name for the bundle of `file`, of its own for each. */
export function bundleName(file) {
  const folder = /\/packages\/([^/]+)\//.exec(file)?.[1] ?? "tools";
  return `${folder}-${subject(file)}`;
}

function subject(file) {
  return basename(file, ".test.ts");
}
