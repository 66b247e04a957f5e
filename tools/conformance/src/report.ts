import type { Difference } from "./compare.js";
import type { ScriptOp } from "./script.js";

/** Where and how a replayed script departed from its recording. */
export interface Mismatch {
  readonly family: string;
  readonly seed: number;
  /** Index of the operation in the script, from 0. */
  readonly index: number;
  readonly op: ScriptOp;
  readonly difference: Difference | { readonly what: "error"; readonly error: unknown };
}

/** How many scripts of a family (or of all) passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

/** "N passed, M failed". */
export function formatTally(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed`;
}

/** A mismatch as several lines: the script, the operation, what was expected, what came. */
export function formatMismatch(mismatch: Mismatch): string {
  const { family, seed, index, op, difference } = mismatch;
  return [
    `${family}: script ${seed}, operation ${index}: ${op.op}`,
    `  operation: ${JSON.stringify(op)}`,
    ...formatDifference(difference).map((line) => `  ${line}`),
  ].join("\n");
}

function formatDifference(difference: Mismatch["difference"]): string[] {
  switch (difference.what) {
    case "result":
      return [
        `expected result: ${JSON.stringify(difference.expected)}`,
        `came:            ${JSON.stringify(difference.actual)}`,
      ];
    case "log":
      return [
        `expected log entry ${difference.index}: ${entryText(difference.expected)}`,
        `came: ${" ".repeat(15 + String(difference.index).length)}${entryText(difference.actual)}`,
      ];
    case "error":
      return ["expected no error", ...firstStackLines(difference.error)];
  }
}

function entryText(entry: unknown): string {
  return entry === undefined ? "(no further entry)" : JSON.stringify(entry);
}

function firstStackLines(error: unknown): string[] {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return text
    .split("\n")
    .slice(0, 6)
    .map((line, index) => (index === 0 ? `came: ${line}` : line));
}
