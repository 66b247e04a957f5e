import { expect, it } from "vitest";
import { reachedTests } from "../check/reached-tests.mjs";
import { selected } from "../check/selection.mjs";

const stepsOf = (file) =>
  new Map(reachedTests([file]).map(({ file: test, steps }) => [test, steps]));

it("finds the tests that a source reaches, through packages, and a test that changed", () => {
  const near = stepsOf("packages/core/src/ram/sync.ts");
  expect(near.get("packages/core/test/ram-supplied.test.ts")).toBeGreaterThan(1);
  expect(near.has("packages/flat/test/views.test.ts")).toBe(true);
  expect(near.has("packages/qom/test/lifecycle.test.ts")).toBe(false);
  const itself = "packages/flat/test/views.test.ts";
  expect(stepsOf(itself)).toEqual(new Map([[itself, 0]]));
});

it("finds what reads a file that is no code, and leaves long suites out", () => {
  expect(stepsOf("docs/DEVICES.md").get("apps/pc-machine/test/device/reference.test.ts")).toBe(1);
  expect(stepsOf("tools/publish/pack.mjs").has("tools/test/packed.shipped.test.mjs")).toBe(false);
});

it("finds nothing that a file without readers reaches", () => {
  expect(reachedTests(["no/such/file.ts"])).toEqual([]);
});

it("chooses the nearest within its time, and every test file that changed", () => {
  const times = {
    "packages/a/test/1": 9000,
    "packages/a/test/2": 15_000,
    "packages/b/test/3": 400,
  };
  const tests = [
    { file: "packages/b/test/3", steps: 3 },
    { file: "packages/a/test/2", steps: 2 },
    { file: "packages/a/test/1", steps: 1 },
  ];
  const chosen = (all) => selected(all, (file) => times[file]);
  expect(chosen(tests)).toEqual(["packages/a/test/1", "packages/b/test/3"]);
  const changed = tests.map(({ file }) => ({ file, steps: 0 }));
  expect(chosen(changed).sort()).toEqual(Object.keys(times).sort());
});
