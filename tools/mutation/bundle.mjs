/**
 * Bundles the tests that judge mutants, with the instrumented sources, in the folder that Stryker
 * works in. Loading some dozens of sources anew for each of thousands of mutants is most of the
 * time otherwise. The sources stay in chunks that all tests share.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleName, shortened, testFiles } from "./tests.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url)).replaceAll("\\", "/");
const bundles = `${root}tools/mutation/bundle`;
const entries = `${root}tools/mutation/entry`;
for (const folder of [bundles, entries]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

const files = testFiles(root);
files.forEach((file, index) => {
  const entry = `${entries}/${String(index).padStart(2, "0")}-${bundleName(file)}.test.mjs`;
  writeFileSync(entry, `import "../bundle/${bundleName(file)}.mjs";\n`);
});

await build({
  entryPoints: Object.fromEntries(files.map((file) => [bundleName(file), file])),
  outdir: bundles,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["vitest", "fast-check"],
  // Tests are imported for their effects alone.
  ignoreAnnotations: true,
  plugins: [{ name: "sources", setup: useSources }],
  logLevel: "warning",
});

function useSources({ onResolve, onLoad }) {
  onResolve({ filter: /^@mem\// }, ({ path }) => {
    const [, name, entry = "index"] = path.split("/");
    return { path: `${root}packages/${name}/src/${entry}.ts` };
  });
  onLoad({ filter: /\.test\.ts$/ }, ({ path }) => ({
    loader: "ts",
    contents: shortened(readFileSync(path, "utf8")),
  }));
}
