/** Programs of the host that `linux` uses. */
import { spawn } from "node:child_process";

import { CliError } from "../cli-error.js";
import { hostErrorText } from "../host-error.js";

const KEPT = 16_384;

/** End of a program's run. */
export interface ProgramResult {
  readonly code: number;
  readonly output: string;
  /** The last that it said to standard error. */
  readonly complaint: string;
}

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Run a program to its end, with nothing to read.
 * @param environment its variables; it speaks English whatever they say
 * @param folder      where it runs; where this process does, unless given
 * @throws CliError when there is no such program
 */
export function runProgram(
  program: string,
  words: readonly string[],
  environment: Environment,
  folder?: string,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...words], {
      env: { ...environment, LC_ALL: "C" },
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-KEPT);
    });
    child.on("error", (error) => {
      reject(new CliError(`linux: cannot run ${program}: ${hostErrorText(error)}`));
    });
    child.on("close", (code) => resolve({ code: code ?? 1, output, complaint }));
  });
}
