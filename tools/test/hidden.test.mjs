import ts from "typescript";
import { describe, expect, it } from "vitest";
import { programOver } from "../docstrings/symbols.mjs";

/** The packages whose declarations show nothing that is not for their users. */
const PACKAGES = ["qom", "core", "flat", "iommu", "ldst", "ramdiscard", "hostmem", "picture"];

/** What a package ships as declarations, by file. */
function declarationsOf(name) {
  const folder = `packages/${name}`;
  const program = programOver([{ folder }], {
    noEmit: false,
    declaration: true,
    declarationMap: false,
    emitDeclarationOnly: true,
    rootDir: undefined,
  });
  const emitted = [];
  for (const source of program.getSourceFiles()) {
    if (!source.fileName.includes(`/${folder}/src/`)) continue;
    program.emit(source, (file, text) => emitted.push([file, text]), undefined, true);
  }
  return emitted;
}

/** Members whose docstrings say that they are internal, as `file: member`. */
function internalIn([file, text]) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (node.name !== undefined || ts.isConstructorDeclaration(node)) {
      const tags = ts.getJSDocTags(node).map(({ tagName }) => tagName.text);
      const name = node.name?.getText() ?? "constructor";
      if (tags.includes("internal")) found.push(`${file}: ${name}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe("the declarations that a package ships", () => {
  it.each(PACKAGES)("have no member that is internal: %s", (name) => {
    const declarations = declarationsOf(name);
    expect(declarations.length).toBeGreaterThan(5);
    expect(declarations.flatMap(internalIn)).toEqual([]);
  });

  it("would be found where they are", () => {
    const text =
      "export declare class A {\n  /** @internal */\n  hidden: number;\n  shown: number;\n}";
    expect(internalIn(["a.d.ts", text])).toEqual(["a.d.ts: hidden"]);
  });
});
