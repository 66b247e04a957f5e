/** The words behind `map`. */
import { CliError, optionError } from "./cli-error.js";
import type { FirmwareRun } from "./firmware-run.js";

/** What `map` is to write. */
export interface MapRequest {
  /** The file of the picture, `-` for standard output; `null`: text instead. */
  readonly svg: string | null;
  readonly space: "memory" | "io";
  /** Addresses from `start` up to, but without, `end`. */
  readonly window: { readonly start: bigint; readonly end: bigint } | null;
  readonly run: FirmwareRun;
  readonly showHidden: boolean;
  readonly showDisabled: boolean;
}

/** Names of options with an argument, and how the help shows it. */
const WITH_ARGUMENT = ["svg", "space", "window", "steps"] as const;
const WITHOUT = ["after-firmware", "seen-only", "disabled"] as const;
const MOST_STEPS = 10 ** 12;

type Given = Map<string, string>;

/** The text of `map --help`. */
export const MAP_HELP = `usage: mem-pc map [options] [options of the PC]

Builds the PC and writes its memory map; nothing is shown of what the guest writes.
Without --svg it writes the text of the monitor's \`info mtree\`.

  --svg FILE
      draw the map as a picture; - is standard output
  --space memory|io
      which addresses to draw (default memory)
  --window START-END
      only these addresses, the last one included, such as 0xa0000-0xfffff
  --after-firmware
      first run the firmware until it only waits
  --steps N
      first run N instructions
  --seen-only
      leave out regions of which nothing shows
  --disabled
      draw disabled regions too

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
    if (WITHOUT.some((known) => known === name)) {
      if (joined !== undefined) throw optionError(`--${name}`, "takes no argument");
      given.set(name, "");
    } else if (WITH_ARGUMENT.some((known) => known === name)) {
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
  return {
    svg: given.get("svg") ?? null,
    space,
    window: window === undefined ? null : windowOf(window),
    run: runOf(given),
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
