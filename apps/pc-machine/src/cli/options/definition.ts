/**
 * Description of an option for the parser, the help, the manual page, shells, and configuration
 * files.
 */
import type { CommandLine } from "../command-line.js";

/** Values of an argument, for a shell that completes it. */
export type ArgumentValues = "file" | readonly string[];

/** The place where an option stands in a configuration file (`-readconfig`). */
export interface ConfigPlace {
  /** The group, which is the section's name: QEMU's. */
  readonly group: string;
  /** The key of a first part without `=`, as in `-m 64`. */
  readonly implied?: string;
  /** Further keys that the option stands for, as `index=0,media=disk` for `-hda`. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** The argument in the form `key=value,...`, where it has a shorter one. */
  list?(value: string): string;
  /** The whole argument is the value of the implied key, whatever commas it has. */
  readonly whole?: boolean;
  /** Each use is a section of its own; without this, later ones change what the first one set. */
  readonly repeats?: boolean;
}

/** One option, under all its names. */
export interface OptionDefinition {
  /** Names without dashes, the usual one first. */
  readonly names: readonly string[];
  /** QEMU has no such option; the help shows it with two dashes. */
  readonly ours?: boolean;
  /** Argument as the help shows it; `null` for an option without one. */
  readonly argument: string | null;
  /** Lines of the help, each short enough for a terminal. */
  readonly help: readonly string[];
  /** Arguments that a shell offers. */
  readonly values?: ArgumentValues | (() => readonly string[]);
  /** Lines to print instead, where the argument asks for a list; `null` where it does not. */
  list?(value: string): readonly string[] | null;
  /** Its place in a configuration file; absent for an option that has none there. */
  readonly config?: ConfigPlace;
  /**
   * Take the option into account.
   * @param option the option as it was typed
   * @throws CliError when the value cannot be used
   */
  apply(line: CommandLine, value: string, option: string): void;
}

/** The listing that the argument `help` asks for. */
export function listing(lines: readonly string[]): (value: string) => readonly string[] | null {
  return (value) => (value === "help" || value === "?" ? lines : null);
}

/** The listing of the keys of an option, with the types of their values, as QEMU prints it. */
export function keyListing(
  group: string,
  keys: Readonly<Record<string, string>>,
): (value: string) => readonly string[] | null {
  const lines = Object.entries(keys).map(([key, type]) => `  ${key}=<${type}>`);
  return listing([`${group} options:`, ...lines]);
}

/** Options of one subject, with their heading in the help. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionDefinition[];
}
