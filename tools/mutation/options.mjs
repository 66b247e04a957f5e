import { inRoot } from "../bootstrap/paths.mjs";

/** Results of each mutant so far: an interrupted run goes on from there. */
export const resultsFile = inRoot(".cache/mutation/results.json");

/** The sources that are changed when none are named. */
export const allSources = ["packages/core/src/**/*.ts", "packages/flat/src/**/*.ts"];

/** Stryker's options for changing `sources`, paths or patterns from the root of the project. */
export function strykerOptions(sources) {
  return {
    mutate: sources,
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "tools/mutation/vitest.config.mjs", related: false },
    buildCommand: "node tools/mutation/bundle.mjs",
    coverageAnalysis: "perTest",
    // What runs only while a module loads is a table or a class, seldom a rule.
    ignoreStatic: true,
    // Most text is told to people: the words of a message are no rule.
    mutator: { excludedMutations: ["StringLiteral"] },
    // Below the project, so that modules are found; not in a folder that tests may clean.
    tempDirName: ".cache/stryker",
    ignorePatterns: [
      "**/dist",
      "/.cache",
      "/.tools",
      "apps/*/{src,test,firmware}",
      "docs",
      "examples",
      "tools/conformance/corpus",
      "tools/{docs,pictures,publish}",
      "packages/x86/test",
    ],
    concurrency: 2,
    timeoutMS: 5000,
    timeoutFactor: 1.5,
    testRunnerNodeArgs: ["--max-semi-space-size=64"],
    // Warnings about the bundles, which are no sources, would hide the rest.
    logLevel: "error",
    reporters: ["json", "progress-append-only"],
    jsonReporter: { fileName: resultsFile },
    incremental: true,
    incrementalFile: inRoot(".cache/mutation/incremental.json"),
    allowEmpty: true,
  };
}
