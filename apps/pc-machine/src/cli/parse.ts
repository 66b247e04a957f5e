/** From the words of a command line to what it asks for. */
import { planDevices } from "../board/plan.js";
import { NullBackend } from "../host/chardev.js";
import { didYouMean } from "../text/nearest.js";
import { CliError, optionError } from "./cli-error.js";
import { emptyCommandLine, type CommandLine } from "./command-line.js";
import { readConfig } from "./config/files.js";
import { plainRequest, usbController } from "./back-ends/device-requests.js";
import type { OptionWords } from "./config/sections.js";
import { takeLinuxOptions, type LinuxRequest } from "./linux/linux-options.js";
import { takeMapOptions, type MapRequest } from "./map/map-options.js";
import { findOption, optionGroups, type OptionDefinition } from "./options/index.js";
import { addDefaultNic } from "./options/network.js";
import { HELP_NAMES, READ_CONFIG, VERSION_NAME, WRITE_CONFIG } from "./options/program.js";
import { whyMissing } from "./options/qemu-only.js";
import { addDisk } from "./options/storage.js";
import { isShell, SHELLS, type Shell } from "./shell/shells.js";

/** Task of the program. */
export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "map-help" }
  | { readonly kind: "man" }
  | { readonly kind: "completion"; readonly shell: Shell }
  /** Lines to print, as for `-cpu help`. */
  | { readonly kind: "list"; readonly lines: readonly string[] }
  | { readonly kind: "linux-help" }
  /** A run of a system that is first fetched and made. */
  | { readonly kind: "linux"; readonly linux: LinuxRequest; readonly run: RunRequest }
  | { readonly kind: "map"; readonly line: CommandLine; readonly map: MapRequest }
  | RunRequest;

/** The PC is to run. */
export interface RunRequest {
  readonly kind: "run";
  readonly line: CommandLine;
  /** The options as they were given, in order, those of files among them. */
  readonly given: readonly OptionWords[];
  /** File that `-writeconfig` wants them written to, as typed; `null` when not asked for. */
  readonly writeConfig: { readonly path: string; readonly typed: string } | null;
}

type OptionsRequest = Exclude<
  Request,
  { kind: "map" | "map-help" | "linux" | "linux-help" | "man" | "completion" }
>;

/**
 * Understand `words`. Options take one dash or two; `--option=value` works with two. A word that is
 * no option is a disk image, as `-hda`; but a command, such as `map`, as the first is that.
 * @throws CliError for the first thing that is wrong
 */
export function parseCommandLine(words: readonly string[]): Request {
  const [first, ...rest] = words;
  switch (first) {
    case "map":
      return parseMap(rest);
    case "linux":
      return parseLinux(rest);
    case "completion":
      return parseCompletion(rest);
    case "man":
      if (rest.length > 0) throw new CliError("man: takes no argument");
      return { kind: "man" };
    default:
      return parseRun(words);
  }
}

/** The word `map` comes first; a disk image of that name is `./map`. */
function parseMap(words: readonly string[]): Request {
  const { request: map, rest } = takeMapOptions(words);
  if (map === null) return { kind: "map-help" };
  const run = parseRun(rest);
  return run.kind === "run" ? { kind: "map", line: run.line, map } : run;
}

/** The word `linux` comes first; a disk image of that name is `./linux`. */
function parseLinux(words: readonly string[]): Request {
  const { request: linux, rest } = takeLinuxOptions(words);
  if (linux === null) return { kind: "linux-help" };
  const run = parseRun(rest);
  return run.kind === "run" ? { kind: "linux", linux, run } : run;
}

function parseCompletion([shell = "", ...more]: readonly string[]): Request {
  if (!isShell(shell) || more.length > 0) {
    throw new CliError(`completion: name a shell: ${SHELLS.join(", ")}`);
  }
  return { kind: "completion", shell };
}

function parseRun(words: readonly string[]): OptionsRequest {
  const line = emptyCommandLine();
  const given: OptionWords[] = [];
  let writeConfig: RunRequest["writeConfig"] = null;
  const take = ({ option, value }: OptionWords, typed: string): void => {
    option.apply(line, value, typed);
    given.push({ option, value });
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) {
      addDisk(line, word, 0, word);
      given.push({ option: diskOption(), value: word });
      continue;
    }
    const { name, joined } = splitWord(word);
    if (HELP_NAMES.includes(name)) {
      return { kind: "help" };
    }
    if (name === VERSION_NAME) {
      return { kind: "version" };
    }
    const option = findOption(name);
    if (option === undefined) {
      throw unknownOption(word, name);
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
    const lines = listOf(option, value);
    if (lines !== null) return { kind: "list", lines };
    if (name === READ_CONFIG) {
      readConfig(value, typed, take);
    } else if (name === WRITE_CONFIG) {
      writeConfig = { path: value, typed };
    } else {
      take({ option, value }, typed);
    }
  }
  addDefaultNic(line);
  line.devices.push(...line.virtioDisks);
  checkDevices(line);
  return { kind: "run", line, given, writeConfig };
}

/** Conflicts of devices with each other or the board. @throws CliError naming all of them */
function checkDevices(line: CommandLine): void {
  const { problems } = planDevices({
    // Those of -serial and -vga have their places; a further one has to find another.
    serial: line.serial.filter(({ kind }) => kind !== "none").map(() => new NullBackend()),
    vga: false,
    devices: [...usbController(line), ...line.nics, ...line.devices].map((device) =>
      plainRequest(device, line.globals),
    ),
  });
  if (problems.length > 0) {
    throw new CliError(problems.map(({ option, message }) => `${option}: ${message}`).join("\n"));
  }
}

function listOf(option: OptionDefinition, value: string): readonly string[] | null {
  return option.list?.(value) ?? null;
}

function unknownOption(word: string, name: string): CliError {
  const why = whyMissing(name);
  if (why !== null) return optionError(word, `an option of QEMU that is not here: ${why}`);
  const names = optionGroups.flatMap(({ options }) => options.flatMap((option) => option.names));
  const dashes = word.startsWith("--") ? "--" : "-";
  return new CliError(`${word}: invalid option${didYouMean(name, names, dashes)}`);
}

/** A word that is no option is this one's argument. */
function diskOption(): OptionDefinition {
  const option = findOption("hda");
  if (option === undefined) throw new CliError("there is no option -hda");
  return option;
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
