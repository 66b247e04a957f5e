import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

/** Runs the entries in the order of their names, which begin with a number. */
class ByName extends BaseSequencer {
  sort(files) {
    return Promise.resolve([...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1)));
  }
}

export default defineConfig({
  root: fileURLToPath(new URL("../../", import.meta.url)),
  server: { watch: null },
  test: {
    include: ["tools/mutation/entry/*.test.mjs"],
    exclude: [],
    testTimeout: 60_000,
    pool: "threads",
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: ByName },
    server: { deps: { external: [/\/bundle\/[^/]+\.mjs$/] } },
  },
});
