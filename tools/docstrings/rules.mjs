import ts from "typescript";
import { docExamplesIn } from "./examples.mjs";
import { plainText, referencesIn } from "../docs/references.mjs";

/** Words of names that say: this number is a quantity, and has a unit or a range. */
const QUANTITY =
  /^(addr|address|addresses|offset|offsets|size|length|start|end|first|last|page|pages|mask|index|priority|ns|nanoseconds|ms|bytes|bits|count|alignment|granularity|capacity|limit|shift|depth|width|base|level|maximum|minimum)$/;

/** What names a unit or a range. */
const UNIT =
  /\b(bytes?|pixels?|pages?|bits?|chunks?|words?|blocks?|columns?|characters?|nanoseconds?|ns|milliseconds?|ms|seconds?|index(es)?|masks? of|instructions?|entries|KiB|MiB|GiB|TiB|how (many|often)|(the )?number of|number(s|ed)? from|from \d|above \d|at (most|least)|power of two|higher|highest|lowest|any integer)\b|\b\d+n? to \b|2\^\d|\b(0|1|2|4|8)(, \d+)+\b|-bit\b/i;

/** What a class or an interface says of the units of all its members. */
const UNIT_OF_ALL =
  /\b(are|in) (all )?(in )?(bytes|pixels|instructions)\b|\b(addresses|offsets|sizes|lengths|values)\b[^.]*\b(bytes|bits|numbers)\b/i;

/**
 * (a) Everything says in a sentence what it is; of a constructor, the class does, and the name of a union's
 * part, `kind: "exit"`, does so by itself.
 */
export function summaryMissing({ doc, declarations }) {
  if (declarations.some(ts.isConstructorDeclaration) || /@inheritDoc/.test(doc)) return [];
  if (declarations.every(({ type }) => type !== undefined && ts.isLiteralTypeNode(type))) return [];
  const summary = plainText(doc).split(/^@/m)[0].trim();
  return summary.split(/\s+/).length >= 2 ? [] : ["says nothing"];
}

/** (b) Every number that is a quantity has a unit or a range. */
export function unitsMissing(checker, { name, doc, symbol, declarations, parent }) {
  if (parent !== undefined && UNIT_OF_ALL.test(withoutParams(parent.doc))) return [];
  const complaints = [];
  const property = name.split(".").at(-1);
  const [first] = declarations;
  const isValue =
    ts.isPropertySignature(first) || ts.isPropertyDeclaration(first) || ts.isAccessor(first);
  if (isValue && isQuantity(property) && isNumber(checker, checker.getTypeOfSymbol(symbol))) {
    if (!UNIT.test(doc)) {
      complaints.push(`names no unit or range of ${property}`);
    }
  }
  const parameters = new Map(
    declarations.filter(ts.isFunctionLike).flatMap((it) => it.parameters.map((p) => [p.name, p])),
  );
  for (const parameter of parameters.values()) {
    const label = parameter.name.getText();
    const type = checker.getTypeAtLocation(parameter);
    if (!isQuantity(label) || !isNumber(checker, type)) continue;
    if (!UNIT.test(`${paramText(doc, label)}\n${withoutParams(doc)}`)) {
      complaints.push(`names no unit or range of ${label}`);
    }
  }
  return [...new Set(complaints)];
}

function isQuantity(name) {
  const words = name
    .replace(/^_/, "")
    .split(/(?=[A-Z])|_/)
    .map((word) => word.toLowerCase());
  return words.some((word) => QUANTITY.test(word));
}

/** Whether a type is `number` or `bigint`, with or without others; literals tell their range. */
function isNumber(checker, type) {
  const parts = type.isUnion() ? type.types : [type];
  return parts.some(({ flags }) => (flags & (ts.TypeFlags.Number | ts.TypeFlags.BigInt)) !== 0);
}

function withoutParams(doc) {
  return doc.replaceAll(/@param(?:[^@]|@link)*/g, "");
}

function paramText(doc, name) {
  return new RegExp(`@param\\s+${name}\\b(?:[^@]|@link)*`).exec(doc)?.[0] ?? "";
}

/** (c) What a body throws itself is named by a `@throws`. */
export function throwsMissing({ doc, declarations }) {
  const thrown = new Set(declarations.flatMap(thrownBy));
  const blocks = doc.match(/@throws(?:[^@]|@link)*/g) ?? [];
  if (blocks.some((block) => /\bas (for )?\{@link/.test(block))) return []; // it says where
  const told = blocks.join(" ").match(/\w+/g) ?? [];
  return [...thrown]
    .filter((name) => (name === "" ? blocks.length === 0 : !told.includes(name)))
    .map((name) => (name === "" ? "has no @throws" : `has no @throws ${name}`));
}

/** The classes that a body throws, "" for what another function made; closures apart. */
function thrownBy(declaration) {
  const body = declaration.body;
  if (body === undefined || !ts.isFunctionLike(declaration)) return [];
  const names = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isThrowStatement(node)) {
      if (ts.isNewExpression(node.expression)) names.push(node.expression.expression.getText());
      else if (ts.isCallExpression(node.expression)) names.push("");
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  return names;
}

/** Lines of an example in a docstring: enough to show something, and few enough to be read. */
const LINES = { fewest: 3, most: 8 };

/**
 * (d) What a user meets first has an example of three to eight lines. Nobody is sent away for one:
 * `@see` names guides and symbols, and each is there. `known` has all symbols by name.
 */
export function exampleMissing({ doc, name, isFirst }, known, pages) {
  const complaints = [];
  const [example] = docExamplesIn(doc);
  if (isFirst && example === undefined) complaints.push("has no example");
  if (isFirst && example !== undefined) {
    const count = example.split("\n").length;
    if (count < LINES.fewest || count > LINES.most) {
      complaints.push(`has an example of ${count} lines, not ${LINES.fewest} to ${LINES.most}`);
    }
  }
  if (/@see the (README|reference)\b/.test(doc)) complaints.push("sends its reader to a README");
  for (const reference of referencesIn(plainText(doc))) {
    const text = pages.textOf(reference);
    if (text === undefined) complaints.push(`refers to ${reference.text}, which is not there`);
    else if (!new RegExp(`\\b${name}\\b`).test(text)) {
      complaints.push(`refers to ${reference.text}, which does not mention it`);
    }
  }
  for (const [, target] of doc.matchAll(/@see\s+\{@link\s+(\w+)/g)) {
    if (!known.has(target) || target === name) complaints.push(`refers to ${target}, unknown`);
  }
  return complaints;
}
