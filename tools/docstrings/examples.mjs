import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { promisesOf } from "../readme/examples.mjs";
import { exportedNames } from "./exported-names.mjs";

/**
 * What an example may use without saying where it comes from: a machine with RAM at 0, and so on.
 * Each part is there where an example names it and does not declare it, with the parts it needs.
 */
const STAGE = {
  path: { needs: [], code: "" },
  machine: { needs: [], code: "const machine = new Machine();" },
  system: {
    needs: ["machine"],
    code: 'const system = machine.container({ name: "system", size: 0x1_0000_0000 });',
  },
  ram: {
    needs: ["system"],
    code: 'const ram = machine.ram({ name: "ram", size: 0x10000 });\nsystem.addSubregion(0, ram);',
  },
  space: { needs: ["ram"], code: 'const space = machine.addressSpace(system, "cpu");' },
  cpu: {
    needs: ["space"],
    code: [
      "const acknowledgeInterrupt = () => 0;",
      "const cpu = new X86Cpu({ memory: space, io: space, acknowledgeInterrupt });",
    ].join("\n"),
  },
};

/** The code of the `@example`s in a text, without the comment's own marks. */
export function docExamplesIn(text) {
  return [...text.matchAll(/\/\*\*(?:(?!\*\/)[^])*\*\//g)].flatMap(([comment]) => {
    const lines = comment
      .slice(3, -2)
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, ""));
    const found = [];
    let code = null;
    for (const line of lines) {
      if (/^@example\b/.test(line)) found.push((code = []));
      else if (/^@\w+/.test(line)) code = null;
      else if (!line.startsWith("```")) code?.push(line.trimEnd());
    }
    return found.map((each) => each.join("\n").trim());
  });
}

/** Writes each example of the packages' docstrings into `folder`, as a file of its own. */
export function writeDocExamples(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const exported = exportedNames();
  return sourcesOfPackages().flatMap((file) =>
    docExamplesIn(readFileSync(inRoot(file), "utf8")).map((code, i) => {
      const name = `${file.replace(/\.ts$/, "").replaceAll("/", "-")}-${i + 1}`;
      const target = join(folder, `${name}.ts`);
      writeFileSync(
        target,
        programOf(code, preferring(packageOf(file), exported), join(folder, `${name}.bin`)),
      );
      return { title: `${file}, example ${i + 1}`, file: target, promises: promisesOf(code) };
    }),
  );
}

/** An example as a program: what it uses is imported, and on the stage. */
export function programOf(code, exported, path) {
  const stage = stageFor(code, path);
  const used = identifiersIn(`${stage}\n${code}`);
  const imports = [...used.free]
    .map((name) => ({ name, entry: exported(name) }))
    .filter(({ entry }) => entry !== undefined)
    .map(({ name, entry: { isType, specifier } }) => {
      return `import { ${isType ? "type " : ""}${name} } from "${specifier}";`;
    });
  return [...imports, stage, code, "export {};", ""].join("\n");
}

function stageFor(code, path) {
  const { free, declared } = identifiersIn(code);
  const wanted = new Set();
  const want = (name) => {
    STAGE[name].needs.forEach(want);
    wanted.add(name);
  };
  Object.keys(STAGE)
    .filter((name) => free.has(name))
    .forEach(want);
  // The machine is the same in all examples, but in those that have parts of their own.
  if (wanted.has("machine") && !["system", "ram", "space"].some((name) => declared.has(name))) {
    want("space");
  }
  const lines = [...wanted].map((name) =>
    name === "path" ? `const path = ${JSON.stringify(path)};` : STAGE[name].code,
  );
  return [...lines, wanted.size > 0 ? `void [${[...wanted].join(", ")}];` : ""].join("\n");
}

/** The names that a program uses, and does not declare. */
function identifiersIn(code) {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  const [used, declared] = [new Set(), new Set()];
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isDeclared = parent.name === node && !ts.isPropertyAccessExpression(parent);
      const isMember =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node) ||
        (ts.isBindingElement(parent) && parent.propertyName === node);
      if (ts.isShorthandPropertyAssignment(parent)) used.add(node.text);
      else if (isDeclared) declared.add(node.text);
      else if (!isMember) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { free: new Set([...used].filter((name) => !declared.has(name))), declared };
}

const packageOf = (file) => `@mem/${file.split("/")[1]}`;

/** The entry that a name is to be imported from in the sources of one package. */
function preferring(own, exported) {
  return (name) => {
    const entries = exported.get(name) ?? [];
    const isOwn = ({ specifier }) => specifier === own || specifier.startsWith(`${own}/`);
    return entries.find(isOwn) ?? entries[0];
  };
}

function sourcesOfPackages() {
  return workspacePackages()
    .filter(({ group }) => group === "packages")
    .flatMap(({ folder }) =>
      readdirSync(inRoot(folder, "src"), { recursive: true })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => `${folder}/src/${name.replaceAll("\\", "/")}`)
        .sort(),
    );
}
