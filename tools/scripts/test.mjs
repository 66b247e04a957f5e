import { existsSync, readFileSync, rmSync } from "node:fs";
import { capture, run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { closingLine } from "../reporter/closing-line.mjs";
import { tools } from "./tools.mjs";

const totalsFile = inRoot(`.cache/test-totals-${process.pid}.json`);
const checks = { build: tools.turboBuild, ...pick("typecheck", "lint", "layers") };

/**
 * `test`: builds, type-checks, lints, checks the layering and runs every test; the last line
 * sums up. A check that fails counts as one failed test, and the tests run all the same.
 */
export async function test(args) {
  ensureInstalled();
  const failedChecks = (await Promise.all(Object.entries(checks).map(check))).filter((ok) => !ok);
  const totals = await runTests(args);
  totals.failed += failedChecks.length;
  process.stdout.write(`\n${closingLine(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

async function check([name, [script, ...args]]) {
  const { code, output } = await capture(...tool(script, ...args));
  process.stdout.write(code === 0 ? `${name}: ok\n` : `${output.trimEnd()}\n${name}: FAILED\n`);
  return code === 0;
}

async function runTests(args) {
  const [script, ...fixed] = tools.vitest;
  const reporters = ["--reporter=default", `--reporter=${inRoot("tools/reporter/totals.mjs")}`];
  const code = await run(...tool(script, ...fixed, ...reporters, ...args), {
    env: { MEM_TEST_TOTALS: totalsFile },
  });
  const totals = existsSync(totalsFile)
    ? JSON.parse(readFileSync(totalsFile, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(totalsFile, { force: true });
  // Vitest also fails for what belongs to no test, such as an error thrown between two of them.
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

function pick(...names) {
  return Object.fromEntries(names.map((name) => [name, tools[name]]));
}
