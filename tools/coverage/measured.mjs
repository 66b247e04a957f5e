import { stress } from "../runtimes/fewer-cases.mjs";

/** The packages whose coverage counts, as folders of `packages/`. */
export const covered = ["qom", "core", "flat", "iommu", "ramdiscard", "ldst"];

/** Random cases of each property: enough to come to every branch. */
const cases = "60";

/** What vitest is told to run the tests that count, those of the packages and the recordings. */
export const measured = {
  args: [
    "--config=tools/coverage/vitest.config.ts",
    ...[...covered, "conformance"].map((name) => `--project=@mem/${name}`),
  ],
  // What a package's tests reach of another counts there, so all are sources.
  env: {
    MEM_TESTS: "quick",
    MEM_TESTS_LEFT_OUT: stress.join(),
    MEM_PROPERTY_CASES: cases,
    MEM_TEST_SOURCES: "1",
  },
};
