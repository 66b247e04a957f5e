import { parseOptions, UsageError, wholeNumber } from "@mem/common";

/** What the command was asked to do. */
export interface CommandOptions {
  readonly help: boolean;
  /** Only scripts of these families; empty means all. */
  readonly families: readonly string[];
  /** Only scripts with these seeds; empty means all. */
  readonly seeds: readonly number[];
  /** How many mismatches of a family are printed in full. */
  readonly mismatches: number;
  readonly updateRatchet: boolean;
  /** Whether every access is traced, which must change nothing. */
  readonly traced: boolean;
  /** Recordings to replay; empty means the project's own. */
  readonly files: readonly string[];
}

/** The text of `--help`. */
export const HELP = `Usage: npm run conformance -- [options] [FILE...]

Replays recorded scripts of memory API calls through the packages and compares every result and
every callback with what the reference system answered.

FILE is a recording, .jsonl or .jsonl.gz, one script a line; without FILE the project's own
recordings (tools/conformance/corpus) are replayed.

Options:
  --family NAME      only scripts of this family (may be repeated)
  --script SEED      only the script with this seed (may be repeated)
  --mismatches N     print the first N mismatches of each family (default 5)
  --update-ratchet   add the families that pass in full to ratchet.json; never removes one
  --traced           trace every access meanwhile, which must change nothing
  --help             print this text

Prints the mismatches, a line "FAMILY: N passed, M failed" for each family, and last the sums.
Exits with 1 if anything failed.
`;

/**
 * Parses the command's arguments.
 *
 * @throws {UsageError} on an unknown option, or a value that makes no sense.
 */
export function parseCommandLine(argv: readonly string[]): CommandOptions {
  const values = parse(argv);
  const files = values.positionals;
  const updateRatchet = values.values["update-ratchet"] ?? false;
  const families = values.values.family ?? [];
  const seeds = (values.values.script ?? []).map((text) => wholeNumber("--script", text));
  if (updateRatchet && (files.length > 0 || seeds.length > 0)) {
    throw new UsageError("--update-ratchet replays whole families: no FILE, no --script");
  }
  return {
    help: values.values.help ?? false,
    families,
    seeds,
    mismatches: wholeNumber("--mismatches", values.values.mismatches ?? "5"),
    updateRatchet,
    traced: values.values.traced ?? false,
    files,
  };
}

function parse(argv: readonly string[]) {
  return parseOptions(argv, {
    allowPositionals: true,
    options: {
      family: { type: "string", multiple: true },
      script: { type: "string", multiple: true },
      mismatches: { type: "string" },
      "update-ratchet": { type: "boolean" },
      traced: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
}
