import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { inRoot } from "../bootstrap/paths.mjs";
import { sourceEntries } from "../bootstrap/workspace.mjs";

/**
 * The entries that export each name, `{ specifier, isType }`: those for everybody first, then those
 * for siblings. It is read from what files say they export: a module's types are exported as such,
 * so that no program of all sources is needed.
 */
export function exportedNames() {
  const entries = sourceEntries().filter(([specifier]) => specifier.startsWith("@mem/"));
  const modules = new Modules(new Map(entries));
  const names = new Map();
  const order = ([a], [b]) => a.split("/").length - b.split("/").length;
  for (const [specifier, file] of [...entries].sort(order)) {
    for (const [name, isType] of modules.exportsOf(file)) {
      names.set(name, [...(names.get(name) ?? []), { specifier, isType }]);
    }
  }
  return names;
}

/** What source files export, each read once. */
class Modules {
  #entries;
  #known = new Map();

  /** @param entries the source of each package's entry, by specifier */
  constructor(entries) {
    this.#entries = entries;
  }

  /** What `file` exports, by name: `true` for what is nothing but a type. */
  exportsOf(file) {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const found = new Map();
    this.#known.set(file, found);
    const text = readFileSync(inRoot(file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const add = (name, isType) => found.set(name, isType && (found.get(name) ?? true));
    for (const statement of source.statements) {
      if (ts.isExportDeclaration(statement)) this.#follow(statement, file, add);
      else if (isExported(statement)) {
        const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
        for (const name of declaredBy(statement)) add(name, isType);
      }
    }
    return found;
  }

  #follow({ exportClause, isTypeOnly, moduleSpecifier }, file, add) {
    if (exportClause === undefined) {
      const target = this.#fileOf(moduleSpecifier.text, file);
      for (const [name, isType] of this.exportsOf(target)) add(name, isType || isTypeOnly);
    } else if (ts.isNamespaceExport(exportClause)) add(exportClause.name.text, isTypeOnly);
    else {
      for (const { name, isTypeOnly: isOne } of exportClause.elements) {
        add(name.text, isTypeOnly || isOne);
      }
    }
  }

  #fileOf(specifier, from) {
    if (!specifier.startsWith(".")) return this.#entries.get(specifier);
    return join(dirname(from), specifier.replace(/\.js$/, ".ts"));
  }
}

const isExported = ({ modifiers = [] }) =>
  modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

function declaredBy(statement) {
  if (!ts.isVariableStatement(statement)) return [statement.name.text];
  return statement.declarationList.declarations.map(({ name }) => name.text);
}
