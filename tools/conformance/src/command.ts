import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "@mem/common";
import { HELP, parseCommandLine, type CommandOptions } from "./command-line.js";
import { checkReadable, CorpusError, readScripts } from "./corpus-reader.js";
import { FAMILIES, isFamily } from "./families.js";
import { corpusPath } from "./project-paths.js";
import { updateRatchet } from "./ratchet.js";
import { replayScript } from "./replay.js";
import { formatMismatch, formatTally, type Tally } from "./report.js";
import type { Script } from "./script.js";

/** What the command needs of the world. */
export interface CommandWorld {
  /** Where relative FILE arguments are looked for, in this order; not empty. */
  readonly folders: readonly string[];
  /** Prints a line on standard output. */
  print(line: string): void;
  /** Prints a line on standard error. */
  complain(line: string): void;
}

/** Runs the command. Returns its exit code: 0 when every selected script passed, else 1. */
export async function runCommand(argv: readonly string[], world: CommandWorld): Promise<number> {
  try {
    const options = parseCommandLine(argv);
    if (options.help) {
      world.print(HELP.trimEnd());
      return 0;
    }
    return await replaySelected(options, world);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CorpusError)) throw error;
    world.complain(`conformance: ${error.message}`);
    return 1;
  }
}

async function replaySelected(options: CommandOptions, world: CommandWorld): Promise<number> {
  const files = filesOf(options, world);
  for (const file of files) await checkReadable(file);
  const tallies = new Map<string, Tally>();
  let accesses = 0;
  const onAccess = options.traced ? (): void => void accesses++ : null;
  for (const file of files) {
    for await (const script of readScripts(file)) {
      if (isSelected(script, options)) replayOne(script, { tallies, onAccess }, options, world);
    }
  }
  if (tallies.size === 0) throw nothingSelected(options);
  const total: Tally = { passed: 0, failed: 0 };
  for (const [family, tally] of tallies) {
    world.print(`${family}: ${formatTally(tally)}`);
    total.passed += tally.passed;
    total.failed += tally.failed;
  }
  if (options.updateRatchet) reportRatchet(tallies, world);
  if (options.traced) world.print(`${accesses} accesses and mappings were traced`);
  world.print(formatTally(total));
  return total.failed === 0 ? 0 : 1;
}

function filesOf(options: CommandOptions, world: CommandWorld): string[] {
  if (options.files.length > 0) return options.files.map((file) => locate(file, world));
  const unknown = options.families.find((family) => !isFamily(family));
  if (unknown !== undefined) throw unknownFamily(unknown);
  const families = FAMILIES.filter((name) => isSelectedFamily(name, options));
  return families.map((name) => corpusPath(name));
}

function locate(file: string, world: CommandWorld): string {
  const candidates = world.folders.map((folder) => resolve(folder, file));
  return candidates.find((path) => existsSync(path)) ?? candidates[0] ?? file;
}

function isSelectedFamily(family: string, options: CommandOptions): boolean {
  return options.families.length === 0 || options.families.includes(family);
}

function isSelected(script: Script, options: CommandOptions): boolean {
  if (!isSelectedFamily(script.family, options)) return false;
  return options.seeds.length === 0 || options.seeds.includes(script.seed);
}

/** What all replays of a run share. */
interface Replays {
  readonly tallies: Map<string, Tally>;
  readonly onAccess: (() => void) | null;
}

function replayOne(
  script: Script,
  { tallies, onAccess }: Replays,
  options: CommandOptions,
  world: CommandWorld,
): void {
  const tally = tallies.get(script.family) ?? { passed: 0, failed: 0 };
  tallies.set(script.family, tally);
  const mismatch = replayScript(script, { onAccess });
  if (mismatch === null) {
    tally.passed++;
    return;
  }
  tally.failed++;
  if (tally.failed <= options.mismatches) world.print(`${formatMismatch(mismatch)}\n`);
}

function nothingSelected(options: CommandOptions): UsageError {
  const unknown = options.families.find((family) => !isFamily(family));
  return unknown === undefined ? new UsageError("no script selected") : unknownFamily(unknown);
}

function unknownFamily(name: string): UsageError {
  return new UsageError(`unknown family "${name}"; there are ${FAMILIES.join(", ")}`);
}

function reportRatchet(tallies: ReadonlyMap<string, Tally>, world: CommandWorld): void {
  const perfect = [...tallies].filter(([, tally]) => tally.failed === 0).map(([name]) => name);
  const added = updateRatchet(perfect);
  world.print(`ratchet: ${added.length === 0 ? "nothing new" : `added ${added.join(", ")}`}`);
}
