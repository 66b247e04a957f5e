import type { AccessEvent } from "@mem/flat";
import { compareAnswer } from "./compare.js";
import { Harness } from "./harness.js";
import { runOp } from "./ops/index.js";
import { OpFields } from "./op-fields.js";
import type { Mismatch } from "./report.js";
import { isSkipped, type Answer, type Script, type ScriptOp } from "./script.js";

/**
 * Replays one script on a fresh machine, and compares each answer with the recording. Stops at
 * the first difference, since later operations depend on it.
 *
 * Operations that the recording skipped are not executed, and neither is `bench`, whose result is
 * a time.
 *
 * @param options.onAccess has every access of every address space traced, and is told of each.
 * @returns where the script departed from its recording, null when it did not.
 */
export function replayScript(
  script: Script,
  { onAccess = null }: { readonly onAccess?: ((event: AccessEvent) => void) | null } = {},
): Mismatch | null {
  let harness: Harness;
  try {
    harness = new Harness(script, runOp, onAccess);
  } catch (error) {
    return mismatch(script, 0, { what: "error", error });
  }
  for (const [index, op] of script.ops.entries()) {
    const expected = script.expect[index];
    if (expected === undefined || isSkipped(expected.result) || op.op === "bench") continue;
    const difference = replayOp(harness, op, expected);
    if (difference !== null) return mismatch(script, index, difference);
  }
  return null;
}

function replayOp(harness: Harness, op: ScriptOp, expected: Answer): Mismatch["difference"] | null {
  try {
    const actual = harness.execute(new OpFields(op), expected);
    return compareAnswer(expected, actual, (id) => harness.parentOf(id));
  } catch (error) {
    return { what: "error", error };
  }
}

function mismatch(script: Script, index: number, difference: Mismatch["difference"]): Mismatch {
  const op = script.ops[index] ?? { op: "(none)" };
  return { family: script.family, seed: script.seed, index, op, difference };
}
