/** `-accel`: the way guest code is run. */
import type { JitSettings } from "../../../board/options/options.js";
import type { CommandLine } from "../../command-line.js";
import { KeyValues } from "../../key-values.js";
import { parseSize } from "../../../text/size.js";
import { listing, type OptionDefinition } from "../definition.js";

/** Names of what runs guest code: QEMU's, and two of our own. */
export const ACCELERATORS = ["interp", "jit", "tcg", "qtest"];
/** Names of QEMU's that need something of the host which is not used here. */
const ABSENT = ["kvm", "hax", "hvf", "nvmm", "whpx", "xen"];

/** Bytes of translated code that are worth having at least, and that a processor can have at most. */
const LEAST_BYTES = 2 ** 20;
const MOST_BYTES = 2 ** 30;

/** The accelerator of a name. */
function acceleratorOf(name: string): CommandLine["accel"] {
  return name === "jit" || name === "qtest" ? name : "interp";
}

/**
 * Choose what runs guest code: the first that there is of `names`, and of earlier options'.
 * @param names names with colons between them, the best first
 * @returns true if it is this option's
 * @throws CliError for a name that is none
 */
export function chooseAccelerator(line: CommandLine, names: string, keys: KeyValues): boolean {
  const list = names.split(":");
  const known = [...ACCELERATORS, ...ABSENT];
  if (!list.every((name) => known.includes(name))) {
    throw keys.error(`accel=${names}: must be ${ACCELERATORS.join(" or ")}`);
  }
  const isAsked = line.accelAsked;
  const found = list.find((name) => ACCELERATORS.includes(name));
  for (const name of list) {
    if (name === found) break;
    if (!isAsked) line.notes.push(`accel=${name}: there is none here: the next one is taken`);
  }
  if (found === undefined || isAsked) return false;
  line.accel = acceleratorOf(found);
  line.accelAsked = true;
  return true;
}

/** The translator's settings. @throws CliError for a value that cannot be */
function jitSettings(keys: KeyValues): JitSettings {
  const isOneByOne = keys.flag("one-insn-per-tb");
  const links = keys.flag("links");
  const countRuns = keys.flag("count-runs");
  const size = keys.get("tb-size");
  const bytes = size === undefined ? undefined : parseSize(size, "M");
  if (bytes === null || (bytes !== undefined && (bytes < LEAST_BYTES || bytes > MOST_BYTES))) {
    throw keys.error("tb-size is 1 to 1024, in MiB");
  }
  return {
    ...(isOneByOne === true ? { instructions: 1 } : {}),
    ...(links === undefined ? {} : { links }),
    ...(countRuns === undefined ? {} : { countRuns }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** The option. */
export const accelOption: OptionDefinition = {
  names: ["accel"],
  argument: "jit|interp|qtest[,KEY=VALUE...]",
  help: [
    "how guest code is run: translated to WebAssembly (the default), interpreted (tcg is another",
    "name), or, with qtest, not at all: time moves when qtest's clock_step says so; the first",
    "one that there is counts (kvm is not); of the translator: one-insn-per-tb=on, links=off,",
    "count-runs=on, tb-size=MIB (see `info jit`)",
  ],
  values: ACCELERATORS,
  list: listing([
    "tcg  the interpreter; interp names it too",
    "jit  translates what runs often to WebAssembly",
    "qtest  runs no guest code",
  ]),
  config: { group: "accel", implied: "accel", repeats: true },
  apply: (line, value, option) => {
    const keys = new KeyValues(option, value, "accel");
    const isChosen = chooseAccelerator(line, keys.need("accel"), keys);
    keys.choice("thread", ["single", "multi"]);
    const settings = jitSettings(keys);
    if (isChosen) line.jit = settings;
    keys.finish();
  },
};
