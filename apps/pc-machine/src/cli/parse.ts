/** From the words of a command line to what it asks for. */
import { CliError, optionError } from "./cli-error.js";
import { emptyCommandLine, type CommandLine } from "./command-line.js";
import { takeMapOptions, type MapRequest } from "./map-options.js";
import { findOption } from "./options/index.js";
import { addDisk } from "./options/storage.js";

/** What the program is to do. */
export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "map-help" }
  | { readonly kind: "map"; readonly line: CommandLine; readonly map: MapRequest }
  | { readonly kind: "run"; readonly line: CommandLine };

const HELP = new Set(["h", "help"]);

/**
 * Understand `words`. Options take one dash or two; `--option=value` works with two. A word that is
 * no option is a disk image, as `-hda`; but `map` as the first is the command.
 * @throws CliError for the first thing that is wrong
 */
export function parseCommandLine(words: readonly string[]): Request {
  return words[0] === "map" ? parseMap(words.slice(1)) : parseRun(words);
}

/** The word `map` comes first; a disk image of that name is `./map`. */
function parseMap(words: readonly string[]): Request {
  const { request: map, rest } = takeMapOptions(words);
  if (map === null) return { kind: "map-help" };
  const run = parseRun(rest);
  return run.kind === "run" ? { kind: "map", line: run.line, map } : run;
}

function parseRun(words: readonly string[]): Exclude<Request, { kind: "map" | "map-help" }> {
  const line = emptyCommandLine();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) {
      addDisk(line, word, 0, word);
      continue;
    }
    const { name, joined } = splitWord(word);
    if (HELP.has(name)) {
      return { kind: "help" };
    }
    if (name === "version") {
      return { kind: "version" };
    }
    const option = findOption(name);
    if (option === undefined) {
      throw new CliError(`${word}: invalid option`);
    }
    const typed = word.slice(0, word.length - (joined === null ? 0 : joined.length + 1));
    let value = "";
    if (option.argument === null) {
      if (joined !== null) {
        throw optionError(typed, "takes no argument");
      }
    } else if (joined !== null) {
      value = joined;
    } else {
      at++;
      const next = words[at];
      if (next === undefined) {
        throw optionError(typed, `requires an argument (${option.argument})`);
      }
      value = next;
    }
    option.apply(line, value, typed);
  }
  return { kind: "run", line };
}

/** The name behind the dashes, and the value behind `=` of a long option. */
function splitWord(word: string): { name: string; joined: string | null } {
  if (!word.startsWith("--")) {
    return { name: word.slice(1), joined: null };
  }
  const equals = word.indexOf("=");
  return equals < 0
    ? { name: word.slice(2), joined: null }
    : { name: word.slice(2, equals), joined: word.slice(equals + 1) };
}
