import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A number at the top of a module that has a name of its own: `export const PAGE_SIZE = 0x1000;`. */
const CONSTANT = /^(export )?const ([A-Z][A-Z0-9_]*) = (-?(?:0x[\da-fA-F_]+|\d[\d_]*))( \| 0)?;$/gm;
const IMPORT = /^import (?:\* as (\w+)|\{([^}]*)\}) from "(\.[^"]*)\.js";$/gm;

/** Constants that modules export, by file and by the time of its last change. */
const known = new Map();

/**
 * Puts numbers in the place of the constants that name them: of the module's own and of those it imports.
 * Bundlers leave the constants of one file as variables, so that names would be shipped, and looked up.
 * @param source text of a module of TypeScript
 * @param file its path
 * @returns the text without those constants and imports, line for line, and what their names, which nothing
 * declares any more, stand for: esbuild's `define`
 */
export function inlineConstants(source, file) {
  const define = {};
  const note = (name, value) => {
    define[name] = String(value);
    return true;
  };
  const isListed = (name) => new RegExp(`^export \\{[^}]*\\b${name}\\b[^}]*\\};`, "m").test(source);
  const text = source
    .replace(CONSTANT, (line, exported, name, digits, truncated) => {
      if (isListed(name)) return line;
      note(name, valueOf(digits, truncated));
      return exported === undefined
        ? ""
        : `const ${name}_ = ${define[name]}; export { ${name}_ as ${name} };`;
    })
    .replace(IMPORT, (statement, space, list, from) => {
      const constants = constantsOf(resolve(dirname(file), `${from}.ts`));
      if (space !== undefined) {
        const uses = source.match(new RegExp(`\\b${space}\\b`, "g")).length - 1;
        const members = source.match(new RegExp(`\\b${space}\\.\\w+`, "g")) ?? [];
        const values = members.map((member) => constants.get(member.slice(space.length + 1)));
        if (uses !== members.length || values.includes(undefined)) return statement;
        members.forEach((member, n) => note(member, values[n]));
        return "";
      }
      if (list.includes("//")) return statement;
      const kept = list.split(",").filter((part) => {
        const [, name, , own = name] = /^\s*(\w+)( as (\w+))?\s*$/.exec(part) ?? [];
        return !(constants.has(name) && !isListed(own) && note(own, constants.get(name)));
      });
      const isEmpty = kept.every((part) => part.trim() === "");
      const lines = "\n".repeat(statement.split("\n").length - 1);
      return (
        (isEmpty ? "" : `import {${kept.join(",").replaceAll("\n", "")}} from "${from}.js";`) +
        lines
      );
    });
  return { text, define };
}

function valueOf(digits, truncated) {
  const isNegative = digits.startsWith("-");
  const size = Number(digits.slice(isNegative ? 1 : 0).replaceAll("_", ""));
  const value = isNegative ? -size : size;
  return truncated === undefined ? value : value | 0;
}

function constantsOf(file) {
  if (!existsSync(file)) return new Map();
  const time = statSync(file).mtimeMs;
  const before = known.get(file);
  if (before?.time === time) return before.constants;
  const constants = new Map();
  for (const [, exported, name, digits, truncated] of readFileSync(file, "utf8").matchAll(
    CONSTANT,
  )) {
    if (exported !== undefined) constants.set(name, valueOf(digits, truncated));
  }
  known.set(file, { time, constants });
  return constants;
}
