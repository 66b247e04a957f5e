import { spawn } from "node:child_process";
import { capture, run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { closingLine, sumOf } from "../reporter/closing-line.mjs";
import { runMeasured } from "./coverage.mjs";
import { runPackageTests } from "./package-tests.mjs";
import { tools } from "./tools.mjs";
import { runVitest } from "./vitest-run.mjs";

/**
 * `test`: builds, type-checks, lints, checks the layering and, beside that, runs every test that needs
 * nothing else; the last line sums up. A check that fails counts as one failed test, and the tests run
 * all the same. A package of which nothing changed since its tests passed is not tested again, and turbo
 * says so; with `--force` it is. With other arguments, for vitest, only the tests that those select.
 */
export async function test(args) {
  const anew = args.includes("--force") || isSet(process.env.CI);
  const rest = args.filter((arg) => arg !== "--force");
  return conclude(await runQuick(rest, anew), shippedHint);
}

const isSet = (value) => value !== undefined && !["", "0", "false"].includes(value);

/**
 * `test:shipped`: what other runtimes, bundlers, tarballs or a booted system are needed for, and how
 * much of the libraries the tests cover.
 */
export async function testShipped(args) {
  if (args.length === 0) fetchRuntimes();
  return conclude(await runShipped(args));
}

/** `ci`: both, whatever passed before, and one sum. */
export async function testAll() {
  fetchRuntimes();
  const quick = await runQuick([], true);
  console.log(`\n${closingLine(quick)}\n`);
  return conclude(sumOf(quick, await runShipped([])));
}

/** `test:watch [ARGS]`: vitest, which runs what a change touches, for as long as one works. */
export async function watch(args) {
  await ensureInstalled();
  // A bundle of the other packages would be that of the beginning.
  const env = { MEM_TESTS: "quick", MEM_TEST_SOURCES: "1" };
  return run(...tool("vitest/vitest.mjs", "watch", ...args), { env });
}

/** `test:unit [ARGS]`: only vitest. A test that `test:shipped` runs is run when it is named. */
export async function unitTests(args) {
  const isNamed = args.some((arg) => arg.includes("shipped"));
  await ensureInstalled(isNamed ? "shipped" : "work");
  return run(...tool(...tools.vitest, ...args), { env: isNamed ? {} : { MEM_TESTS: "quick" } });
}

const shippedHint =
  "other runtimes, bundlers, tarballs and booted systems are tried by: npm run test:shipped\n";

/** Prints the last line of a run, and answers its exit code. */
export function conclude(totals, hint = "") {
  process.stdout.write(`\n${hint}${closingLine(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

async function runQuick(args, anew) {
  await ensureInstalled();
  if (args.length > 0) return runVitest(args);
  // The tests need nothing that the checks make, of which the longest keeps one core busy.
  const checks = Promise.all(["build", "typecheck", "lint", "layers"].map(outcomeOf));
  const tested = await runPackageTests({ anew });
  // What failed is told where it is seen: behind the lines of the tests.
  const failed = (await checks).filter(({ isOk }) => !isOk);
  failed.forEach(tell);
  return sumOf(tested, { failed: failed.length });
}

/** Begins to install the runtimes of the long suites, which does not keep this process. */
function fetchRuntimes() {
  spawn(process.execPath, [inRoot("tools/runtimes/fetch.mjs")], { stdio: "ignore" }).unref();
}

async function runShipped(args) {
  await ensureInstalled("shipped");
  // What is packed is what was built.
  const failed = await runChecks("build", "typecheck");
  const shipped = await runVitest(args, { MEM_TESTS: "shipped" });
  if (args.length > 0) return sumOf(shipped, { failed });
  return sumOf(shipped, await runMeasured(), { failed });
}

/** Runs checks beside each other, and answers how many failed. */
export async function runChecks(...names) {
  const outcomes = await Promise.all(names.map(outcomeOf));
  return outcomes.filter(({ isOk }) => !isOk).length;
}

/** Runs a check, and tells how it went: `{ name, isOk, output }`. */
async function outcomeOf(name) {
  const [script, ...args] = tools[name];
  const { code, output } = await capture(...tool(script, ...args));
  const outcome = { name, isOk: code === 0, output };
  tell(outcome);
  return outcome;
}

function tell({ name, isOk, output }) {
  process.stdout.write(isOk ? `${name}: ok\n` : `${output.trimEnd()}\n${name}: FAILED\n`);
}
