/** `-readconfig` and `-writeconfig`. */
import { readFileSync, writeFileSync } from "node:fs";

import { optionError } from "../cli-error.js";
import { hostErrorText } from "../host-error.js";
import { ConfigSyntaxError, parseConfig, type ConfigSection } from "../../text/ini.js";
import { formatConfig } from "./format.js";
import { mergeSections, sectionOf, wordsOf, type OptionWords } from "./sections.js";

/** Handed each option of a file, with its line. */
type Take = (words: OptionWords, where: string) => void;

/** Read the options of the file at `path`. @throws CliError naming the file, and the line */
export function readConfig(path: string, typed: string, take: Take): void {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw optionError(`${typed} ${path}`, `cannot read the file: ${hostErrorText(error)}`);
  }
  let sections: readonly ConfigSection[];
  try {
    sections = parseConfig(text);
  } catch (error) {
    if (!(error instanceof ConfigSyntaxError)) throw error;
    throw optionError(`${path}:${error.line}`, error.message);
  }
  for (const section of sections) {
    const where = `${path}:${section.line}`;
    try {
      take(wordsOf(section), where);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "CliError") throw error;
      throw error.message.startsWith(where) ? error : optionError(where, error.message);
    }
  }
}

/** Write the options that were given into the file at `path`. @throws CliError when it cannot be */
export function writeConfig(
  path: string,
  typed: string,
  given: readonly OptionWords[],
  standardOutput: (text: string) => void,
): void {
  try {
    const text = formatConfig(mergeSections(given.flatMap((words) => sectionOf(words) ?? [])));
    if (path === "-") standardOutput(text);
    else writeFileSync(path, text);
  } catch (error) {
    throw optionError(`${typed} ${path}`, `cannot write the file: ${hostErrorText(error)}`);
  }
}
