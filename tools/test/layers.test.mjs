import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { checkPackage } from "../layers/check-package.mjs";

let base;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "layers-"));
});
afterEach(() => rmSync(base, { recursive: true }));

function put(file, text) {
  mkdirSync(dirname(join(base, file)), { recursive: true });
  writeFileSync(join(base, file), text);
}

/** One package with a manifest that declares `dependencies`, and files. */
function violationsOf(folder, dependencies, files = {}, more = {}) {
  const name = `@mem/${folder.split("/")[1]}`;
  const declared = Object.fromEntries(dependencies.map((target) => [target, "workspace:*"]));
  put(`${folder}/package.json`, JSON.stringify({ name, dependencies: declared, ...more }));
  for (const [file, text] of Object.entries(files)) put(`${folder}/${file}`, text);
  const entry = workspacePackages(base).find((found) => found.folder === folder);
  return checkPackage(base, entry);
}

const flat = (text, file = "src/index.ts") =>
  violationsOf("packages/flat", ["@mem/core", "@mem/qom"], { [file]: text });

describe("what the layering allows", () => {
  it.each([
    ["a static import of a lower floor", `import { a } from "@mem/core";`],
    ["a type-only import", `import type { A } from "@mem/qom";`],
    ["a re-export", `export * from "@mem/core";`],
    ["a relative import inside the package", `import "./x/y.js"; import "../src/z.js";`],
    ["an import in a comment or string", `// import "@mem/x86"\nconst s = 'import "node:fs"';`],
    ["a declaration of files that are no modules", `declare module "*.css";`],
    ["a regular expression that looks like one", `const r = /import "node:fs"/;`],
  ])("%s", (_, text) => expect(flat(text)).toEqual([]));

  it("node, test tools and the package's own name in tests", () => {
    const text = `import "node:fs"; import "vitest"; import "@mem/flat"; import "../src/a.js";`;
    expect(flat(text, "test/a.test.ts")).toEqual([]);
  });

  it("what tests share, in tests alone, and declared for development", () => {
    const from = (file, more) =>
      violationsOf("packages/flat", [], { [file]: `import "@mem/common";` }, more);
    const declared = { devDependencies: { "@mem/common": "workspace:*" } };
    expect(from("test/a.test.ts", declared)).toEqual([]);
    expect(from("test/a.test.ts", {})).toEqual([
      expect.stringContaining("@mem/common is not declared"),
    ]);
    expect(from("src/a.ts", declared)).toContainEqual(
      expect.stringContaining("src/a.ts:1: imports @mem/common; @mem/flat may import"),
    );
  });

  it("every package, node and declared outside packages in an app", () => {
    const text = `import "@mem/x86"; import "node:fs"; import "koffi/sub.js";`;
    expect(violationsOf("apps/pc", ["@mem/x86", "koffi"], { "src/cli.ts": text })).toEqual([]);
  });
});

