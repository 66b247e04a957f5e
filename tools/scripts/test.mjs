import { capture, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { otherProjects, selecting } from "../coverage/measured.mjs";
import { closingLine } from "../reporter/closing-line.mjs";
import { checkCoverage, runMeasured } from "./coverage.mjs";
import { tools } from "./tools.mjs";
import { runVitest } from "./vitest-run.mjs";

const checks = pick("build", "typecheck", "lint", "layers");

/**
 * `test`: builds, type-checks, lints, checks the layering and runs every test; the last line
 * sums up. A check that fails counts as one failed test, and the tests run all the same; so does
 * coverage that fell.
 */
export async function test(args) {
  await ensureInstalled();
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

/** All tests. What counts for coverage runs apart from the rest, unless `args` select something. */
async function runTests(args) {
  if (args.length > 0) return runVitest(args);
  const { totals, figures } = await runMeasured();
  const rest = await runVitest(selecting(otherProjects()));
  if (figures !== undefined && !checkCoverage(figures)) totals.failed++;
  return Object.fromEntries(Object.entries(totals).map(([what, n]) => [what, n + rest[what]]));
}

function pick(...names) {
  return Object.fromEntries(names.map((name) => [name, tools[name]]));
}
