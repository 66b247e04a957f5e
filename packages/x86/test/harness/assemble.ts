import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "./programs.js";

const ASM_DIR = fileURLToPath(new URL("../asm/", import.meta.url));
const CACHE_DIR = join(tmpdir(), "mem-x86-suite");

/** Whether a `nasm` answers on the path. */
export function hasNasm(): boolean {
  return spawnSync("nasm", ["-v"]).status === 0;
}

function sourceHash(program: Program): string {
  const hash = createHash("sha256").update(`${program.mode}\n`);
  const includes = readdirSync(ASM_DIR).filter((name) => name.endsWith(".inc"));
  for (const name of [...includes.sort(), program.file]) {
    hash.update(name).update(readFileSync(join(ASM_DIR, name)));
  }
  return hash.digest("hex").slice(0, 20);
}

/**
 * Assembles `program` into its 64 KiB BIOS image and returns the image's path. Images are kept in
 * the system's temporary directory under a hash of their sources. Throws with nasm's messages when
 * the source does not assemble.
 */
export function assemble(program: Program): string {
  mkdirSync(CACHE_DIR, { recursive: true });
  const image = join(CACHE_DIR, `${program.name}-${sourceHash(program)}.bin`);
  if (!existsSync(image)) {
    const fresh = `${image}.${process.pid}`;
    const args = ["-f", "bin", `-DMODE=${program.mode}`, "-o", fresh, program.file];
    const run = spawnSync("nasm", args, { cwd: ASM_DIR, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`nasm ${args.join(" ")}\n${run.stderr}`);
    renameSync(fresh, image);
  }
  return image;
}
