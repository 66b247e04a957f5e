/** Commands that run, stop and reset the machine. */
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { needBoard } from "../parts.js";

function plain(
  names: readonly string[],
  help: string,
  run: (context: CommandContext) => void,
): Command {
  return {
    names,
    parameters: "",
    help,
    run: (context, argument) => {
      if (argument !== "") {
        throw new MonitorError(`${names.join("|")}: extraneous characters at the end of line`);
      }
      run(context);
    },
  };
}

/** The commands on the machine as a whole. */
export const machineCommands: readonly Command[] = [
  plain(["cont", "c"], "resume emulation", ({ target }) => target.cont()),
  plain(["quit", "q"], "quit the emulator", ({ target }) => target.quit()),
  plain(["stop", "s"], "stop emulation", ({ target }) => target.stop()),
  plain(["system_reset"], "reset the system", ({ target }) => target.reset()),
  plain(["screen"], "show the text on the display", ({ target, print }) => {
    const { vga } = needBoard(target);
    const rows = vga?.textScreen() ?? [];
    if (rows.length === 0) {
      throw new MonitorError(vga === null ? "there is no display" : "the display shows no text");
    }
    const shown = rows.map((row) => row.trimEnd());
    while (shown.at(-1) === "") {
      shown.pop();
    }
    print(shown.map((row) => `${row}\n`).join(""));
  }),
];
