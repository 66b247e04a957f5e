import { parseOptions, UsageError } from "@mem/common";

/** What the command was asked to do. */
export interface CommandOptions {
  readonly help: boolean;
  readonly list: boolean;
  /** Finish within a minute. */
  readonly quick: boolean;
  /** Print the table in Markdown at the end. */
  readonly markdown: boolean;
  /** Where to write the results. */
  readonly json: string | null;
  /** Rows to measure, by the beginnings of their names; empty means all. */
  readonly names: readonly string[];
}

/** The text of `--help`. */
export const HELP = `Usage: npm run bench -- [options] [NAME...]
       npm run bench -- --other [WORD...]

Measures what accesses and changes of topology cost, and compares: each ratio is the median of
rounds that time the row and what it is compared with back to back. The spread goes from the 10th
to the 90th percentile of the rounds, relative to their median.

NAME picks rows: "mmio" is mmio and mmio.store, "ram." everything that begins so.

Options:
  --quick       fewer rounds, without the largest maps: less than a minute
  --json FILE   also write the results to FILE
  --markdown    also print the table in Markdown
  --list        print the names of all rows
  --other       run the other benchmarks instead (packages/*/bench), all or those whose path
                holds a WORD
  --help        print this text
`;

/**
 * Parses the command's arguments.
 *
 * @throws {UsageError} on an unknown option, or one that lacks its value.
 */
export function parseCommandLine(argv: readonly string[]): CommandOptions {
  const { values, positionals } = parse(argv);
  const { help = false, list = false, quick = false, markdown = false, json } = values;
  if (json === "") throw new UsageError("--json takes the name of a file");
  return { help, list, quick, markdown, json: json ?? null, names: positionals };
}

function parse(argv: readonly string[]) {
  return parseOptions(argv, {
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      list: { type: "boolean" },
      quick: { type: "boolean" },
      markdown: { type: "boolean" },
      json: { type: "string" },
    },
  });
}
