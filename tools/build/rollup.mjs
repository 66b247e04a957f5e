/**
 * The one rollup configuration that every package shares. It writes JavaScript and source maps;
 * declarations come from `tsc -b`, which checks the types in the same pass.
 */
import { existsSync, readdirSync } from "node:fs";
import { typescript } from "./typescript.mjs";

/** Warnings that do not stop a build; every other one does. */
const harmless = new Set(["EMPTY_BUNDLE", "CIRCULAR_DEPENDENCY"]);

/** A library: one ES module, `dist/index.js`, with the other packages left as imports. */
export function library() {
  return configuration({ index: "src/index.ts" }, { entryFileNames: "[name].js" });
}

/**
 * An application: `dist` mirrors `src` file by file, so that a path relative to `import.meta.url`
 * (a worker, a data file) means the same in both. Entries are `src/index.ts`, `src/cli.ts` and
 * every `*.worker.ts`.
 */
export function application() {
  const entries = readdirSync("src", { recursive: true })
    .map((file) => String(file).replaceAll("\\", "/"))
    .filter((file) => file === "index.ts" || file === "cli.ts" || file.endsWith(".worker.ts"));
  const input = Object.fromEntries(
    entries.map((file) => [file.slice(0, -".ts".length), `src/${file}`]),
  );
  return configuration(input, {
    entryFileNames: "[name].js",
    preserveModules: true,
    preserveModulesRoot: "src",
  });
}

function configuration(input, output) {
  if (!existsSync("src")) throw new Error(`no src folder in ${process.cwd()}`);
  return {
    input,
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !/^[A-Za-z]:[\\/]/.test(id),
    plugins: [typescript()],
    output: {
      dir: "dist",
      format: "es",
      sourcemap: true,
      sourcemapExcludeSources: true,
      ...output,
    },
    onwarn(warning) {
      if (harmless.has(warning.code)) return;
      throw new Error(warning.message);
    },
  };
}
