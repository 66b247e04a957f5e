/** The processor that the tests run on, as the oracle for instructions of user programs. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OracleRecord, RECORD_BYTES } from "./record.js";

const SOURCE = fileURLToPath(new URL("runner.asm", import.meta.url));
const CACHE = join(tmpdir(), "mem-x86-oracle");

/** Why the host's processor cannot be asked, or null. */
export function whyNoOracle(...features: string[]): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "no Linux on x86-64";
  if (spawnSync("nasm", ["-v"]).status !== 0) return "no nasm";
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" ");
  const missing = features.filter((feature) => flags?.includes(feature) !== true);
  return missing.length > 0 ? `the processor lacks ${missing.join(", ")}` : null;
}

/** The runner, assembled when its source has changed. */
function runner(): string {
  mkdirSync(CACHE, { recursive: true });
  const hash = createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 20);
  const program = join(CACHE, `runner-${hash}`);
  if (existsSync(program)) return program;
  const fresh = `${program}.${process.pid}`;
  const { status, stderr } = spawnSync("nasm", ["-f", "bin", "-o", fresh, SOURCE], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`nasm: ${stderr}`);
  chmodSync(fresh, 0o755);
  renameSync(fresh, program);
  return program;
}

/** `count` empty records: flags, control word and MXCSR as a program begins with them. */
export function emptyRecords(count: number): { bytes: Uint8Array; records: OracleRecord[] } {
  const bytes = new Uint8Array(count * RECORD_BYTES);
  const records = Array.from({ length: count }, (_, k) => new OracleRecord(bytes, k));
  for (const record of records) {
    record.flags = 2;
    record.controlWord = 0x37f;
    record.mxcsr = 0x1f80;
  }
  return { bytes, records };
}

/** Records that the runner reads, and answers, at once. */
const BLOCK_RECORDS = 64;

interface HostRun {
  readonly stdout: Uint8Array;
  /** How it ended, or null if it did so as it should. */
  readonly failure: string | null;
}

/** @param timeout in milliseconds: an instruction that hits the runner's own memory could keep it busy for ever */
function spawnRunner(bytes: Uint8Array, timeout: number): HostRun {
  const { stdout, status, signal } = spawnSync(runner(), {
    input: bytes,
    maxBuffer: bytes.length + 1,
    timeout,
    killSignal: "SIGKILL",
  });
  const isWhole = status === 0 && stdout.length === bytes.length;
  return { stdout, failure: isWhole ? null : String(status ?? signal) };
}

/** The instructions among which one made the runner end, or go on for ever: one, if it does so by itself. */
function culprits(bytes: Uint8Array, done: number): string {
  const from = done - (done % (BLOCK_RECORDS * RECORD_BYTES));
  const block = bytes.subarray(from, from + BLOCK_RECORDS * RECORD_BYTES);
  const codes: string[] = [];
  for (let at = 0; at < block.length; at += RECORD_BYTES) {
    const record = block.subarray(at, at + RECORD_BYTES);
    const code = Buffer.from(new OracleRecord(record, 0).instruction).toString("hex");
    const { failure } = spawnRunner(record, 1000);
    if (failure !== null) return `${code} (${failure})`;
    codes.push(code);
  }
  return `one of ${codes.join(" ")}`;
}

/**
 * Has the host's processor execute each record's instruction; answers records of what came of it.
 * @throws Error that names the instruction, if the runner does not survive it
 */
export function runOnHost(bytes: Uint8Array): OracleRecord[] {
  const { stdout, failure } = spawnRunner(bytes, 120_000);
  if (failure !== null) {
    const done = stdout.length / RECORD_BYTES;
    throw new Error(
      `the oracle ended with ${failure} after ${done} records: ${culprits(bytes, stdout.length)}`,
    );
  }
  return Array.from({ length: bytes.length / RECORD_BYTES }, (_, k) => new OracleRecord(stdout, k));
}
