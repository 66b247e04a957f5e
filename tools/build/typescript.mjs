import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { transform } from "esbuild";
import { inlineConstants } from "./constants.mjs";

/** What esbuild is told about the language, wherever it strips types. */
export const language = {
  target: "es2022",
  sourcemap: true,
  sourcesContent: false,
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
};

/** Whether an import names a package, and no file: it begins with no dot, slash or drive. */
export const namesPackage = (specifier) => !/^(\.|[\\/]|[A-Za-z]:[\\/])/.test(specifier);

/** A rollup plugin: finds `./x.ts` behind `./x.js`, strips the types file by file, and inlines constants. */
export function typescript() {
  return {
    name: "typescript",
    resolveId(specifier, importer) {
      if (importer === undefined || !specifier.startsWith(".")) return null;
      const file = resolve(dirname(importer), specifier.replace(/\.js$/, ".ts"));
      return existsSync(file) ? file : null;
    },
    transform(source, id) {
      if (!id.endsWith(".ts")) return null;
      const { text, define } = inlineConstants(source, id);
      return transform(text, { ...language, loader: "ts", sourcefile: id, define });
    },
  };
}
