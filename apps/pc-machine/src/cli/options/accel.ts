/** `-accel`: the way guest code is run. */
import type { JitSettings } from "../../board/options.js";
import type { CommandLine } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { parseSize } from "../../text/size.js";
import { listing, type OptionDefinition } from "./definition.js";

/** Names of what runs guest code: QEMU's, and two of our own. */
export const ACCELERATORS = ["interp", "jit", "tcg", "qtest"];

/** Bytes of translated code that are worth having at least, and that a processor can have at most. */
const LEAST_BYTES = 2 ** 20;
const MOST_BYTES = 2 ** 30;

/** The accelerator of a name. */
export function acceleratorOf(name: string | undefined): CommandLine["accel"] {
  return name === "jit" || name === "qtest" ? name : "interp";
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
    "name), or, with qtest, not at all: time moves when qtest's clock_step says so; of the",
    "translator: one-insn-per-tb=on, links=off, count-runs=on, tb-size=MIB (see `info jit`)",
  ],
  values: ACCELERATORS,
  list: listing([
    "tcg  the interpreter; interp names it too",
    "jit  translates what runs often to WebAssembly",
    "qtest  runs no guest code",
  ]),
  config: { group: "accel", implied: "accel" },
  apply: (line, value, option) => {
    const keys = new KeyValues(option, value, "accel");
    line.accel = acceleratorOf(keys.choice("accel", ACCELERATORS));
    keys.choice("thread", ["single", "multi"]);
    line.jit = jitSettings(keys);
    keys.finish();
  },
};
