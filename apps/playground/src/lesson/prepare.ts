/** From what is typed to what a browser can run. */
import { typescriptLanguage } from "@codemirror/lang-javascript";
import { PACKAGES_NAME } from "./packages-name.js";
import type { Trouble } from "./protocol.js";

/** The packages that a program may import. */
export const PACKAGES = ["@mem/core", "@mem/flat", "@mem/iommu", "@mem/ldst", "@mem/ramdiscard"];

/** Parts of TypeScript that say nothing at run time. */
const TYPES = new Set([
  "TypeAnnotation",
  "TypeArgList",
  "TypeParamList",
  "InterfaceDeclaration",
  "TypeAliasDeclaration",
]);

/** A program without imports and types, each line where it was; or what is wrong with it. */
export function prepare(source: string): { readonly code: string } | { readonly trouble: Trouble } {
  const tree = typescriptLanguage.parser.parse(source);
  const edits: { from: number; to: number; text: string }[] = [];
  let trouble: Trouble | null = null;
  const lineAt = (at: number): number => source.slice(0, at).split("\n").length;
  tree.iterate({
    enter: (node) => {
      if (trouble !== null) return false;
      const { from, to, name } = node;
      if (node.type.isError) {
        trouble = { message: troubleAt(source, from), line: lineAt(lastTextBefore(source, from)) };
        return false;
      }
      if (name === "ImportDeclaration") {
        const text = importText(source.slice(from, to));
        if (typeof text !== "string") trouble = { ...text, line: lineAt(from) };
        else edits.push({ from, to, text });
        return false;
      }
      if (TYPES.has(name)) {
        edits.push({ from, to, text: blank(source.slice(from, to)) });
        return false;
      }
      if (name === "as" || name === "satisfies") {
        const end = node.node.parent?.to ?? to;
        edits.push({ from, to: end, text: blank(source.slice(from, end)) });
      }
      return true;
    },
  });
  if (trouble !== null) return { trouble };
  let code = "";
  let at = 0;
  for (const { from, to, text } of edits.sort((a, b) => a.from - b.from)) {
    if (from < at) continue;
    code += source.slice(at, from) + text;
    at = to;
  }
  return { code: code + source.slice(at) };
}

/** The line of a trouble that a browser tells without one: a name that is declared twice. */
export function lineOf(source: string, message: string): number | null {
  const name = /Identifier '([^']+)' has already been declared/.exec(message)?.[1];
  if (name === undefined) return null;
  const lines: number[] = [];
  typescriptLanguage.parser.parse(source).iterate({
    enter: ({ name: kind, from, to }) => {
      if (kind !== "VariableDefinition" || source.slice(from, to) !== name) return;
      lines.push(source.slice(0, from).split("\n").length);
    },
  });
  return lines[1] ?? lines[0] ?? null;
}

/** Spaces in place of a text, and its ends of lines. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** A declaration in place of an import, in as many lines. */
function importText(declaration: string): string | { message: string } {
  const found =
    /from\s*(["'])(.*?)\1/.exec(declaration) ?? /import\s*(["'])(.*?)\1/.exec(declaration);
  const name = found?.[2] ?? "";
  if (!PACKAGES.includes(name)) {
    return { message: `There is no "${name}" here; there are ${PACKAGES.join(", ")}.` };
  }
  const lines = "\n".repeat(declaration.split("\n").length - 1);
  const from = `${PACKAGES_NAME}["${name}"]`;
  if (/^import\s+type\b/.test(declaration)) return lines;
  const whole = /^import\s*\*\s*as\s+([\w$]+)/.exec(declaration);
  if (whole !== null) return `const ${whole[1]} = ${from};${lines}`;
  const named = /\{([^}]*)\}/.exec(declaration);
  if (named === null) {
    return /^import\s*["']/.test(declaration)
      ? lines
      : { message: `"${name}" has no default export: import { ... } from "${name}".` };
  }
  const names = (named[1] ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("type "))
    .map((part) => part.replace(/\s+as\s+/, ": "));
  return `const { ${names.join(", ")} } = ${from};${lines}`;
}

/** Something is missing behind the last text, not at the next one. */
function lastTextBefore(source: string, at: number): number {
  const before = source.slice(0, at).trimEnd().length;
  return source.slice(before, at).includes("\n") && source.slice(at).trim() === "" ? before : at;
}

function troubleAt(source: string, at: number): string {
  const next = /\S+/.exec(source.slice(at))?.[0];
  return next === undefined
    ? "The program ends too early: something is not closed."
    : `This cannot be read, at \`${next.slice(0, 24)}\`.`;
}
