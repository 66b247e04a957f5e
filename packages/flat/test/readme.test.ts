import { readFileSync } from "node:fs";
import * as library from "@mem/flat";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

describe("the examples of the README print what they say", () => {
  it.each(examples.map((code, i) => [i + 1, code] as const))("example %i", (_, code) => {
    const said = [...code.matchAll(/\/\/ prints: (.*)$/gm)].map(([, text]) => text);
    expect(said.length).toBeGreaterThan(2);
    const body = code.replace(
      /^import \{([^}]*)\} from "@mem\/flat";$/m,
      (_line, names: string) => {
        return `const {${names.replaceAll(/type \w+,?/g, "")}} = library;`;
      },
    );
    const { outputText } = ts.transpileModule(body, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    const printed: string[] = [];
    const log = (...texts: unknown[]): void => void printed.push(texts.join(" "));
    const run = new Function("library", "console", outputText.replace(/^export \{\};?$/m, ""));
    run(library, { log });
    expect(printed).toEqual(said);
  });
});
