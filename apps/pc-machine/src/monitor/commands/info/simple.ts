/** Subjects of `info` that take no argument. */
import type { Command, CommandContext } from "../../command.js";
import { MonitorError } from "../../monitor-error.js";

/** The subject `name`, whose text is made by `text`. */
export function simple(
  name: string,
  help: string,
  text: (context: CommandContext) => string,
): Command {
  return {
    names: [name],
    parameters: "",
    help,
    run: (context, argument) => {
      if (argument !== "") {
        throw new MonitorError(`${name}: extraneous characters at the end of line`);
      }
      context.print(text(context));
    },
  };
}
