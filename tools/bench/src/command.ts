import { closeSync, openSync, writeFileSync } from "node:fs";
import { UsageError } from "@mem/common";
import { type CommandOptions, HELP, parseCommandLine } from "./command-line.js";
import { describeMachine } from "./host.js";
import { heading, json, line, markdown, summary } from "./report.js";
import type { Effort, Result, Row } from "./row.js";
import { allRows, rowsNamed } from "./rows.js";

/** What the command needs of the world. */
export interface CommandWorld {
  /** Prints a line on standard output. */
  print(line: string): void;
  /** Prints a line on standard error. */
  complain(line: string): void;
}

const FULL: Effort = { quick: false, warming: 800, warmLaps: 3, measuring: 2500, rounds: 7 };
const QUICK: Effort = { quick: true, warming: 300, warmLaps: 2, measuring: 280, rounds: 5 };

/** Runs the command. Returns its exit code: 0 when everything asked for was measured. */
export function runCommand(argv: readonly string[], world: CommandWorld): number {
  try {
    const options = parseCommandLine(argv);
    if (options.help) world.print(HELP.trimEnd());
    else if (options.list) for (const { name } of allRows()) world.print(name);
    else measureSelected(options, world);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    world.complain(`bench: ${error.message}`);
    return 1;
  }
}

function measureSelected(options: CommandOptions, world: CommandWorld): void {
  const rows = select(options.names);
  if (options.json !== null) checkWritable(options.json);
  const effort = options.quick ? QUICK : FULL;
  const left = rows.filter((row) => options.quick && row.slow);
  const results = new Map<string, Result>();
  world.print(describeMachine());
  world.print(`\n${heading()}`);
  for (const row of rows) {
    if (left.includes(row)) continue;
    const result = row.measure(effort);
    results.set(row.name, result);
    world.print(line(row.name, result));
  }
  const sum = summary(results);
  if (sum !== "") world.print(`\n${sum}`);
  if (left.length > 0) {
    world.print(`left out of a quick run: ${left.map(({ name }) => name).join(", ")}`);
  }
  if (options.markdown) world.print(`\n${markdown(results)}`);
  if (options.json !== null) write(options.json, json(results));
}

function select(names: readonly string[]): Row[] {
  const rows = allRows();
  if (names.length === 0) return rows;
  const chosen = new Set<Row>();
  for (const name of names) {
    const found = rowsNamed(rows, name);
    if (found.length === 0) throw new UsageError(`no row "${name}" (--list prints all)`);
    for (const row of found) chosen.add(row);
  }
  return rows.filter((row) => chosen.has(row));
}

/** Told now rather than after minutes of measuring. */
function checkWritable(file: string): void {
  fileAccess(file, () => closeSync(openSync(file, "a")));
}

function write(file: string, text: string): void {
  fileAccess(file, () => writeFileSync(file, text));
}

function fileAccess(file: string, access: () => void): void {
  try {
    access();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(",")[0] : String(error);
    throw new UsageError(`cannot write ${file}: ${reason}`);
  }
}
