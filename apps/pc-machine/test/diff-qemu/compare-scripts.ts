/** Runs scripts of accesses on QEMU and on this machine and compares what they print. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { answersOf, compileScript, scriptRom } from "../pcase/script.js";
import { intendedAnswer } from "./intended.js";

const TIMEOUT_MS = 60_000;

/** What comparing a script found. */
export interface ScriptComparison {
  readonly name: string;
  readonly answers: number;
  /** Answers that differ on purpose, by the row that says so. */
  readonly intended: ReadonlyMap<string, number>;
  /** Answers that differ without a row. */
  readonly differing: readonly string[];
}

/** What comparing needs to know. */
export interface ScriptRun {
  readonly qemu: string;
  readonly program: string;
  /** The folder of `test/pcase`. */
  readonly sources: string;
  /** A folder for the ROM and the output. */
  readonly folder: string;
  /** Names in scripts' options, and the files they stand for. */
  readonly images: ReadonlyMap<string, string>;
}

/** The scripts in the project, by name. */
export function scriptNames({ sources }: Pick<ScriptRun, "sources">): string[] {
  return readdirSync(join(sources, "cases"))
    .filter((file) => file.endsWith(".case"))
    .map((file) => basename(file, ".case"))
    .sort();
}

/** Run one script on both. */
export async function compareScript(name: string, run: ScriptRun): Promise<ScriptComparison> {
  const script = compileScript(readFileSync(join(run.sources, "cases", `${name}.case`), "utf8"));
  const rom = join(run.folder, "rom");
  writeFileSync(rom, scriptRom(readFileSync(join(run.sources, "host.bin")), script));
  const args = script.args.map((word) =>
    word.replace(/@[a-z]+/, (image) => run.images.get(image) ?? image),
  );
  const outputs: string[] = [];
  for (const program of [run.qemu, run.program]) {
    outputs.push(await print(program, rom, args, run.folder));
  }
  const [qemu = [], ours = []] = outputs.map(answersOf);
  const intended = new Map<string, number>();
  const differing: string[] = [];
  for (let n = 0; n < Math.max(qemu.length, ours.length); n++) {
    const { label = "", line: expected = "<end>" } = qemu[n] ?? {};
    const line = ours[n]?.line ?? "<end>";
    if (line === expected) continue;
    const row = intendedAnswer(name, label, expected, line);
    if (row === null) differing.push(`${label}: QEMU ${expected} | ours ${line}`);
    else intended.set(row.id, (intended.get(row.id) ?? 0) + 1);
  }
  return { name, answers: qemu.length, intended, differing };
}

/** What the ROM prints to port 0xe9 until the machine ends. */
function print(
  program: string,
  rom: string,
  args: readonly string[],
  folder: string,
): Promise<string> {
  const output = join(folder, "output");
  writeFileSync(output, "");
  const fixed = ["-display", "none", "-monitor", "none", "-m", "16", "-nodefaults"];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...fixed, "-bios", rom, "-debugcon", `file:${output}`, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(readFileSync(output, "latin1"));
      else reject(new Error(`${program} ended with ${String(code)}: ${complaint.trim()}`));
    });
  });
}
