import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import ts from "typescript";

const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  sourceMap: true,
};

/** A rollup plugin: finds `./x.ts` behind `./x.js`, and strips the types file by file. */
export function typescript() {
  return {
    name: "typescript",
    resolveId(specifier, importer) {
      if (importer === undefined || !specifier.startsWith(".")) return null;
      const file = resolve(dirname(importer), specifier.replace(/\.js$/, ".ts"));
      return existsSync(file) ? file : null;
    },
    transform(code, id) {
      if (!id.endsWith(".ts")) return null;
      const result = ts.transpileModule(code, {
        fileName: id,
        compilerOptions,
        reportDiagnostics: true,
      });
      const [problem] = result.diagnostics ?? [];
      if (problem !== undefined) {
        this.error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"), problem.start);
      }
      return {
        code: result.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"),
        map: result.sourceMapText,
      };
    },
  };
}
