import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { missing } from "./firmware-support.js";

/** Kernels that print what they were handed, in the order of `kernels.asm`. */
export const KINDS = ["linux", "multiboot", "multiboot2", "pvh"] as const;

/** Why the kernels cannot be assembled, `null` when they can. */
export function kernelsMissing(): string | null {
  return missing("nasm");
}

/** The image of a test kernel. */
export function testKernel(kind: (typeof KINDS)[number]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "mem-kernel-"));
  try {
    const output = join(folder, "kernel");
    const source = fileURLToPath(new URL("kernels.asm", import.meta.url));
    const define = `-DKIND=${KINDS.indexOf(kind)}`;
    const { status, stderr } = spawnSync("nasm", [define, "-f", "bin", "-o", output, source]);
    if (status !== 0) throw new Error(stderr.toString());
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
