import { inRoot } from "../bootstrap/paths.mjs";

/** Command lines of the tools: the script (below node_modules, or absolute) and its arguments. */
export const tools = {
  build: [inRoot("tools/build/all.mjs")],
  lint: ["oxlint/bin/oxlint", "--deny-warnings"],
  format: ["prettier/bin/prettier.cjs", "--write", "--log-level=warn", "."],
  formatCheck: ["prettier/bin/prettier.cjs", "--check", "."],
  typecheck: ["tsc/bin/tsc", "-b"],
  layers: [inRoot("tools/layers/check.mjs")],
  changeset: [inRoot("tools/publish/node_modules/@changesets/cli/bin.js")],
  vitest: ["vitest/vitest.mjs", "run"],
};
