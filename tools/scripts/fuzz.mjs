import { ensureInstalled } from "../bootstrap/install.mjs";
import { runBundled } from "./run-bundled.mjs";

/** `fuzz [--seconds N] [--seed S]`: random machines against a naive model; see `tools/fuzz`. */
export async function fuzz(args) {
  await ensureInstalled("run");
  return runBundled("fuzz", "tools/fuzz/src/main.ts", args, ["--enable-source-maps"]);
}
