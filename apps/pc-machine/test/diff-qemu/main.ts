/** `npm run diff:qemu`: QEMU and this machine side by side. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SEABIOS, seabiosMissing } from "../support/firmware.js";
import { QEMU, qemuMissing } from "../support/qemu-process.js";
import { CONFIGS, type DriverOptions, HELP, parseCommandLine } from "./command-line.js";
import { compareScript, scriptNames, type ScriptRun } from "./compare-scripts.js";
import { runSeeds } from "./driver.js";

const ROOT = process.env["MEM_ROOT"] ?? process.cwd();
/** The launcher, and the scripts. */
const PROGRAM = join(ROOT, "bin", "pc-machine-i386");
const SCRIPTS = join(ROOT, "apps", "pc-machine", "test", "pcase");

/** Both have the same firmware, and a calendar that stands still. */
const COMMON = ["-bios", SEABIOS, "-rtc", "base=2001-02-03T04:05:06,clock=vm"];

/** @returns the exit code: 0 no difference, 1 a difference, 2 nothing was compared */
async function main(argv: readonly string[]): Promise<number> {
  const options = parseCommandLine(argv);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const missing = qemuMissing() ?? seabiosMissing();
  if (missing !== null) {
    process.stderr.write(`diff:qemu: ${missing}\n`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "mem-diff-"));
  try {
    const images = makeImages(folder);
    return options.scripts
      ? await compareScripts({ qemu: QEMU, program: PROGRAM, sources: SCRIPTS, folder, images })
      : await compare(options, images);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns 1 where a script has an answer that differs without a row that says so */
async function compareScripts(run: ScriptRun): Promise<number> {
  let bad = 0;
  for (const name of scriptNames(run)) {
    const { answers, intended, differing } = await compareScript(name, run);
    const rows = [...intended].map(([id, count]) => `, ${count} differ by ${id}`).join("");
    const verdict = differing.length > 0 ? "DIFFERS" : "same";
    process.stdout.write(`${verdict}: ${name}, ${answers} lines${rows}\n`);
    for (const line of differing) process.stdout.write(`  ${line}\n`);
    if (differing.length > 0) bad++;
  }
  process.stdout.write(`${bad} scripts differ\n`);
  return bad > 0 ? 1 : 0;
}

/** Images by their names on the command line. */
function makeImages(folder: string): ReadonlyMap<string, string> {
  const sizes = { "@disk": 10 << 20, "@cd": 368 << 10 };
  return new Map(
    Object.entries(sizes).map(([name, bytes]) => {
      const path = join(folder, `${name.slice(1)}.img`);
      writeFileSync(path, numbered(bytes));
      return [name, path];
    }),
  );
}

/** Sectors full of a number of their own. */
function numbered(bytes: number): Uint8Array {
  const words = new Uint32Array(bytes / 4);
  for (let n = 0; n < words.length; n++) words[n] = Math.imul(n >>> 7, 0x9e37_79b1);
  return new Uint8Array(words.buffer);
}

function words(config: string, images: ReadonlyMap<string, string>): string[] {
  return config
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => word.replace(/@[a-z]+/, (name) => images.get(name) ?? name));
}

async function compare(
  options: DriverOptions,
  images: ReadonlyMap<string, string>,
): Promise<number> {
  let differing = 0;
  for (const config of options.configs) {
    const run = {
      args: [...COMMON, ...words(config, images)],
      program: PROGRAM,
      operations: options.operations,
    };
    const { found, aborted } = await runSeeds(options.firstSeed, options.lastSeed, run);
    for (const { seed, complaint } of aborted) {
      process.stdout.write(`not compared to its end: seed ${seed}. ${complaint}\n`);
    }
    if (found === null) {
      const seeds = options.lastSeed - options.firstSeed + 1 - aborted.length;
      process.stdout.write(`same: ${seeds} seeds of ${options.operations} operations, ${config}\n`);
    } else {
      differing++;
      const repeat = `--seeds ${found.from}:${found.seed} --ops ${options.operations} --config '${config}'`;
      process.stdout.write(`DIFFERS: seed ${found.seed}, ${config}\n${found.text}\n`);
      process.stdout.write(`again: npm run diff:qemu -- ${repeat}\n`);
    }
  }
  const machines =
    options.configs === CONFIGS ? "ten machines" : `${options.configs.length} machines`;
  process.stdout.write(`${differing} of ${machines} differ\n`);
  return differing > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`diff:qemu: ${message}\n`);
  process.exitCode = 2;
}
