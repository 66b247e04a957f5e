import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Every folder of `group` that holds a package, with the name its tests run under. */
function projectsOf(group: string) {
  return readdirSync(`${root}${group}`)
    .filter((name) => existsSync(`${root}${group}/${name}/package.json`))
    .map((name) => ({
      extends: true as const,
      test: {
        name: `@mem/${name}`,
        root: `${root}${group}/${name}`,
        include: ["test/**/*.test.ts", "test/**/*.test.mjs"],
      },
    }));
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@mem\/pc-machine$/, replacement: `${root}apps/pc-machine/src/index.ts` },
      { find: /^@mem\/([a-z0-9-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
    ],
  },
  test: {
    pool: "forks",
    // Two cores are two workers: the process that only hands out files needs none.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
    projects: [
      ...projectsOf("packages"),
      ...projectsOf("apps"),
      ...projectsOf("tools"),
      {
        extends: true,
        test: { name: "tools", root: `${root}tools`, include: ["test/*.test.mjs"] },
      },
    ],
  },
});
