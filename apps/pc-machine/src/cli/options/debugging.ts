/** Options about debugging the guest. */
import type { CharacterTarget, CommandLine } from "../command-line.js";
import { parseTarget } from "./characters.js";
import type { OptionGroup } from "./definition.js";

/** Loopback alone: whoever connects commands the machine. */
const DEFAULT_TARGET = "tcp:127.0.0.1:1234";
const SOCKET = /^(?:tcp|unix):/;

/**
 * The place that `value` names: gdb connects to the machine, unless it says otherwise; the machine does not wait for it.
 * @throws CliError when it names none
 */
export function gdbPlace(value: string, option: string): CharacterTarget {
  const client = /(?:^|,)server(?:[=,]|$)/.test(value);
  const text = SOCKET.test(value) && !client ? `${value},server=on,wait=off` : value;
  return parseTarget(option, text);
}

function applyGdb(line: CommandLine, value: string, option: string): void {
  const target = gdbPlace(value, option);
  line.gdb = target.kind === "none" ? null : { target, option };
}

/** Everything about debugging. */
export const debuggingOptions: OptionGroup = {
  title: "Debugging",
  options: [
    {
      names: ["s"],
      argument: null,
      help: [`wait for gdb at ${DEFAULT_TARGET}, that is: \`target remote :1234\``],
      apply: (line, _, option) => applyGdb(line, DEFAULT_TARGET, option),
    },
    {
      names: ["gdb"],
      argument: "TARGET",
      help: ["wait for gdb elsewhere: tcp:HOST:PORT, unix:PATH, stdio or chardev:ID; or none"],
      values: ["tcp:", "unix:", "stdio", "chardev:", "none"],
      apply: applyGdb,
    },
  ],
};
