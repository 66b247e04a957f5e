import { existsSync, readFileSync, rmSync } from "node:fs";
import { run, tool } from "../bootstrap/child.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { tools } from "./tools.mjs";

/**
 * Runs vitest with `args` on this terminal, and answers how many tests passed, failed, were skipped.
 * `env` is added to its environment.
 */
export async function runVitest(args, env = {}) {
  const totalsFile = inRoot(`.cache/test-totals-${process.pid}.json`);
  const [script, ...fixed] = tools.vitest;
  const code = await run(...tool(script, ...fixed, ...args), {
    env: { ...env, MEM_TEST_TOTALS: totalsFile },
  });
  const totals = existsSync(totalsFile)
    ? JSON.parse(readFileSync(totalsFile, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(totalsFile, { force: true });
  // Vitest also fails for what belongs to no test, such as an error thrown between two of them.
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}
