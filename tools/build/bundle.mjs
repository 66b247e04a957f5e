import { readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { sourceEntries } from "../bootstrap/workspace.mjs";
import { language, namesPackage } from "./typescript.mjs";

/** Bundles one TypeScript program with the sources of the workspace's packages into one file. */
export async function bundle(input, file) {
  await bundleSources({ entryPoints: [input], outfile: file }, dirname(input));
}

/**
 * Bundles programs of the folder `sources` (`entries`, relative to it) into `folder`. What several
 * of them need is a file of its own beside them.
 */
export async function bundlePrograms(sources, entries, folder) {
  const entryPoints = entries.map((entry) => join(sources, entry));
  const output = { outdir: folder, outbase: sources, splitting: true };
  await bundleSources({ entryPoints, ...output, chunkNames: "shared-[hash]" }, sources);
}

/** Bundles the `entries` of one library of the workspace into `folder`. It imports the others as before. */
export async function bundleLibrary(sources, entries, folder) {
  const entryPoints = entries.map((entry) => join(sources, entry));
  const output = { outdir: folder, outbase: sources, splitting: true };
  await bundleSources({ entryPoints, ...output, packages: "external" }, sources, []);
}

async function bundleSources(options, sources, plugins = [workspaceSources()]) {
  const { metafile } = await build({
    ...language,
    ...options,
    bundle: true,
    format: "esm",
    platform: "node",
    absWorkingDir: root,
    plugins: [...plugins, ownPlaces(sources)],
    logLevel: "warning",
    metafile: true,
  });
  for (const file of Object.keys(metafile.outputs).filter((name) => /\.m?js$/.test(name))) {
    const path = inRoot(file);
    writeFileSync(path, withClassNames(readFileSync(path, "utf8")));
  }
}

/** Packages of the workspace are taken from their sources; every other one stays where it lies. */
function workspaceSources() {
  const sources = new Map(sourceEntries().map(([specifier, file]) => [specifier, inRoot(file)]));
  const outside = Symbol("outside");
  return {
    name: "workspace-sources",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /.*/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind === "entry-point" || pluginData === outside || !namesPackage(path))
          return undefined;
        if (isBuiltin(path)) return { path, external: true };
        const file = sources.get(path);
        if (file !== undefined) return { path: file };
        // The bundle lies elsewhere than the source that finds the package from its own place.
        const found = await resolve(path, { kind, resolveDir, pluginData: outside });
        if (found.errors.length > 0) return { path, external: true };
        return { path: pathToFileURL(found.path).href, external: true };
      });
    },
  };
}

/**
 * A module that asks where it lies (`import.meta.url`) is told the place of its source, so that the
 * files beside it are found; a worker beside it is the bundled one.
 */
function ownPlaces(sources) {
  return {
    name: "own-places",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/](src|bench)[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        if (!text.includes("import.meta.url")) return undefined;
        const url = JSON.stringify(pathToFileURL(path).href);
        const placeOf = (worker) => {
          const target = relative(sources, join(dirname(path), worker)).replaceAll("\\", "/");
          return `new URL("./${target}", import.meta.url`;
        };
        const contents = text.replaceAll(
          /(new URL\(\s*"([^"]+\.worker\.js)",\s*)?import\.meta\.url/g,
          (_, call, worker) => (call === undefined ? url : placeOf(worker)),
        );
        return { contents, loader: "ts" };
      });
    },
  };
}

/**
 * esbuild gives a class that names itself within another name (`var Bus = class _Bus {`). Errors
 * are called after their class, and people read the names of objects: they get theirs back.
 */
export function withClassNames(code) {
  return code.replaceAll(
    /^(\s*(?:var|let|const) (\w+) = class _\2\d*(?: extends [^{]+)? \{)$/gm,
    (_, head, name) =>
      `${head} static { Object.defineProperty(this, "name", { value: "${name}" }); }`,
  );
}
