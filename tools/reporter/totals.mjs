import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { root } from "../bootstrap/paths.mjs";

const everyMs = 60_000;

/**
 * A vitest reporter: says each minute how far the run is, and in the end why each skipped test was
 * skipped, and which passed only when tried again. It writes how many tests passed, failed and were
 * skipped, and the milliseconds that each file took, into the file that MEM_TEST_TOTALS names.
 */
export default class TotalsReporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #running = new Set();
  #timer;

  onTestRunStart() {
    const begin = Date.now();
    this.#timer = setInterval(() => {
      const minutes = Math.round((Date.now() - begin) / everyMs);
      const files = [...this.#running].map((path) => path.split(/[\\/]/).at(-1)).join(", ");
      const sofar = `${this.#counts.passed} passed, ${this.#counts.failed} failed so far`;
      process.stdout.write(`minute ${minutes}: ${sofar}; under way: ${files}\n`);
    }, everyMs);
    this.#timer.unref();
  }

  onTestModuleStart({ moduleId }) {
    this.#running.add(moduleId);
  }

  onTestModuleEnd({ moduleId }) {
    this.#running.delete(moduleId);
  }

  onTestCaseResult(test) {
    this.#counts[test.result().state]++;
  }

  onTestRunEnd(modules) {
    clearInterval(this.#timer);
    const totals = { passed: 0, failed: 0, skipped: 0, files: {} };
    for (const module of modules) {
      const file = relative(root, module.moduleId).replaceAll("\\", "/");
      totals.files[file] = Math.round(module.diagnostic().duration);
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        totals[state === "pending" ? "skipped" : state]++;
        if (state === "failed") failedTests++;
        if (state === "skipped") {
          process.stdout.write(`skipped: ${test.fullName} (${note ?? "no reason given"})\n`);
        }
        if (state === "passed" && test.diagnostic().retryCount > 0) {
          process.stdout.write(`passed when tried again: ${test.fullName}\n`);
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
