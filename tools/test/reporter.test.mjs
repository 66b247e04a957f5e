import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { closingLine, sumOf } from "../reporter/closing-line.mjs";
import { inOrder, longest } from "../reporter/longest-first.mjs";

// Inside the project, so that the test files find vitest.
let folder;
beforeEach(() => {
  mkdirSync(inRoot(".cache"), { recursive: true });
  folder = mkdtempSync(inRoot(".cache/reporter-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("names skipped tests only when there are some", () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  expect(closingLine({ passed: 1, failed: 2, skipped: 3 })).toBe("1 passed, 2 failed, 3 skipped");
});

it("adds up runs, whatever each of them counts", () => {
  const runs = [{ passed: 1, failed: 0, skipped: 2 }, { failed: 1 }, { passed: 3, failed: 0 }];
  expect(sumOf(...runs)).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

it("begins with the suites that take longest, each of which there is", () => {
  const files = [
    "a/map.shipped.test.ts",
    "b/nodes.shipped.test.mjs",
    "c/runtimes.shipped.test.mjs",
  ];
  const order = inOrder([...files, "d/seabios.shipped.test.ts"], (file) => file);
  expect(order.map((file) => file[0]).join("")).toBe("bcad");
  const suites = [
    "tools/test",
    "apps/pc-machine/test",
    "packages/x86/test",
    "packages/x86-jit/test",
  ]
    .flatMap((folder) => readdirSync(inRoot(folder), { recursive: true }))
    .filter((file) => file.includes(".shipped.test."))
    .map((file) => basename(file).split(".")[0]);
  expect(longest.filter((name) => !suites.includes(name))).toEqual([]);
});

it("counts tests of all files, files that do not load, and says why tests were skipped", () => {
  const files = {
    "a.test.mjs": `import { it, expect } from "vitest";
      it("one", () => {});
      it("two", () => expect(1).toBe(2));
      it("three", (context) => context.skip("no such machine"));
      it.each([1, 2])("four %i", () => {});
      let tries = 0;
      it("five", { retry: 1 }, () => expect(++tries).toBe(2));`,
    "vitest.config.mjs": "export default {};",
    "b.test.mjs": `throw new Error("does not load");`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const totals = join(folder, "totals.json");
  const result = spawnSync(
    process.execPath,
    [
      inRoot("node_modules/vitest/vitest.mjs"),
      "run",
      `--root=${folder}`,
      `--reporter=${join(root, "tools/reporter/totals.mjs")}`,
    ],
    { cwd: folder, env: { ...process.env, MEM_TEST_TOTALS: totals }, encoding: "utf8" },
  );
  expect(result.status, result.stderr).toBe(1);
  expect(result.stdout).toContain("skipped: three (no such machine)");
  expect(result.stdout).toContain("passed when tried again: five");
  const { files: times, ...counts } = JSON.parse(readFileSync(totals, "utf8"));
  expect(counts).toEqual({ passed: 4, failed: 2, skipped: 1 });
  const places = ["a", "b"].map((name) => relative(root, join(folder, `${name}.test.mjs`)));
  expect(Object.keys(times).sort()).toEqual(places);
  expect(times[places[0]]).toBeTypeOf("number");
});
