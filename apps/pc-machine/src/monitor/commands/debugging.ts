/** `gdbserver`. */
import type { Command, CommandContext } from "../command.js";

const DEFAULT_PLACE = "tcp::1234";

function gdbserver({ target: { gdb }, print }: CommandContext, argument: string): void {
  if (argument === "none") {
    gdb?.stop();
    print("Disabled gdbserver\n");
    return;
  }
  const device = argument === "" ? DEFAULT_PLACE : argument;
  const why = gdb === undefined || gdb === null ? "there is nothing to debug" : gdb.start(device);
  print(
    why === null
      ? `Waiting for gdb connection on device '${device}'\n`
      : `${why}\nCould not open gdbserver on device '${device}'\n`,
  );
}

/** The command. */
export const debuggingCommands: readonly Command[] = [
  {
    names: ["gdbserver"],
    parameters: "[device]",
    help: "start gdbserver on given device (default 'tcp::1234'), stop with 'none'",
    complete: () => ["none", "tcp:", "unix:"],
    run: gdbserver,
  },
];
