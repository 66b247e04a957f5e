import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";

/** The packages whose declarations show nothing that is not for their users. */
const PACKAGES = ["qom", "core", "flat", "iommu", "ldst", "ramdiscard", "hostmem", "picture"];

/** What a package's declarations are made of, by file: its sources, whose docstrings they keep. */
function sourcesOf(name) {
  const folder = `packages/${name}/src`;
  return readdirSync(inRoot(folder), { recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [`${folder}/${file}`, readFileSync(inRoot(folder, file), "utf8")]);
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
    const sources = sourcesOf(name);
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.flatMap(internalIn)).toEqual([]);
  });

  it("would be found where they are", () => {
    const text =
      "export declare class A {\n  /** @internal */\n  hidden: number;\n  shown: number;\n}";
    expect(internalIn(["a.d.ts", text])).toEqual(["a.d.ts: hidden"]);
  });
});

/** Most members that a region shows besides those of every object. */
const MOST_MEMBERS = 40;

/** Names of the public members of a class and of those classes of the files that it extends. */
function publicMembersOf(files, name) {
  const classes = new Map();
  for (const [file, text] of files) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const statement of source.statements) {
      if (ts.isClassDeclaration(statement)) classes.set(statement.name?.text, statement);
    }
  }
  const found = new Set();
  for (let at = classes.get(name); at !== undefined; at = classes.get(baseOf(at))) {
    for (const member of at.members) if (isPublic(member)) found.add(member.name.getText());
  }
  return found;
}

const baseOf = (declaration) => declaration.heritageClauses?.[0]?.types[0]?.expression.getText();

function isPublic(member) {
  if (member.name === undefined || ts.isPrivateIdentifier(member.name)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(member) & hidden) === 0;
}

describe("a region in an editor", () => {
  const ofObjects = publicMembersOf(sourcesOf("qom"), "QomObject");
  const ofRegions = publicMembersOf(sourcesOf("core"), "MemoryRegion");
  const own = [...ofRegions].filter((member) => !ofObjects.has(member));

  it("shows 40 members at most besides those of every object", () => {
    expect(own).toEqual(expect.arrayContaining(["size", "addSubregion", "enabled", "isRam"]));
    expect(own.length).toBeLessThanOrEqual(MOST_MEMBERS);
  });

  it("shows nothing that only the packages beside use", () => {
    const hidden = ["ops", "sequence", "flags", "damageSink", "terminates", "watchers", "entered"];
    expect(own.filter((member) => hidden.includes(member))).toEqual([]);
  });
});
