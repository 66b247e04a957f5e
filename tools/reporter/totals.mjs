import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A vitest reporter: says why each skipped test was skipped, and writes how many tests passed,
 * failed and were skipped into the file that MEM_TEST_TOTALS names.
 */
export default class TotalsReporter {
  onTestRunEnd(modules) {
    const totals = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        totals[state === "pending" ? "skipped" : state]++;
        if (state === "failed") failedTests++;
        if (state === "skipped") {
          process.stdout.write(`skipped: ${test.fullName} (${note ?? "no reason given"})\n`);
        }
      }
      // A file that does not even load, or a hook that throws, fails without a failed test.
      if (failedTests === 0 && module.state() === "failed") totals.failed++;
    }
    const file = process.env.MEM_TEST_TOTALS;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(totals));
  }
}
