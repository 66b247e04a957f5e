import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

/** The scripts' modules, loaded where `node:path` is that of Windows. */
const load = {
  child: () => import("../bootstrap/child.mjs"),
  changed: () => import("../check/reached-tests.mjs"),
  order: () => import("../reporter/longest-first.mjs"),
  paths: () => import("../bootstrap/paths.mjs"),
};

beforeAll(() => {
  vi.resetModules();
  vi.doMock("node:path", async (original) => {
    const { win32 } = await original();
    return { ...win32, default: win32 };
  });
});
afterAll(() => {
  vi.doUnmock("node:path");
  vi.resetModules();
});

describe("with the paths of Windows", () => {
  it("a path inside the project is one of Windows", async () => {
    const { inRoot } = await load.paths();
    expect(inRoot("tools/build", "all.mjs")).toMatch(/\\tools\\build\\all\.mjs$/);
  });

  it("tools see this Node and the project's pnpm first", async () => {
    const { tool, toolEnvironment } = await load.child();
    const [node, pnpm, ...rest] = toolEnvironment().PATH.split(";");
    expect(process.execPath.replaceAll("/", "\\")).toContain(node.replaceAll("/", "\\"));
    expect(pnpm).toMatch(/\\\.tools\\pnpm\\node_modules\\\.bin$/);
    expect(rest.join(";")).toBe(process.env.PATH);
    const [program, [script, ...args]] = tool("tsc/bin/tsc", "-b");
    expect([program, ...args]).toEqual([process.execPath, "-b"]);
    expect(script).toMatch(/node_modules\\tsc\\bin\\tsc$/);
  });

  it("the long suites are known by their names", async () => {
    const { inOrder } = await load.order();
    const files = ["C:\\mem\\a\\map.shipped.test.ts", "C:\\mem\\b\\runtimes.shipped.test.mjs"];
    expect(inOrder(files, (file) => file)).toEqual(files.toReversed());
  });

  it("an import of a changed file is found, which is named with slashes", async () => {
    const { resolved } = await load.changed();
    const from = "packages/core/test/a.test.ts";
    expect(resolved("../src/b.js", from, new Map())).toBe("packages/core/src/b.js");
    expect(resolved("@mem/x", from, new Map([["@mem/x", "packages/x/src/index.ts"]]))).toBe(
      "packages/x/src/index.ts",
    );
  });
});
