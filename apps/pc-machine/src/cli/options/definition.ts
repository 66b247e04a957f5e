/** What an option is to the parser and to the help. */
import type { CommandLine } from "../command-line.js";

/** One option, under all its names. */
export interface OptionDefinition {
  /** Names without dashes, the usual one first. */
  readonly names: readonly string[];
  /** QEMU has no such option; the help shows it with two dashes. */
  readonly ours?: boolean;
  /** How the help shows the argument; `null` for an option without one. */
  readonly argument: string | null;
  /** Lines of the help, each short enough for a terminal. */
  readonly help: readonly string[];
  /**
   * Take the option into account.
   * @param option the option as it was typed
   * @throws CliError when the value cannot be used
   */
  apply(line: CommandLine, value: string, option: string): void;
}

/** Options of one subject, with their heading in the help. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionDefinition[];
}
