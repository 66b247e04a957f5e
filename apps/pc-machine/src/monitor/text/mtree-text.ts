/** `info mtree` with its flags. */
import { type Machine, type MemoryRegion, mtree, type MtreeOptions } from "@mem/flat";

import { MonitorError } from "../monitor-error.js";

/** The flags of which {@link MtreeOptions} has a switch. */
type Switch = Exclude<keyof MtreeOptions, "remark">;

const FLAGS: Readonly<Record<string, Switch>> = {
  f: "flatview",
  d: "dispatch",
  o: "owner",
  D: "disabled",
};

/**
 * The text, a blank line after each block.
 * @param remark what `-c` adds to the line of a region
 * @throws MonitorError for an unknown flag
 */
export function mtreeText(
  machine: Machine,
  argument: string,
  remark: (region: MemoryRegion) => string = () => "",
): string {
  const options: { -readonly [Flag in Switch]?: boolean } & {
    remark?: (region: MemoryRegion) => string;
  } = {};
  for (const word of argument.split(/\s+/).filter((part) => part !== "")) {
    const letters = word.startsWith("-") ? word.slice(1) : "";
    if (letters === "") {
      throw new MonitorError("mtree: extraneous characters at the end of line");
    }
    for (const letter of letters) {
      if (letter === "c") {
        options.remark = remark;
        continue;
      }
      const flag = FLAGS[letter];
      if (flag === undefined) {
        throw new MonitorError(`mtree: unsupported option -${letter}`);
      }
      options[flag] = true;
    }
  }
  return mtree(machine, options)
    .map((block, index) => `${block.replace(/^FlatView$/m, `FlatView #${index}`)}\n\n`)
    .join("");
}
