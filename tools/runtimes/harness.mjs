/**
 * Runs bundled test files where vitest itself does not run: in a browser, Bun or Deno. Tests are
 * collected and run by vitest's own runner, and compared by its own `expect`.
 */
import { expect } from "vitest";
import { startTests } from "vitest/internal/browser";
import { takeMissing } from "./node-globals.mjs";

/**
 * Runs the test files among `modules` (a function that imports each, by path), save those in
 * `leftOut`. Resolves to what each did: `{ file, passed, failures, needNode }`, the latter two as lists of texts.
 */
export async function runTestFiles(modules, leftOut = []) {
  const results = [];
  for (const [file, load] of Object.entries(modules)) {
    if (leftOut.includes(file)) continue;
    const runner = runnerFor(load);
    const [task] = await startTests([file], runner);
    results.push({ file, ...summaryOf(task, runner.needNode) });
  }
  return results;
}

function runnerFor(load) {
  const needNode = [];
  return {
    needNode,
    config: {
      root: "/",
      setupFiles: [],
      name: "",
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { shuffle: false, concurrent: false, seed: 0, hooks: "stack", setupFiles: "list" },
      chaiConfig: undefined,
      maxConcurrency: 5,
      testTimeout: 120_000,
      hookTimeout: 120_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: load,
    onBeforeTryTask(test) {
      takeMissing();
      expect.setState({
        assertionCalls: 0,
        isExpectingAssertions: false,
        isExpectingAssertionsError: null,
        expectedAssertionsNumber: null,
        expectedAssertionsNumberErrorGen: null,
        currentTestName: test.fullTestName ?? test.name,
      });
    },
    onAfterRunTask(test) {
      const missing = takeMissing();
      if (missing.length > 0) needNode.push({ test, missing });
    },
  };
}

/** Counts the tests below `task`. One that asked for what Node alone has did not show anything. */
function summaryOf(task, needNode) {
  const summary = { passed: 0, failures: [], needNode: [] };
  const asked = new Map(needNode.map(({ test, missing }) => [test, missing]));
  const visit = (node, path) => {
    const errors = (node.result?.errors ?? []).map((error) => error.stack ?? error.message);
    const name = path.join(" > ");
    if (asked.has(node)) summary.needNode.push(`${name}: ${asked.get(node).join(", ")}`);
    else if (errors.length > 0) summary.failures.push(`${name}: ${errors.join("\n")}`);
    else if (node.type === "test" && node.result?.state === "pass") summary.passed++;
    else if (node.type === "test") summary.failures.push(`${name}: did not run`);
    for (const child of node.tasks ?? []) visit(child, [...path, child.name]);
  };
  visit(task, []);
  return summary;
}
