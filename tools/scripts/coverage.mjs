import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { coveringProjects, figuresOf, measuring, selecting } from "../coverage/measured.mjs";
import { readRatchet, shortfalls, table, updateRatchet } from "../coverage/ratchet.mjs";
import { closingLine } from "../reporter/closing-line.mjs";
import { runVitest } from "./vitest-run.mjs";

/**
 * `coverage [--update] [--html]`: runs the tests that count, prints a line for each package, and
 * fails where one covers less than it did. `--update` raises the bounds to what was reached,
 * `--html` writes a page for each source into `coverage/`.
 */
export async function coverage(args) {
  let options;
  try {
    const flag = { type: "boolean", default: false };
    options = parseArgs({ args, options: { update: flag, html: flag } }).values;
  } catch (error) {
    console.error(`mem: ${error.message.split("\n")[0]}`);
    return 1;
  }
  await ensureInstalled();
  const { totals, figures } = await runMeasured(options.html);
  if (figures !== undefined && options.update) updateRatchet(figures);
  if (figures !== undefined && !checkCoverage(figures)) totals.failed++;
  console.log(`\n${closingLine(totals)}`);
  return totals.failed === 0 ? 0 : 1;
}

/** Runs the tests that count; the figures are missing when a test failed, and they say little. */
export async function runMeasured(html = false) {
  const folder = inRoot(html ? "coverage" : `.cache/coverage-${process.pid}`);
  try {
    const reports = html ? ["html"] : [];
    const totals = await runVitest([
      ...selecting(coveringProjects),
      ...measuring(folder, ...reports),
    ]);
    return totals.failed === 0 ? { totals, figures: figuresOf(folder) } : { totals };
  } finally {
    if (!html) rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints the table and what is missing. False when something is. */
export function checkCoverage(figures) {
  const missing = shortfalls(figures, readRatchet());
  const outcome = missing.length === 0 ? "ok" : "FAILED";
  console.log(["", table(figures), ...missing, `coverage: ${outcome}`].join("\n"));
  return missing.length === 0;
}
