import { beforeAll, describe, expect, it } from "vitest";
import { ensureRuntime } from "../bootstrap/runtimes.mjs";
import { command } from "../publish/command.mjs";
import { runUnderNode } from "../runtimes/node-tests.mjs";
import { packageTests } from "../runtimes/test-bundle.mjs";
import { root } from "../bootstrap/paths.mjs";

const files = packageTests();
const [running] = process.versions.node.split(".");
const others = ["20", "22", "24", "26"].filter((major) => major !== running);

describe.each(others)("under Node %s, the tests of the packages", (major) => {
  let runtime;
  let results;

  beforeAll(async () => {
    runtime = await ensureRuntime(`node-${major}`);
    if (runtime.program === undefined) return;
    results = new Map((await runUnderNode(runtime.program)).map((result) => [result.file, result]));
  });

  it("run under that Node", async (context) => {
    context.skip(runtime.program === undefined, runtime.reason);
    const version = await command(runtime.program, ["--version"], root);
    expect(version).toMatch(new RegExp(`^v${major}\\.`));
    expect([...results.keys()].sort()).toEqual(files);
  });

  it.for(files)("pass: %s", (file, context) => {
    context.skip(runtime.program === undefined, runtime.reason);
    const { passed, failures } = results.get(file) ?? { passed: 0, failures: ["it did not run"] };
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });
});
