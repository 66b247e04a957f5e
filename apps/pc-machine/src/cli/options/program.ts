/** Options about the program itself: what it prints, and files that hold options. */
import type { OptionGroup } from "./definition.js";

/** Names that ask for the help. */
export const HELP_NAMES: readonly string[] = ["h", "help"];
export const VERSION_NAME = "version";
/** Options that the parser itself obeys: other options come out of a file, or go into one. */
export const READ_CONFIG = "readconfig";
export const WRITE_CONFIG = "writeconfig";

const parsed = (): void => undefined;

/** Everything about the program. */
export const programOptions: OptionGroup = {
  title: "This program",
  options: [
    { names: HELP_NAMES, argument: null, help: ["this text"], apply: parsed },
    { names: [VERSION_NAME], argument: null, help: ["the version"], apply: parsed },
    {
      names: [READ_CONFIG],
      argument: "FILE",
      help: ["read further options from a file of QEMU's form: sections such as [memory]"],
      values: "file",
      apply: parsed,
    },
    {
      names: [WRITE_CONFIG],
      argument: "FILE",
      help: [
        "write the options to such a file (- is standard output), as far as they are lists",
        "of keys and values, and run",
      ],
      values: "file",
      apply: parsed,
    },
  ],
};
