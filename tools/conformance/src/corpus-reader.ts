import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { toScript, type Script } from "./script.js";

/** Bytes that are unpacked at once: lines are tens of thousands of them long. */
const CHUNK = 1 << 20;

/** A recording that cannot be read: missing, not gzip, or a line that is no script. */
export class CorpusError extends Error {
  override readonly name = "CorpusError";
}

/**
 * The scripts of a recording, one JSON object a line, read as a stream: the file may be larger
 * than memory. Plain and gzip-compressed files are told apart by their first bytes.
 *
 * @throws {CorpusError} naming the file, and the line where one is wrong.
 */
export async function* readScripts(path: string): AsyncGenerator<Script> {
  const lines = await openLines(path);
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === "") continue;
      yield parseLine(line, path, number);
    }
  } catch (error) {
    throw error instanceof CorpusError ? error : readError(path, error);
  }
}

/** @throws {CorpusError} when the file cannot be read at all. */
export async function checkReadable(path: string): Promise<void> {
  await isGzip(path);
}

function parseLine(line: string, path: string, number: number): Script {
  try {
    return toScript(JSON.parse(line));
  } catch (error) {
    throw new CorpusError(`${path}:${number}: ${messageOf(error)}`);
  }
}

async function openLines(path: string): Promise<AsyncIterable<string>> {
  const compressed = await isGzip(path);
  const file = createReadStream(path);
  let input: Readable = file;
  if (compressed) {
    const gunzip = createGunzip({ chunkSize: CHUNK });
    file.on("error", (error) => gunzip.destroy(error));
    input = file.pipe(gunzip);
  }
  return linesOf(input);
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  // readline swallows errors of its input: they are handed on when the lines end.
  let failure: unknown = null;
  const lines = createInterface({ input, crlfDelay: Infinity });
  input.on("error", (error) => {
    failure = error;
    lines.close();
  });
  try {
    yield* lines;
    if (failure !== null) throw failure;
  } finally {
    lines.close();
    input.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      const start = new Uint8Array(2);
      const { bytesRead } = await file.read(start, 0, 2, 0);
      return bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readError(path, error);
  }
}

function readError(path: string, error: unknown): CorpusError {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT") return new CorpusError(`${path}: no such file`);
  if (code === "EISDIR") return new CorpusError(`${path}: is a folder, not a recording`);
  return new CorpusError(`${path}: ${messageOf(error)}`);
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
