import ts from "typescript";
import { inRoot } from "../bootstrap/paths.mjs";
import { programOfPublished } from "../docstrings/symbols.mjs";

/** What the public entry points of packages export, as the compiler sees it. */
export class PackageExports {
  #checker;
  #exports = new Map();

  /** @param packages names such as `core` */
  constructor(packages) {
    const program = programOfPublished();
    this.#checker = program.getTypeChecker();
    packages.forEach((name) => {
      const file = program.getSourceFile(inRoot("packages", name, "src/index.ts"));
      const module = this.#checker.getSymbolAtLocation(file);
      const symbols = module ? this.#checker.getExportsOfModule(module) : [];
      this.#exports.set(name, new Map(symbols.map((symbol) => [symbol.name, symbol])));
    });
  }

  /** Why `Symbol`, `Symbol.member.member` or `Symbol[Symbol.x]` is not there to use, or `null`. */
  complaint(packageName, counterpart) {
    const [name, ...members] = counterpart.replace(/\[Symbol\.(\w+)\]/g, ".@@$1").split(".");
    const exported = this.#exports.get(packageName)?.get(name);
    if (!exported) return `@mem/${packageName} does not export ${name}`;
    const symbol = this.#resolved(exported);
    if (isInternal(symbol)) return `${name} of @mem/${packageName} is internal`;
    let types = this.#typesOf(symbol);
    for (const member of members) {
      const property = types.map((type) => this.#member(type, member)).find(Boolean);
      if (!property) return `${counterpart}: there is no ${member}`;
      if (isInternal(property)) return `${counterpart}: ${member} is internal`;
      types = [this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(property))];
    }
    return null;
  }

  /** Whether it is there when the program runs: a class, function or constant, not just a type. */
  isValue(packageName, name) {
    const symbol = this.#exports.get(packageName)?.get(name);
    return symbol !== undefined && (this.#resolved(symbol).flags & ts.SymbolFlags.Value) !== 0;
  }

  #resolved(symbol) {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The type a name stands for (a class's instances), and the type of its value (its statics). */
  #typesOf(symbol) {
    const types = [];
    if (symbol.flags & ts.SymbolFlags.Type)
      types.push(this.#checker.getDeclaredTypeOfSymbol(symbol));
    if (symbol.flags & ts.SymbolFlags.Value) types.push(this.#checker.getTypeOfSymbol(symbol));
    return types;
  }

  /** A member of a type, or of any part of a union. */
  #member(type, name) {
    const parts = type.isUnion() ? type.types : [type];
    for (const part of parts) {
      const found = name.startsWith("@@")
        ? part.getProperties().find((property) => property.name.startsWith(`__${name.slice(1)}@`))
        : part.getProperty(name);
      if (found) return found;
    }
    return undefined;
  }
}

/** Marked `@internal`, private, or protected data: a protected method is there to be overridden. */
function isInternal(symbol) {
  if (symbol.getJsDocTags().some(({ name }) => name === "internal")) return true;
  const isMethod = (symbol.flags & ts.SymbolFlags.Method) !== 0;
  const hidden = ts.ModifierFlags.Private | (isMethod ? 0 : ts.ModifierFlags.Protected);
  return (symbol.declarations ?? []).some(
    (declaration) => (ts.getCombinedModifierFlags(declaration) & hidden) !== 0,
  );
}
