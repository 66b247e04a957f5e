/** Completions for a shell: the program's commands and options, as plain lists. */
import { LINUX_OPTIONS } from "../linux/linux-options.js";
import { MAP_OPTIONS } from "../map/map-options.js";
import { optionGroups, type OptionDefinition } from "../options/index.js";
import { SHELLS } from "./shells.js";

/** An option as a shell sees it. */
export interface ShellOption {
  /** As typed, with dashes. */
  readonly words: readonly string[];
  /** True if an argument follows. */
  readonly takesArgument: boolean;
  /** Values of the argument: names of files, or words. Nothing is known of it when empty. */
  readonly values: "file" | readonly string[];
  readonly help: string;
}

/** A command: a first word. */
export interface ShellCommand {
  readonly word: string;
  readonly help: string;
  readonly options: readonly ShellOption[];
  /** Words that may follow. */
  readonly arguments: readonly string[];
}

/** The options of a run. */
export function shellOptions(): readonly ShellOption[] {
  return optionGroups.flatMap(({ options }) => options.map(shellOption));
}

/** The commands. */
export function shellCommands(): readonly ShellCommand[] {
  return [
    {
      word: "linux",
      help: "boot Debian's Linux to a shell",
      options: LINUX_OPTIONS.map(commandOption),
      arguments: [],
    },
    {
      word: "map",
      help: "write the memory map as a picture or text",
      options: MAP_OPTIONS.map(commandOption),
      arguments: [],
    },
    {
      word: "completion",
      help: "print completions for a shell",
      options: [],
      arguments: SHELLS,
    },
    { word: "man", help: "print the manual page", options: [], arguments: [] },
  ];
}

/** An option of a command. */
interface CommandOption {
  readonly name: string;
  readonly argument: string | null;
  readonly values?: "file" | readonly string[];
  readonly help: string;
}

function commandOption({ name, argument, values, help }: CommandOption): ShellOption {
  return { words: [`--${name}`], takesArgument: argument !== null, values: values ?? [], help };
}

function shellOption({ names, ours, argument, values, help }: OptionDefinition): ShellOption {
  const dashes = ours === true ? "--" : "-";
  return {
    words: names.map((name) => dashes + name),
    takesArgument: argument !== null,
    values: typeof values === "function" ? values() : (values ?? []),
    help: help[0] ?? "",
  };
}
