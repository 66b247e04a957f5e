/** The words behind `map`. */
import { CliError, optionError } from "../cli-error.js";
import type { FirmwareRun } from "../run/firmware-run.js";

/** Output that `map` is to write. */
export interface MapRequest {
  /** The file of the picture, `-` for standard output; `null`: text instead. */
  readonly svg: string | null;
  /** JSON instead of text. */
  readonly json: boolean;
  readonly space: "memory" | "io";
  /** Addresses from `start` up to, but without, `end`. */
  readonly window: { readonly start: bigint; readonly end: bigint } | null;
  readonly run: FirmwareRun;
  /** The flat views instead of the trees, in text and JSON. */
  readonly flat: boolean;
  /** The owners of regions and ranges, in text and JSON. */
  readonly owners: boolean;
  readonly showHidden: boolean;
  readonly showDisabled: boolean;
}

/** An option of `map`. */
interface MapOption {
  /** Behind two dashes. */
  readonly name: string;
  /** Argument as the help shows it; `null` for an option without one. */
  readonly argument: string | null;
  /** Arguments that a shell offers. */
  readonly values?: "file" | readonly string[];
  readonly help: string;
}

/** The options of `map`, in the order of its help. */
export const MAP_OPTIONS: readonly MapOption[] = [
  {
    name: "svg",
    argument: "FILE",
    values: "file",
    help: "draw the map as a picture; - is standard output",
  },
  { name: "json", argument: null, help: "write the map as JSON: trees and flat views" },
  {
    name: "flat",
    argument: null,
    help: "as text or JSON: only the flat views, as `info mtree -f` has them",
  },
  {
    name: "owners",
    argument: null,
    help: "as text or JSON: who owns each region, as `info mtree -o` has it",
  },
  {
    name: "space",
    argument: "memory|io",
    values: ["memory", "io"],
    help: "which addresses to draw (default memory)",
  },
  {
    name: "window",
    argument: "START-END",
    help: "only these addresses, the last one included, such as 0xa0000-0xfffff",
  },
  { name: "after-firmware", argument: null, help: "first run the firmware until it only waits" },
  { name: "steps", argument: "N", help: "first run N instructions" },
  { name: "seen-only", argument: null, help: "leave out regions of which nothing shows" },
  { name: "disabled", argument: null, help: "disabled regions too" },
];

const MOST_STEPS = 10 ** 12;

type Given = Map<string, string>;

/** The text of `map --help`. */
export const MAP_HELP = `usage: mem-pc map [options] [options of the PC]

Builds the PC and writes its memory map; nothing is shown of what the guest writes.
Without --svg or --json it writes the text of the monitor's \`info mtree\`.

${MAP_OPTIONS.map(({ name, argument, help }) => `  --${name}${argument === null ? "" : ` ${argument}`}\n      ${help}\n`).join("")}
Other options, such as -m and -bios, are those of a run: see mem-pc --help.
`;

/**
 * Take the options of `map` from among the words behind it.
 * @returns the request, or `null` where the help was asked for; and the words that are left
 * @throws CliError for the first thing that is wrong
 */
export function takeMapOptions(words: readonly string[]): {
  readonly request: MapRequest | null;
  readonly rest: readonly string[];
} {
  const given: Given = new Map();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [, name = "", joined] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === "help" || word === "-h" || word === "-help") return { request: null, rest: [] };
    const option = MAP_OPTIONS.find((known) => known.name === name);
    if (option?.argument === null) {
      if (joined !== undefined) throw optionError(`--${name}`, "takes no argument");
      given.set(name, "");
    } else if (option !== undefined) {
      const value = joined ?? words[++at];
      if (value === undefined || value === "") {
        throw optionError(`--${name}`, "requires an argument");
      }
      given.set(name, value);
    } else {
      rest.push(word);
    }
  }
  return { request: requestOf(given), rest };
}

function requestOf(given: Given): MapRequest {
  const space = given.get("space") ?? "memory";
  if (space !== "memory" && space !== "io") {
    throw optionError(`--space ${space}`, "there are memory and io");
  }
  const window = given.get("window");
  if (given.has("json") && given.has("svg")) {
    throw new CliError("--json: give either that or --svg");
  }
  for (const name of ["flat", "owners"]) {
    if (given.has(name) && given.has("svg")) {
      throw optionError(`--${name}`, "goes with text and --json, not with --svg");
    }
  }
  return {
    svg: given.get("svg") ?? null,
    json: given.has("json"),
    space,
    window: window === undefined ? null : windowOf(window),
    run: runOf(given),
    flat: given.has("flat"),
    owners: given.has("owners"),
    showHidden: !given.has("seen-only"),
    showDisabled: given.has("disabled"),
  };
}

function runOf(given: Given): FirmwareRun {
  const steps = given.get("steps");
  if (steps === undefined) return { kind: given.has("after-firmware") ? "until-idle" : "none" };
  if (given.has("after-firmware")) {
    throw new CliError("--steps: give either that or --after-firmware");
  }
  const count = Number(steps);
  if (!/^\d+$/.test(steps) || count > MOST_STEPS) {
    throw optionError(`--steps ${steps}`, `a number of instructions, up to ${MOST_STEPS}`);
  }
  return { kind: "steps", steps: count };
}

function windowOf(text: string): { start: bigint; end: bigint } {
  const [, first, last] =
    /^(0x[0-9a-f]{1,16}|\d{1,20})-(0x[0-9a-f]{1,16}|\d{1,20})$/i.exec(text) ?? [];
  const fail = (why: string): CliError => optionError(`--window ${text}`, why);
  if (first === undefined || last === undefined) {
    throw fail("two addresses with a - between them, such as 0xa0000-0xfffff");
  }
  const start = BigInt(first);
  const end = BigInt(last) + 1n;
  if (end > 2n ** 64n) throw fail("addresses end at 0xffffffffffffffff");
  if (start >= end) throw fail("the first address is above the last");
  return { start, end };
}
