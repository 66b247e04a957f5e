/** Commands that run, stop and reset the machine. */
import { askForMemory, memoryLeft } from "../../devices/virtio/index.js";
import { parseSize } from "../../text/size.js";
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

const MIB = "M";

/** Ask the guest to give up memory, or to take it back. */
function balloon({ target, print }: CommandContext, argument: string): void {
  const bytes = parseSize(argument, MIB);
  if (bytes === null) throw new MonitorError("balloon: invalid size");
  if (memoryLeft(target.pc) === null) print("Error: No balloon device has been activated\n");
  else if (bytes === 0) print("Error: Parameter 'target' expects a size\n");
  else askForMemory(target.pc, bytes);
}

/** The commands on the machine as a whole. */
export const machineCommands: readonly Command[] = [
  plain(["cont", "c"], "resume emulation", ({ target }) => target.cont()),
  plain(["quit", "q"], "quit the emulator", ({ target }) => target.quit()),
  plain(["stop", "s"], "stop emulation", ({ target }) => target.stop()),
  plain(["system_reset"], "reset the system", ({ target }) => target.reset()),
  {
    names: ["balloon"],
    parameters: "target",
    help: "request VM to change its memory allocation (in MB)",
    run: balloon,
  },
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
