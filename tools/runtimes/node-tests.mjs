import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { command } from "../publish/command.mjs";
import { fewerCases } from "./fewer-cases.mjs";

/**
 * Runs `files` with vitest under the Node that `program` is: tests of the packages that cannot be
 * bundled. Resolves to what each did: `{ file, passed, failures }`.
 */
export async function runVitestUnder(program, files) {
  const folder = mkdtempSync(join(tmpdir(), "mem-node-"));
  const report = join(folder, "report.json");
  const projects = workspacePackages()
    .filter(({ group }) => group === "packages")
    .flatMap(({ manifest }) => ["--project", manifest.name]);
  const reporter = ["--reporter=json", `--outputFile=${report}`];
  const args = [inRoot("node_modules/vitest/vitest.mjs"), "run", ...projects, ...files];
  // This very run may be one of the long suites alone.
  const env = { ...fewerCases, MEM_TESTS: "quick" };
  try {
    const trouble = await command(program, [...args, ...reporter], root, env).catch(
      (error) => error,
    );
    // Tests that fail are in the report; without one, vitest itself did not get that far.
    if (!existsSync(report)) throw new Error("vitest did not run", { cause: trouble });
    return JSON.parse(readFileSync(report, "utf8")).testResults.map(resultOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === "failed");
  const failures = failed.map((test) => `${test.fullName}: ${test.failureMessages.join("\n")}`);
  if (status === "failed" && failures.length === 0) failures.push(message);
  return {
    file: relative(root, name).replaceAll("\\", "/"),
    passed: assertionResults.filter((test) => test.status === "passed").length,
    failures,
  };
}
