import { ensureInstalled } from "../bootstrap/install.mjs";
import { ensureProgram } from "../bootstrap/program.mjs";
import { root } from "../bootstrap/paths.mjs";
import { runBundled } from "./run-bundled.mjs";

/** `diff:qemu [--seeds A:B] [--ops N] [--config C]`: the PC beside a running QEMU, over qtest. */
export async function diffQemu(args) {
  await ensureInstalled("run");
  await ensureProgram("@mem/pc-machine");
  process.env["MEM_ROOT"] = root;
  return runBundled("diff-qemu", "apps/pc-machine/test/diff-qemu/main.ts", args);
}
