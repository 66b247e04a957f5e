import { readFileSync } from "node:fs";
import * as qom from "@mem/qom";
import ts from "typescript";
import { expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";

it("the README's first example runs and prints what it says", () => {
  const said = [...example.matchAll(/\/\/ prints: (.*)$/gm)].map(([, text]) => text);
  expect(said.length).toBeGreaterThan(3);
  const body = example.replace(/^import \{(.*)\} from "@mem\/qom";$/m, "const {$1} = qom;");
  const { outputText } = ts.transpileModule(body, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const printed: string[] = [];
  const log = (text: unknown): void => void printed.push(String(text).replaceAll("\n", "|"));
  new Function("qom", "console", outputText.replace(/^export \{\};?$/m, ""))(qom, { log });
  expect(printed).toEqual(said);
});
