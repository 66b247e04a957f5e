/** The text of `-help`. */
import { KEYS_HELP } from "../terminal/escape-keys.js";
import { plainStyle, type Style } from "../text/style.js";
import { optionGroups, type OptionDefinition } from "./options/index.js";

const COLUMN = 4;

function optionLines({ names, argument, help, ours }: OptionDefinition, style: Style): string[] {
  const heads = names
    .map((name) => style("name", `${ours === true ? "--" : "-"}${name}`))
    .join(", ");
  const head = argument === null ? heads : `${heads} ${argument}`;
  return [`  ${head}`, ...help.map((line) => " ".repeat(COLUMN + 2) + line)];
}

/** Every option with what it does, and the keys. Ends with a newline. */
export function helpText(style: Style = plainStyle): string {
  const lines = [
    "usage: mem-pc [options] [disk image]",
    "       mem-pc linux [options]  boot Debian's Linux to a shell: mem-pc linux --help",
    "       mem-pc map [options]    the memory map as a picture or text: mem-pc map --help",
    "       mem-pc completion bash|zsh|fish    completion for a shell",
    "       mem-pc man              the manual page",
    "",
    "A PC on the terminal: its first serial port is the console.",
    "Options are QEMU's where it has them, with one dash or two; `help` as the argument of",
    "-cpu, -M, -device, -chardev, -vga, -accel or -d lists what there is.",
  ];
  for (const { title, options } of optionGroups) {
    const heading = style("heading", `${title}:`);
    lines.push("", heading, ...options.flatMap((option) => optionLines(option, style)));
  }
  lines.push(
    "",
    style("heading", "Keys on the terminal:"),
    ...KEYS_HELP.map((line) => `  ${line}`),
  );
  return `${lines.join("\n")}\n`;
}
