import { beforeAll, afterAll, describe, expect, it } from "vitest";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { ensureRuntime } from "../bootstrap/runtimes.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { runInChromium, runUnder } from "../runtimes/bundled-tests.mjs";
import { isStress } from "../runtimes/fewer-cases.mjs";
import { findChromium } from "../runtimes/chromium.mjs";
import { bundleTests } from "../runtimes/test-bundle.mjs";

const folder = inRoot(`.cache/runtimes/tests-${process.pid}`);
const { files, needNode } = await bundleTests(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is there, in the shape that `ensureRuntime` answers. */
const chromium = () => {
  const program = findChromium();
  return program === undefined ? { reason: "Chromium is not installed" } : { program };
};

/** The engine of Chromium and Deno is Node's, which runs these in `npm test`, and in the newest Node. */
const stress = files.filter(isStress);

const runtimes = [
  {
    name: "Chromium",
    leftOut: stress,
    find: chromium,
    run: () => runInChromium(folder, stress),
  },
  {
    name: "Bun",
    leftOut: [],
    find: () => ensureRuntime("bun"),
    run: (program) => runUnder("bun", program, folder),
  },
  {
    name: "Deno",
    leftOut: stress,
    find: () => ensureRuntime("deno"),
    run: (program) => runUnder("deno", program, folder, stress),
  },
];

/** Tests that fail for what a runtime does otherwise, by its name; each has to fail there. */
const differences = {};

describe("a bundle of tests", () => {
  it("tells what passed, what failed, and what did not even load", async () => {
    const files = {
      "mixed.test.ts": `import { describe, expect, it } from "vitest";
        it("passes", () => expect(1).toBe(1));
        describe("some", () => it("fails", () => expect(1).toBe(2)));
        it("throws", async () => { throw new Error("thrown"); });`,
      "broken.test.ts": `throw new Error("does not load");`,
      "node.test.ts": `import "node:fs";`,
    };
    const place = `.cache/runtimes/probe-${process.pid}`;
    try {
      mkdirSync(inRoot(place), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(inRoot(place, name), text);
      const names = Object.keys(files).map((name) => `${place}/${name}`);
      const bundle = await bundleTests(inRoot(place, "out"), names);
      expect([...bundle.needNode]).toEqual([[`${place}/node.test.ts`, "imports node:fs"]]);
      const [mixed, broken] = await runUnder("node", process.execPath, inRoot(place, "out"));
      expect(mixed.passed).toBe(1);
      expect(mixed.failures.map((text) => text.split("\n")[0])).toEqual([
        expect.stringMatching(/^some > fails: .*expected 1 to be 2/),
        expect.stringMatching(/^throws: .*thrown/),
      ]);
      expect(broken).toMatchObject({ passed: 0, failures: [expect.stringContaining("not load")] });
    } finally {
      rmSync(inRoot(place), { recursive: true, force: true });
    }
  });

  it("leaves out only files that import modules of Node", () => {
    const reasons = [...needNode].map(([file, reason]) => `  ${file}: ${reason}`);
    console.log(`not run outside Node:\n${reasons.join("\n")}`);
    expect(reasons.filter((reason) => !/imports (node:|esbuild)/.test(reason))).toEqual([]);
    expect(files.length).toBeGreaterThan(4 * needNode.size);
  });
});

describe.each(runtimes)("in $name, the tests of the packages", ({ name, leftOut, find, run }) => {
  const wanted = files.filter((file) => !leftOut.includes(file));
  let runtime;
  let results;

  beforeAll(async () => {
    runtime = await find();
    if (runtime.program === undefined) return;
    results = new Map((await run(runtime.program)).map((result) => [result.file, result]));
  });

  it("all run, save those that touch what Node alone has", (context) => {
    context.skip(runtime.program === undefined, runtime.reason);
    expect([...results.keys()].sort()).toEqual(wanted);
    const touching = [...results.values()].flatMap((result) =>
      result.needNode.map((test) => `  ${result.file}: ${test}`),
    );
    if (touching.length > 0) console.log(`not run in ${name}:\n${touching.join("\n")}`);
    expect(touching.filter((test) => !/: (process|Buffer)\.\w+$/.test(test))).toEqual([]);
    expect(touching.length).toBeLessThan(files.length / 5);
  });

  it.for(wanted)("pass: %s", (file, context) => {
    context.skip(runtime.program === undefined, runtime.reason);
    const { passed, failures, needNode: touching } = results.get(file);
    const known = (differences[name] ?? []).filter((test) => test.startsWith(`${file}: `));
    const isKnown = (failure) => known.some((test) => `${file}: ${failure}`.startsWith(test));
    expect(failures.filter((failure) => !isKnown(failure))).toEqual([]);
    expect(failures.filter(isKnown).length).toBe(known.length);
    expect(passed + touching.length).toBeGreaterThan(0);
  });
});
