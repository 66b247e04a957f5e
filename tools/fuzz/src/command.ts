import { writeFileSync } from "node:fs";
import { UsageError } from "@mem/common";
import { HELP, parseCommandLine } from "./command-line.js";
import { generate } from "./generate.js";
import type { Program } from "./operation.js";
import { type Failure, runProgram } from "./run-program.js";
import { shrink } from "./shrink.js";

/** What the command needs of the world. */
export interface CommandWorld {
  /** Prints a line on standard output. */
  print(line: string): void;
  /** Prints a line on standard error. */
  complain(line: string): void;
  /** Milliseconds, of any clock. */
  now(): number;
  /** Runs a program; for tests. */
  readonly run?: (program: Program) => Failure | null;
}

/** How often progress is told, in milliseconds. */
const PROGRESS = 30_000;

/** Runs the command. Returns its exit code: 0 when nothing was found. */
export function runCommand(argv: readonly string[], world: CommandWorld): number {
  try {
    const options = parseCommandLine(argv, Math.floor(world.now()));
    if (!options.help) return fuzz(options, world);
    world.print(HELP.trimEnd());
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    world.complain(`fuzz: ${error.message}`);
    return 1;
  }
}

function fuzz(options: ReturnType<typeof parseCommandLine>, world: CommandWorld): number {
  const run = world.run ?? runProgram;
  const start = world.now();
  let told = start;
  let programs = 0;
  let steps = 0;
  for (let seed = options.seed; ; seed++) {
    const program = generate(seed);
    const failure = run(program);
    programs++;
    steps += program.steps.length;
    if (failure) {
      const shortest = shrink(program, (other) => run(other) !== null);
      const last = run(shortest) ?? failure;
      world.print(report(shortest, last));
      world.print(`repeat with: npm run fuzz -- --seed ${seed} --programs 1`);
      writeJson(options.json, { seed, programs, steps, failure: describe(shortest, last) });
      return 1;
    }
    const now = world.now();
    if (now - told >= PROGRESS) {
      told = now;
      world.print(`${programs} programs, ${steps} steps, ${Math.round((now - start) / 1000)} s`);
    }
    const isEnough = options.programs > 0 && programs >= options.programs;
    if (isEnough || now - start >= options.seconds * 1000) break;
  }
  world.print(`${programs} programs from seed ${options.seed} on, ${steps} steps: nothing found`);
  writeJson(options.json, { seed: options.seed, programs, steps, failure: null });
  return 0;
}

function report(program: Program, failure: Failure): string {
  const { grain, mode, origin, seed, steps } = program;
  const lines = steps.map((step, i) => `  ${i}: ${JSON.stringify(step)}`);
  return [
    `seed ${seed}: ${mode}, cells of ${grain} bytes from 0x${origin.toString(16)} on`,
    ...lines,
    `at step ${failure.step}: ${errorText(failure.error)}`,
  ].join("\n");
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function describe({ grain, mode, origin, steps }: Program, { error, step }: Failure) {
  return { mode, grain, origin: origin.toString(), steps, step, error: errorText(error) };
}

function writeJson(file: string | null, outcome: unknown): void {
  if (file === null) return;
  try {
    writeFileSync(file, `${JSON.stringify(outcome, null, 2)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(",")[0] : String(error);
    throw new UsageError(`cannot write ${file}: ${reason}`);
  }
}
