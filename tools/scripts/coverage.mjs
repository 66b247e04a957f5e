import { parseArgs } from "node:util";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { measured } from "../coverage/measured.mjs";
import { closingLine } from "../reporter/closing-line.mjs";
import { runVitest } from "./vitest-run.mjs";

/**
 * `coverage [--update] [--html]`: runs the tests that count, and fails where a package covers less
 * than `tools/coverage/vitest.config.ts` asks. `--update` raises what is asked to what was reached,
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
  const totals = await runMeasured(
    options.html ? ["--coverage.reporter=html"] : ["--coverage.reporter=text"],
    options.update ? { MEM_COVERAGE_UPDATE: "1" } : {},
  );
  console.log(`\n${closingLine(totals)}`);
  return totals.failed === 0 ? 0 : 1;
}

/** Runs the tests that count; coverage that fell is one that failed. */
export function runMeasured(args = [], env = {}) {
  return runVitest([...measured.args, ...args], { ...measured.env, ...env });
}
