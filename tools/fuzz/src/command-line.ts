import { parseOptions, UsageError } from "@mem/common";

/** What the command was asked to do. */
export interface CommandOptions {
  readonly help: boolean;
  /** How long to go on, in seconds. */
  readonly seconds: number;
  /** The first seed; each program has the next one. */
  readonly seed: number;
  /** How many programs at most; 0 for no limit. */
  readonly programs: number;
  /** Where to write what was found. */
  readonly json: string | null;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run fuzz -- [options]

Builds random machines and does random things to them: changes of the map, accesses of every form,
devices and listeners that act within callbacks. Most programs are compared with a naive model
after each step; in the others callbacks do and throw whatever they like, and what must hold
whatever happens is checked. The first failure is made as short as possible and printed, with the
command that repeats it.

Options:
  --seconds N   go on for N seconds (default 10)
  --seed S      begin with the program of this seed (default: by the clock)
  --programs N  end after N programs, whatever the time
  --json FILE   also write the outcome to FILE
  --help        print this text
`;

/**
 * Parses the command's arguments.
 *
 * @param now what seeds are made of unless one is given.
 * @throws {UsageError} on an unknown option, or a value that is no number.
 */
export function parseCommandLine(argv: readonly string[], now: number): CommandOptions {
  const { help = false, json, programs, seconds, seed } = parse(argv);
  if (json === "") throw new UsageError("--json takes the name of a file");
  return {
    help,
    json: json ?? null,
    seconds: number("seconds", seconds ?? "10"),
    seed: seed === undefined ? (now % 1_000_000_000) + 1 : number("seed", seed),
    programs: programs === undefined ? 0 : number("programs", programs),
  };
}

function number(name: string, text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} takes a number from 1 to 9999999999, not '${text}'`);
}

function parse(argv: readonly string[]) {
  return parseOptions(argv, {
    options: {
      help: { type: "boolean", short: "h" },
      seconds: { type: "string" },
      seed: { type: "string" },
      programs: { type: "string" },
      json: { type: "string" },
    },
  }).values;
}
