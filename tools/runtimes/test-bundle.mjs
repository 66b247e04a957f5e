import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { sourceEntries, workspacePackages } from "../bootstrap/workspace.mjs";

const harness = inRoot("tools/runtimes/harness.mjs");
const nodeGlobals = inRoot("tools/runtimes/node-globals.mjs");

/**
 * Every test file of the packages under `packages/`, relative to the project, with `/`; the long
 * suites' are not among them.
 */
export function packageTests() {
  return workspacePackages()
    .filter(({ group }) => group === "packages")
    .flatMap(({ folder }) =>
      readdirSync(inRoot(folder, "test"), { recursive: true })
        .map((file) => `${folder}/test/${String(file).replaceAll("\\", "/")}`)
        .filter((file) => file.endsWith(".test.ts") && !file.endsWith(".shipped.test.ts")),
    )
    .sort();
}

/**
 * Bundles test files, with the packages' sources and vitest's runner, into `folder`:
 * `tests.mjs` exports `run(leftOut)`, which needs no more than the language, runs all files but
 * those, and resolves to the results.
 * Answers the test files that are in it, and the others with the module that each cannot do without.
 */
export async function bundleTests(folder, all = packageTests()) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const needNode = nodeModulesOf(await inspect(all), all);
  const files = all.filter((file) => !needNode.has(file));
  const entry = join(folder, "entry.mjs");
  const modules = files.map(
    (file) => `  ${JSON.stringify(file)}: () => import(${JSON.stringify(inRoot(file))}),\n`,
  );
  writeFileSync(
    entry,
    `import { runTestFiles } from ${JSON.stringify(harness)};\n` +
      `const modules = {\n${modules.join("")}};\n` +
      `export const run = (leftOut) => runTestFiles(modules, leftOut);\n`,
  );
  await build({
    ...options,
    entryPoints: { tests: entry },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    sourcemap: "linked",
  });
  // For a worker of a page: its main thread may not wait.
  const worker =
    `import { run } from "./tests.mjs";\n` +
    `onmessage = async ({ data }) => postMessage(await run(data));\n`;
  writeFileSync(join(folder, "worker.mjs"), worker);
  return { files, needNode };
}

const sources = Object.fromEntries(
  sourceEntries().map(([specifier, file]) => [specifier, inRoot(file)]),
);

/** Test files see Node's globals as the harness gives them, also where there are none. */
const globalsOfTests = {
  name: "globals-of-tests",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]test[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const used = ["process", "Buffer"].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
      if (used.length === 0) return { contents: text, loader: "ts" };
      const from = JSON.stringify(nodeGlobals);
      return { contents: `import { ${used.join(", ")} } from ${from};${text}`, loader: "ts" };
    });
  },
};

const options = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  // What objects show begins with the name of their class.
  keepNames: true,
  external: ["node:*", "esbuild"],
  alias: sources,
  plugins: [globalsOfTests],
  logLevel: "silent",
};

async function inspect(files) {
  const { metafile } = await build({
    ...options,
    entryPoints: files.map((file) => inRoot(file)),
    external: [...options.external, "vitest", "fast-check"],
    outdir: "nowhere",
    // What many files need is read and written once.
    splitting: true,
    write: false,
    metafile: true,
  });
  return metafile.inputs;
}

/** The files that reach a module of Node's, or one that is for Node: which, and from where. */
function nodeModulesOf(inputs, files) {
  const found = new Map();
  for (const file of files) {
    const seen = new Set();
    const visit = (path) => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const { path: target, external } of inputs[path]?.imports ?? []) {
        if (!external) visit(target);
        else if (/^(node:|esbuild$)/.test(target) && !found.has(file)) {
          found.set(file, path === file ? `imports ${target}` : `needs ${path}: imports ${target}`);
        }
      }
    };
    visit(file);
  }
  return found;
}
