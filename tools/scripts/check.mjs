import { changedFiles } from "../check/changed.mjs";
import { reachedTests } from "../check/reached-tests.mjs";
import { selected } from "../check/selection.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { sumOf } from "../reporter/closing-line.mjs";
import { conclude, runChecks } from "./test.mjs";
import { runVitest } from "./vitest-run.mjs";

/**
 * `check [COMMIT]`: lint, types, and the tests that a change touches, in half a minute: what differs
 * from the last commit, or from the one that is named. Of many tests the nearest are run.
 */
export async function check([since = "HEAD", ...rest]) {
  if (rest.length > 0 || since.startsWith("-")) {
    console.error("mem: check takes a commit to compare with, or nothing");
    return 1;
  }
  await ensureInstalled();
  let changed;
  try {
    changed = await changedFiles(since);
  } catch (error) {
    console.error(`mem: git cannot compare with ${since}: ${error.message}`);
    return 1;
  }
  const checks = runChecks("lint", "typecheck", "layers");
  const reached = reachedTests(changed);
  const files = selected(reached);
  const failed = await checks;
  const tested = files.length === 0 ? {} : await runVitest(files, { MEM_TESTS: "quick" });
  const left = reached.length - files.length;
  const others = left === 0 ? "" : `, the nearest; ${left} more by: npm test`;
  const hint = `check: ${changed.length} files differ from ${since}; ${files.length} test files${others}\n`;
  return conclude(sumOf(tested, { failed }), hint);
}
