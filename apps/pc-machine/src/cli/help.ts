/** The text of `-help`. */
import { KEYS_HELP } from "../terminal/escape-keys.js";
import { optionGroups, type OptionDefinition } from "./options/index.js";

const COLUMN = 4;

function optionLines({ names, argument, help, ours }: OptionDefinition): string[] {
  const heads = names.map((name) => `${ours === true ? "--" : "-"}${name}`).join(", ");
  const head = argument === null ? heads : `${heads} ${argument}`;
  return [`  ${head}`, ...help.map((line) => " ".repeat(COLUMN + 2) + line)];
}

/** Every option with what it does, and the keys. Ends with a newline. */
export function helpText(): string {
  const lines = [
    "usage: mem-pc [options] [disk image]",
    "       mem-pc map [options]    the memory map as a picture or text: mem-pc map --help",
    "",
    "A PC on the terminal: its first serial port is the console.",
    "Options are QEMU's where it has them, with one dash or two.",
  ];
  for (const { title, options } of optionGroups) {
    lines.push("", `${title}:`, ...options.flatMap(optionLines));
  }
  lines.push("", "This program:", "  -h, -help", "      this text");
  lines.push("  -version", "      the version");
  lines.push("", "Keys on the terminal:", ...KEYS_HELP.map((line) => `  ${line}`));
  return `${lines.join("\n")}\n`;
}
