import { existsSync, readFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";

/** Milliseconds of one processor that a check's tests may take: with types, half a minute in all. */
const budget = 20_000;
/** A test file whose last run left no time; and what a package costs before its first test. */
const unknown = 500;
const beginning = 1500;

/**
 * Of `tests` (`{ file, steps }`, the nearest first) those that a check runs: every test file that
 * changed itself, then the nearest, as long as there is time by what `timeOf` says that each took.
 */
export function selected(tests, timeOf = recordedTime()) {
  const ordered = tests
    .map(({ file, steps }) => ({ file, steps, time: timeOf(file) ?? unknown }))
    .sort((a, b) => a.steps - b.steps || a.time - b.time);
  const begun = new Set();
  let left = budget;
  const chosen = [];
  for (const { file, steps, time } of ordered) {
    const cost = time + (begun.has(packageOf(file)) ? 0 : beginning);
    if (steps > 0 && cost > left) continue;
    left -= cost;
    begun.add(packageOf(file));
    chosen.push(file);
  }
  return chosen;
}

const packageOf = (file) =>
  file.startsWith("tools/test/") ? "tools" : file.split("/").slice(0, 2).join("/");

/** What the last run of a package's tests says that a test file took, in milliseconds. */
function recordedTime() {
  const read = new Map();
  return (file) => {
    const folder = packageOf(file);
    if (!read.has(folder)) {
      const totals = inRoot(folder, ".cache/test-totals.json");
      read.set(folder, existsSync(totals) ? JSON.parse(readFileSync(totals, "utf8")).files : {});
    }
    return read.get(folder)?.[file];
  };
}
