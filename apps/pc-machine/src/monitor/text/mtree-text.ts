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
  const { counts, ...switches } = mtreeFlags(argument.split(/\s+/));
  return mtree(machine, { ...switches, ...(counts ? { remark } : {}) })
    .map((block, index) => `${block.replace(/^FlatView$/m, `FlatView #${index}`)}\n\n`)
    .join("");
}

/**
 * Form of the map that flags ask for. Empty words are passed over.
 * @throws MonitorError for an unknown flag, and for what is none
 */
export function mtreeFlags(
  words: readonly string[],
): { readonly [Flag in Switch]?: boolean } & { readonly counts: boolean } {
  const switches: { [Flag in Switch]?: boolean } = {};
  let counts = false;
  for (const word of words.filter((part) => part !== "")) {
    const letters = word.startsWith("-") ? word.slice(1) : "";
    if (letters === "") {
      throw new MonitorError("mtree: extraneous characters at the end of line");
    }
    for (const letter of letters) {
      if (letter === "c") {
        counts = true;
        continue;
      }
      const flag = FLAGS[letter];
      if (flag === undefined) {
        throw new MonitorError(`mtree: unsupported option -${letter}`);
      }
      switches[flag] = true;
    }
  }
  return { ...switches, counts };
}
