/** `-icount`: time that instructions make. */
import { parseNumber } from "../../../text/size.js";
import type { CommandLine } from "../../command-line.js";
import { KeyValues } from "../../key-values.js";
import type { OptionDefinition } from "../definition.js";

const MOST_SHIFT = 10;
const AUTO_SHIFT = 3;

function apply(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "shift");
  const text = keys.get("shift");
  const align = keys.flag("align") ?? false;
  const sleep = keys.flag("sleep") ?? true;
  keys.finish();
  if (text === undefined) {
    if (align) throw keys.error("Please specify shift option when using align");
    return;
  }
  const shift = text === "auto" ? AUTO_SHIFT : parseNumber(text);
  if (shift === null || shift > MOST_SHIFT) {
    throw keys.error(`the shift is 0 to ${MOST_SHIFT}, or auto`);
  }
  if (align && !sleep) throw keys.error("align=on and sleep=off are incompatible");
  if (align) {
    line.notes.push(`${option} ${value}: accepted without effect: time waits for no other clock`);
  }
  line.icountShift = shift;
}

/** The option. */
export const icountOption: OptionDefinition = {
  names: ["icount"],
  argument: "[shift=]N|auto",
  help: [
    "deterministic time: an instruction takes 2^N ns (0 to 10), and time a halted",
    "processor waits is skipped; the same run gives the same times",
  ],
  values: ["auto", "shift="],
  config: { group: "icount", implied: "shift" },
  apply,
};
