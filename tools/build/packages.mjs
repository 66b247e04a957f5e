import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "rollup";
import { root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { namesPackage, typescript } from "./typescript.mjs";

/** Warnings that do not stop a build; every other one does. */
const harmless = new Set(["EMPTY_BUNDLE", "CIRCULAR_DEPENDENCY"]);

/**
 * Writes the JavaScript and the source maps of every package that has entries, into its `dist`.
 * Declarations come from `tsc -b`, which checks the types in the same pass.
 */
export async function buildPackages(packages = workspacePackages()) {
  const built = packages.filter(({ folder }) => existsSync(join(root, folder, "src/index.ts")));
  for (const { folder, manifest } of built) {
    await build(join(root, folder), manifest.private === true ? application : published);
  }
  return built;
}

/**
 * What is published: one ES module for each entry of the manifest's `exports`, and for each program of its
 * `bin`, with the other packages left as imports.
 */
function published(folder) {
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = [...Object.values(exports).map((target) => target?.default), ...Object.values(bin)];
  const names = files
    .map((file) => /^\.\/dist\/(.*)\.js$/.exec(file ?? "")?.[1])
    .filter((name) => name !== undefined);
  const output = { chunkFileNames: "[name]-[hash].js" };
  return { names: [...new Set(names)], treeshake: true, output };
}

/**
 * An application: `dist` mirrors `src` file by file, so that a path relative to `import.meta.url`
 * (a worker, a data file) means the same in both. Entries are `src/index.ts`, `src/node.ts`,
 * `src/cli.ts` and every `*.worker.ts`.
 */
function application(folder) {
  const names = readdirSync(join(folder, "src"), { recursive: true })
    .map((file) => String(file).replaceAll("\\", "/"))
    .filter((file) => /^(index|node|cli)\.ts$|\.worker\.ts$/.test(file))
    .map((file) => file.slice(0, -".ts".length));
  // Nobody bundles an application, and looking for what it does not need takes most of the time.
  const output = { preserveModules: true, preserveModulesRoot: join(folder, "src") };
  return { names, treeshake: false, output };
}

async function build(folder, kind) {
  const { names, treeshake, output } = kind(folder);
  const bundle = await rollup({
    input: Object.fromEntries(names.map((name) => [name, join(folder, `src/${name}.ts`)])),
    external: namesPackage,
    treeshake,
    plugins: [typescript()],
    onwarn(warning) {
      if (!harmless.has(warning.code)) throw new Error(`${folder}: ${warning.message}`);
    },
  });
  await bundle.write({
    dir: join(folder, "dist"),
    format: "es",
    entryFileNames: "[name].js",
    sourcemap: true,
    sourcemapExcludeSources: true,
    ...output,
  });
  await bundle.close();
}
