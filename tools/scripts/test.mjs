import { capture, run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { closingLine, sumOf } from "../reporter/closing-line.mjs";
import { runMeasured } from "./coverage.mjs";
import { tools } from "./tools.mjs";
import { runVitest } from "./vitest-run.mjs";

/**
 * `test`: builds, type-checks, lints, checks the layering and runs every test that needs nothing
 * else; the last line sums up. A check that fails counts as one failed test, and the tests run all
 * the same. With arguments, for vitest, only the tests that those select.
 */
export const test = async (args) => conclude(await runQuick(args), shippedHint);

/**
 * `test:shipped`: what other runtimes, bundlers, tarballs or a booted system are needed for, and how
 * much of the libraries the tests cover.
 */
export const testShipped = async (args) => conclude(await runShipped(args));

/** `ci`: both, and one sum. */
export async function testAll() {
  const quick = await runQuick([]);
  console.log(`\n${closingLine(quick)}\n`);
  return conclude(sumOf(quick, await runShipped([])));
}

/**
 * `check`: lint, types, and the tests that a change touches: what differs from the last commit, or
 * from the commit that is named.
 */
export async function check([since, ...rest]) {
  if (rest.length > 0 || since?.startsWith("-")) {
    console.error("mem: check takes a commit to compare with, or nothing");
    return 1;
  }
  await ensureInstalled();
  const failed = await runChecks("lint", "typecheck");
  const changed = since === undefined ? ["--changed"] : ["--changed", since];
  const totals = await runVitest(changed, { MEM_TESTS: "quick" });
  return conclude(sumOf(totals, { failed }));
}

/** `test:watch [ARGS]`: vitest, which runs what a change touches, for as long as one works. */
export async function watch(args) {
  await ensureInstalled();
  return run(...tool("vitest/vitest.mjs", "watch", ...args), { env: { MEM_TESTS: "quick" } });
}

/** `test:unit [ARGS]`: only vitest. A test that `test:shipped` runs is run when it is named. */
export async function unitTests(args) {
  await ensureInstalled();
  const isNamed = args.some((arg) => arg.includes("shipped"));
  return run(...tool(...tools.vitest, ...args), { env: isNamed ? {} : { MEM_TESTS: "quick" } });
}

const shippedHint =
  "other runtimes, bundlers, tarballs and booted systems are tried by: npm run test:shipped\n";

function conclude(totals, hint = "") {
  process.stdout.write(`\n${hint}${closingLine(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

async function runQuick(args) {
  await ensureInstalled();
  if (args.length > 0) return runVitest(args);
  const failed = await runChecks("build", "typecheck", "lint", "layers");
  return sumOf(await runVitest([], { MEM_TESTS: "quick" }), { failed });
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
async function runChecks(...names) {
  const outcomes = await Promise.all(names.map((name) => passes(name, tools[name])));
  return outcomes.filter((ok) => !ok).length;
}

async function passes(name, [script, ...args]) {
  const { code, output } = await capture(...tool(script, ...args));
  process.stdout.write(code === 0 ? `${name}: ok\n` : `${output.trimEnd()}\n${name}: FAILED\n`);
  return code === 0;
}