describe("what the layering refuses", () => {
  it.each([
    ["an upward import", `import "@mem/ldst";`, "@mem/ldst; @mem/flat may import @mem/core"],
    ["an upward type import", `import type { A } from "@mem/x86";`, "imports @mem/x86"],
    ["an upward re-export", `export { a } from "@mem/iommu";`, "imports @mem/iommu"],
    ["an upward dynamic import", `await import("@mem/ldst");`, "imports @mem/ldst"],
    ["an upward import type", `let a: import("@mem/ldst").A;`, "imports @mem/ldst"],
    ["an upward import by template", "await import(`@mem/ldst`);", "imports @mem/ldst"],
    ["a computed import", `await import(name);`, "computed"],
    ["require", `require("@mem/ldst");`, "imports @mem/ldst"],
    ["import equals", `import a = require("@mem/ldst");`, "imports @mem/ldst"],
    ["an augmentation", `declare module "@mem/ldst" {}`, "imports @mem/ldst"],
    ["a reference", `/// <reference types="node" />`, "imports node"],
    ["the inside of a package", `import "@mem/core/src/region.js";`, "the inside of @mem/core"],
    ["a relative path out", `import "../../core/src/index.js";`, "outside the package"],
    ["a node module", `import { readFileSync } from "node:fs";`, "browsers"],
    ["a node module without prefix", `import "fs";`, "browsers"],
    ["an outside package", `import "lodash/map.js";`, "imports lodash"],
    ["its own name", `import "@mem/flat";`, "its own package"],
  ])("%s", (_, text, message) => {
    const violations = flat(text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain("packages/flat/src/index.ts:1: ");
    expect(violations[0]).toContain(message);
  });

  it("but not modules of Node in a package for Node alone", () => {
    const files = { "src/a.ts": `import "node:fs"; import "lodash";` };
    expect(violationsOf("packages/hostmem", [], files)).toEqual([
      "packages/hostmem/src/a.ts:1: imports lodash, which is not part of the project",
    ]);
  });

  it("siblings importing each other, in tests too", () => {
    const files = { "test/a.test.ts": `\nimport "@mem/iommu";` };
    expect(violationsOf("packages/ldst", [], files)).toEqual([
      "packages/ldst/test/a.test.ts:2: imports @mem/iommu; " +
        "@mem/ldst may import @mem/flat, @mem/core, @mem/qom",
    ]);
  });

  it("an import that the manifest does not declare", () => {
    const files = { "src/a.ts": `import "@mem/qom";` };
    expect(violationsOf("packages/core", [], files)).toEqual([
      "packages/core/src/a.ts:1: @mem/qom is not declared",
    ]);
    expect(violationsOf("apps/pc", [], { "src/a.ts": `import "koffi";` })).toEqual([
      "apps/pc/src/a.ts:1: koffi is not declared",
    ]);
  });

  it("an upward dependency in the manifest, whether imported or not", () => {
    expect(violationsOf("packages/qom", ["@mem/core"])).toEqual([
      "packages/qom/package.json: depends on @mem/core; @mem/qom may import no other package",
    ]);
  });

  it("an outside dependency of a library, of any runtime kind", () => {
    const more = { peerDependencies: { left: "1" }, devDependencies: { right: "1" } };
    expect(violationsOf("packages/qom", [], {}, more)).toEqual([
      "packages/qom/package.json: a library has no outside dependency, but names left",
    ]);
  });

  it("a peer that is not listed, or not optional, and the import of one that is", () => {
    const peerDependencies = { koffi: "1" };
    const peerDependenciesMeta = { koffi: { optional: true } };
    const declared = { peerDependencies, peerDependenciesMeta };
    expect(violationsOf("packages/hostmem", [], {}, declared)).toEqual([]);
    const refused = (name) =>
      `packages/${name}/package.json: a library has no outside dependency, but names koffi`;
    expect(violationsOf("packages/hostmem", [], {}, { peerDependencies })).toEqual([
      refused("hostmem"),
    ]);
    expect(violationsOf("packages/flat", [], {}, declared)).toEqual([refused("flat")]);
    const files = { "src/a.ts": `import "koffi";` };
    expect(violationsOf("packages/hostmem", [], files, declared)).toEqual([
      "packages/hostmem/src/a.ts:1: imports koffi, which is not part of the project",
    ]);
  });

  it("a project package that does not come from the workspace", () => {
    const more = { dependencies: { "@mem/qom": "^0.1.0" } };
    expect(violationsOf("packages/core", [], {}, more)).toEqual([
      "packages/core/package.json: @mem/qom must be a workspace dependency, not ^0.1.0",
    ]);
  });

  it("a library without a place in the rules", () => {
    expect(violationsOf("packages/kvm", [])).toEqual([
      "packages/kvm/package.json: @mem/kvm has no place in tools/layers/rules.mjs",
    ]);
  });
});
