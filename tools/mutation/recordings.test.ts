import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { replayScript } from "../conformance/src/replay.js";
import { formatMismatch } from "../conformance/src/report.js";
import { toScript } from "../conformance/src/script.js";

/** Few enough that a failure is met soon, and enough that a test is worth its own beginning. */
const SCRIPTS_A_TEST = 5;

const families = new Map<string, string[]>();
for (const line of readFileSync(process.env["MEM_MUTATION_SAMPLE"] ?? "", "utf8").split("\n")) {
  const family = /"family": ?"([^"]+)"/.exec(line)?.[1];
  if (family !== undefined) families.set(family, [...(families.get(family) ?? []), line]);
}

describe.each([...families])("recordings of %s", (_family, lines) => {
  const starts = lines.map((_, at) => at).filter((at) => at % SCRIPTS_A_TEST === 0);

  it.each(starts)("<%i>", (start) => {
    for (const line of lines.slice(start, start + SCRIPTS_A_TEST)) {
      const mismatch = replayScript(toScript(JSON.parse(line)));
      expect(mismatch === null ? null : formatMismatch(mismatch)).toBeNull();
    }
  });
});
