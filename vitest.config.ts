import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { sourceEntries } from "./tools/bootstrap/workspace.mjs";
import { bundlePackages } from "./tools/build/package-bundles.mjs";
import { LongestFirst } from "./tools/reporter/longest-first.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Which tests run: `quick`, `shipped`, or whatever is named. */
const wanted = process.env["MEM_TESTS"];
/** Tests that are left out, as their files' names without `.test.ts`. Projects take no `--exclude` of a command line. */
const leftOut = (process.env["MEM_TESTS_LEFT_OUT"] ?? "").split(",").filter((name) => name !== "");

/**
 * `*.shipped.test.*` is what needs other runtimes, bundlers, tarballs or a booted system. MEM_TESTS
 * leaves only those (`shipped`), or all others (`quick`); without it a file can be named, whichever
 * it is.
 */
function filesIn(folder: string) {
  const all = [`${folder}/*.test.ts`, `${folder}/*.test.mjs`];
  const shipped = [`${folder}/*.shipped.test.ts`, `${folder}/*.shipped.test.mjs`];
  return {
    include: wanted === "shipped" ? shipped : all,
    exclude: [
      "**/node_modules/**",
      ...leftOut.map((name) => `**/${name}.test.ts`),
      ...(wanted === "quick" ? shipped : []),
    ],
  };
}

/** A test has its own package, and what is no library, as sources; with MEM_TEST_SOURCES all are. */
const sources = new Map(sourceEntries().map(([name, file]) => [name, `${root}${file}`]));
const bundles = process.env["MEM_TEST_SOURCES"]
  ? new Map<string, string>()
  : await bundlePackages();

/** Where the modules are that the tests of the package called `own` import. */
function aliasesFor(own: string) {
  const common = { find: "@mem/common", replacement: `${root}tools/common/src/index.ts` };
  const isOwn = (name: string) => name === own || name.startsWith(`${own}/`);
  const placeOf = ([name, source]: [string, string]) => ({
    find: new RegExp(`^${name}$`),
    replacement: isOwn(name) ? source : (bundles.get(name) ?? source),
  });
  return [common, ...[...sources].map(placeOf)];
}

/** Packages whose tests put other modules in place of Node's, for the file that does so alone. */
const withMocks = ["hostmem"];

/**
 * Workers that a package's tests have. Two cores are two: the process that only hands out files needs
 * none. Where packages are tested beside each other, MEM_TEST_WORKERS says how many each has, but
 * those that come last in turbo's order, when there is nothing left to run beside them.
 * The long suites wait at times, for what is fetched, or for a guest that sleeps: two at once kept
 * one and a half of two cores busy.
 */
const cores =
  wanted === "shipped" ? availableParallelism() + 1 : Math.max(2, availableParallelism() - 1);
const shared = Number(process.env["MEM_TEST_WORKERS"] ?? cores);
const last = ["pc-machine"];

/** Every folder of `group` that holds a package, with the name its tests run under. */
function projectsOf(group: string) {
  return readdirSync(`${root}${group}`)
    .filter((name) => existsSync(`${root}${group}/${name}/test`))
    .map((name) => ({
      extends: true as const,
      resolve: { alias: aliasesFor(`@mem/${name}`) },
      test: {
        name: `@mem/${name}`,
        isolate: withMocks.includes(name),
        maxWorkers: last.includes(name) ? cores : shared,
        ...filesIn(`${group}/${name}/test/**`),
      },
    }));
}

/**
 * The long suites begin with the longest. They start browsers, emulators and other people's systems, which
 * fail by themselves at times: unattended, such a test is tried once more, and the end names it.
 */
const longSuites = {
  sequence: { sequencer: LongestFirst },
  retry: process.env["CI"] ? 1 : 0,
};

export default defineConfig({
  resolve: {
    alias: [
      // Of another version, which tools depend on, may be hoisted.
      { find: /^prettier$/, replacement: `${root}tools/node_modules/prettier/index.mjs` },
    ],
  },
  test: {
    pool: "forks",
    // Each package's run has the sources beneath it, as a run before it transformed them: one root
    // for all projects makes them the same.
    experimental: { fsModuleCache: true, fsModuleCachePath: `${root}.cache/vitest` },
    // The packages keep no state in modules, so that files of tests can share them: they are
    // loaded and compiled once a worker, not once a file.
    isolate: false,
    maxWorkers: shared,
    reporters: process.env["MEM_TEST_TOTALS"]
      ? ["default", `${root}tools/reporter/totals.mjs`]
      : ["default"],
    // A test that hangs ends; how slow the machine is, decides nothing.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 60_000,
    passWithNoTests: true,
    ...(wanted === "shipped" ? longSuites : {}),
    projects: [
      ...projectsOf("packages"),
      ...projectsOf("apps"),
      ...projectsOf("tools"),
      {
        extends: true,
        resolve: { alias: aliasesFor("tools") },
        // What the long suites do to their process is not for the next file; the others undo it, and
        // load the compiler once.
        test: {
          name: "tools",
          isolate: wanted === "shipped",
          ...filesIn("tools/test"),
        },
      },
    ],
  },
});
