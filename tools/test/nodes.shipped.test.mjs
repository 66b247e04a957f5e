import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rmSync } from "node:fs";
import { ensureRuntime } from "../bootstrap/runtimes.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { command } from "../publish/command.mjs";
import { runUnder } from "../runtimes/bundled-tests.mjs";
import { isStress } from "../runtimes/fewer-cases.mjs";
import { runVitestUnder } from "../runtimes/node-tests.mjs";
import { bundleTests, packageTests } from "../runtimes/test-bundle.mjs";

const all = packageTests();
const majors = ["20", "22", "24", "26"];
// The Node that runs this has run them all in `npm test`.
const [running] = process.versions.node.split(".");
const others = majors.filter((major) => major !== running);

const folder = inRoot(`.cache/runtimes/nodes-${process.pid}`);
const { files: bundled } = await bundleTests(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(others)("under Node %s, the tests of the packages", (major) => {
  const isWhole = major === majors[0] || major === majors.at(-1);
  const leftOut = isWhole ? [] : all.filter(isStress);
  const files = all.filter((file) => !leftOut.includes(file));
  let runtime;
  let results;

  beforeAll(async () => {
    runtime = await ensureRuntime(`node-${major}`);
    if (runtime.program === undefined) return;
    const { program } = runtime;
    const rest = files.filter((file) => !bundled.includes(file));
    const ran = [
      ...(await runUnder("node", program, folder, leftOut)),
      ...(await runVitestUnder(program, rest)),
    ];
    results = new Map(ran.map((result) => [result.file, result]));
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
