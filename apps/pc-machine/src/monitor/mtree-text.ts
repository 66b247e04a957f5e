/** `info mtree` with its flags. */
import type { Machine, MtreeOptions } from "@mem/flat";

import { MonitorError } from "./monitor-error.js";

const FLAGS: Readonly<Record<string, keyof MtreeOptions>> = {
  f: "flatview",
  d: "dispatch",
  o: "owner",
  D: "disabled",
};

/** The text, a blank line after each block. @throws MonitorError for an unknown flag */
export function mtreeText(machine: Machine, argument: string): string {
  const options: { -readonly [Flag in keyof MtreeOptions]: boolean } = {};
  for (const word of argument.split(/\s+/).filter((part) => part !== "")) {
    const letters = word.startsWith("-") ? word.slice(1) : "";
    if (letters === "") {
      throw new MonitorError("mtree: extraneous characters at the end of line");
    }
    for (const letter of letters) {
      const flag = FLAGS[letter];
      if (flag === undefined) {
        throw new MonitorError(`mtree: unsupported option -${letter}`);
      }
      options[flag] = true;
    }
  }
  return machine
    .mtree(options)
    .map((block, index) => `${block.replace(/^FlatView$/m, `FlatView #${index}`)}\n\n`)
    .join("");
}
