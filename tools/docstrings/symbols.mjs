import { dirname, relative } from "node:path";
import ts from "typescript";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { programOf } from "./program.mjs";
import { publishedPackages } from "../publish/published.mjs";

/**
 * One thing that has, or should have, a docstring: an exported symbol, or a public member of one.
 *
 * @typedef {{
 *   name: string, where: string, file: string, line: number, packageName: string,
 *   symbol: ts.Symbol, declarations: ts.Declaration[], doc: string, parent?: Documented,
 * }} Documented
 */

/** A program over the entry points of these packages (`{ folder, name }`). */
export function programOver(packages, more = {}) {
  const files = packages.map(entryOf);
  return programOf(files, more);
}

let ofPublished;

/** The program over all published packages, which is made once for everybody who asks. */
export function programOfPublished() {
  return (ofPublished ??= programOver(publishedPackages()));
}

const entryOf = ({ folder }) => inRoot(folder, "src/index.ts");

/** What each of these packages exports and declares itself, and the public members of that. */
export function documentedOf(program, packages) {
  const checker = program.getTypeChecker();
  return packages.flatMap((entry) => {
    const source = program.getSourceFile(entryOf(entry));
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${entryOf(entry)} exports nothing`);
    // The compiler writes names of files with slashes everywhere.
    const own = `${dirname(entryOf(entry)).replaceAll("\\", "/")}/`;
    return checker
      .getExportsOfModule(module)
      .map((symbol) => resolved(checker, symbol))
      .filter(({ declarations = [] }) =>
        declarations.some((it) => it.getSourceFile().fileName.startsWith(own)),
      )
      .flatMap((symbol) => withMembers(checker, symbol, entry.name));
  });
}

function resolved(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function withMembers(checker, symbol, packageName) {
  const whole = documented(checker, symbol, symbol.name, packageName);
  if (isInternal(whole)) return [];
  const seen = new Set();
  const members = whole.declarations
    .flatMap(memberDeclarations)
    .filter(isPublic)
    .map((member) => symbolOf(checker, member))
    .filter((member) => member !== undefined && !seen.has(member) && seen.add(member))
    .map((member) => ({
      ...documented(checker, member, `${symbol.name}.${nameOf(member)}`, packageName),
      parent: whole,
    }));
  return [whole, ...members.filter((member) => !isInternal(member))];
}

/** The declarations inside a class, an interface, a type of an object, or a constant object. */
function memberDeclarations(declaration) {
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    return [...declaration.members];
  }
  if (ts.isTypeAliasDeclaration(declaration)) return membersOfType(declaration.type);
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    let value = declaration.initializer;
    while (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) value = value.expression;
    if (ts.isCallExpression(value) && value.expression.getText() === "Object.freeze") {
      value = value.arguments[0];
    }
    return ts.isObjectLiteralExpression(value) ? [...value.properties] : [];
  }
  return [];
}

function membersOfType(type) {
  if (ts.isTypeLiteralNode(type)) return [...type.members];
  const isGroup = ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type);
  return isGroup ? type.types.flatMap(membersOfType) : [];
}

function isPublic(member) {
  const flags = ts.getCombinedModifierFlags(member);
  if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return false;
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false;
  // Behind a symbol that is no well-known one, nobody outside the package gets.
  const isComputed = member.name !== undefined && ts.isComputedPropertyName(member.name);
  if (isComputed && !member.name.getText().startsWith("[Symbol.")) return false;
  if (ts.isClassStaticBlockDeclaration(member) || ts.isSpreadAssignment(member)) return false;
  return !ts.isSemicolonClassElement(member);
}

function symbolOf(checker, member) {
  const isComputed = member.name !== undefined && ts.isComputedPropertyName(member.name);
  return isComputed ? checker.getSymbolAtLocation(member.name) : member.symbol;
}

function nameOf(symbol) {
  const known = /^__@(\w+)@\d+$/.exec(symbol.name);
  if (known) return `[Symbol.${known[1]}]`;
  return symbol.name === "__constructor" ? "constructor" : symbol.name;
}

function documented(checker, symbol, name, packageName) {
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  const source = first.getSourceFile();
  const file = relative(root, source.fileName).replaceAll("\\", "/");
  const line = source.getLineAndCharacterOfPosition(first.getStart()).line + 1;
  const doc = declarations.map(ownDoc).filter(Boolean).join("\n") || inherited(checker, symbol);
  return { name, where: `${file}:${line}`, file, line, packageName, symbol, declarations, doc };
}

/** The docstrings right before a declaration, as they stand. */
export function ownDoc(declaration) {
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const all = ts.getJSDocCommentsAndTags(holder).filter((node) => ts.isJSDoc(node));
  return all.map((node) => node.getText()).join("\n");
}

/** What a member without a docstring inherits from the class or the interface it implements. */
function inherited(checker, symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker).map((tag) => {
    return `@${tag.name} ${ts.displayPartsToString(tag.text)}`;
  });
  return [text, ...tags].filter(Boolean).join("\n");
}

function isInternal({ doc }) {
  return /@internal\b/.test(doc);
}
