import type { parseArgs, ParseArgsConfig } from "node:util";

/** A command line that makes no sense; the message is fit for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `parseArgs` makes of a command line. */
type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

/**
 * Parses arguments by Node's `parseArgs`.
 *
 * @throws {UsageError} on an option that is unknown, or lacks its value, in one line.
 */
export function parseOptions<const T extends ParseArgsConfig>(
  argv: readonly string[],
  config: T,
): Parsed<T> {
  // Package managers hand a separating "--" on to the script.
  const args = argv[0] === "--" ? argv.slice(1) : argv.slice();
  try {
    // Tests that only need random numbers load this file in runtimes that have no modules of Node.
    const util = process.getBuiltinModule("node:util");
    return util.parseArgs({ ...config, args }) as Parsed<T>;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UsageError(text.split(/\.? To specify|\n/, 1)[0] ?? text);
  }
}

/**
 * The number that is an option's value.
 *
 * @throws {UsageError} unless it is a whole number from 0 to 2^53 - 1.
 */
export function wholeNumber(option: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new UsageError(`${option} takes a whole number, not "${text}"`);
  }
  return value;
}
