import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { Program } from "./programs.js";

const DIR = fileURLToPath(new URL("../recorded/", import.meta.url));

/** The stream QEMU produced when the recording was made, or null when there is none. */
export function recordedStream(program: Program): Uint8Array | null {
  const file = `${DIR}${program.name}.br`;
  return existsSync(file) ? brotliDecompressSync(readFileSync(file)) : null;
}

/** Replaces the recording of `program`. */
export function writeRecording(program: Program, stream: Uint8Array): void {
  mkdirSync(DIR, { recursive: true });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(`${DIR}${program.name}.br`, brotliCompressSync(stream, { params }));
}
