/** The manual page, from the table of options that `--help` shows. */
import { KEYS_HELP } from "../../terminal/escape-keys.js";
import { LINUX_OPTIONS } from "../linux/linux-options.js";
import { MAP_OPTIONS } from "../map/map-options.js";
import { optionGroups, type OptionDefinition } from "../options/index.js";
import { NAME, VERSION } from "../version.js";
import { SHELLS } from "./shells.js";

/** The page in the `man` macros. Ends with a newline. */
export function manPage(): string {
  const lines = [
    `.TH ${NAME.toUpperCase()} 1 "" "Mem ${VERSION}" "User Commands"`,
    ".SH NAME",
    `${escaped(NAME)} \\- a PC in the terminal`,
    ".SH SYNOPSIS",
    `.B ${escaped(NAME)}`,
    "[\\fIoptions\\fR] [\\fIdisk image\\fR]",
    ".br",
    `.B ${escaped(`${NAME} map`)}`,
    "[\\fIoptions\\fR]",
    ".br",
    `.B ${escaped(`${NAME} completion`)}`,
    SHELLS.join("|"),
    ".br",
    `.B ${escaped(`${NAME} linux`)}`,
    "[\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    "Runs a PC, whose first serial port is the console. It is QEMU's",
    "\\fBpc\\fR board with the same memory map, and a processor that is interpreted.",
    "Options are QEMU's where it has them, with one dash or two.",
    ".SH OPTIONS",
    ...optionGroups.flatMap(({ title, options }) => [
      `.SS ${escaped(title)}`,
      ...options.flatMap(optionLines),
    ]),
    ".SH COMMANDS",
    ".TP",
    "\\fBlinux\\fR [\\fIoptions\\fR]",
    "Boot Debian's Linux to a shell: fetch kernel and BusyBox by apt, make an initrd, both below",
    "the user's cache directory, and run. It takes the options of a run, and:",
    ".RS",
    ...commandOptions(LINUX_OPTIONS),
    ".RE",
    ".TP",
    "\\fBmap\\fR [\\fIoptions\\fR]",
    "Write the memory map, as a picture or as text, and do not run. It takes the options of a",
    "run, and:",
    ".RS",
    ...commandOptions(MAP_OPTIONS),
    ".RE",
    ".TP",
    `\\fBcompletion\\fR ${SHELLS.join("|")}`,
    "Print what the shell needs to complete this program's options.",
    ".TP",
    "\\fBman\\fR",
    "Print this page.",
    ".SH KEYS",
    ...KEYS_HELP.flatMap((line) => {
      const [, keys = line, does = ""] = /^(.*?) {2,}(.*)$/.exec(line) ?? [];
      return [".TP", `\\fB${escaped(keys)}\\fR`, escaped(does)];
    }),
    ".SH EXIT STATUS",
    ".TP",
    "0",
    "the guest switched off, or was left with \\fBquit\\fR or Ctrl\\-A x",
    ".TP",
    "1",
    "the command line asks for what cannot be had",
    ".TP",
    "128+n",
    "signal n ended the program",
    ".SH ENVIRONMENT",
    ".TP",
    "\\fBNO_COLOR\\fR",
    "set to anything: no colours",
    ".SH SEE ALSO",
    "\\fBqemu\\fR(1)",
  ];
  return `${lines.join("\n")}\n`;
}

function commandOptions(
  options: readonly {
    readonly name: string;
    readonly argument: string | null;
    readonly help: string;
  }[],
): string[] {
  return options.flatMap(({ name, argument, help }) => [
    ".TP",
    head([`--${name}`], argument),
    escaped(help),
  ]);
}

function optionLines({ names, argument, help, ours }: OptionDefinition): string[] {
  const dashes = ours === true ? "--" : "-";
  return [
    ".TP",
    head(
      names.map((name) => dashes + name),
      argument,
    ),
    ...help.map(escaped),
  ];
}

function head(words: readonly string[], argument: string | null): string {
  const bold = words.map((word) => `\\fB${escaped(word)}\\fR`).join(", ");
  return argument === null ? bold : `${bold} \\fI${escaped(argument)}\\fR`;
}

/** Text that troff shows as it is. */
function escaped(text: string): string {
  const safe = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}
