/** `log` and `logfile`: what is logged, and where to. */
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import type { MonitorLog } from "../target.js";

const NAME_WIDTH = 15;

/** @throws MonitorError where nothing is logged */
function logOf({ target }: CommandContext): MonitorLog {
  if (target.log === undefined) {
    throw new MonitorError("Error: there is no log", { usage: false });
  }
  return target.log;
}

function itemsText({ items }: MonitorLog): string {
  const all = [{ name: "none", help: "remove all logs" }, ...items];
  const lines = all.map(({ name, help }) => `${name.padEnd(NAME_WIDTH)} ${help}\n`);
  return `Log items (comma separated):\n${lines.join("")}\n`;
}

/** The commands. */
export const loggingCommands: readonly Command[] = [
  {
    names: ["log"],
    parameters: "item1[,...]",
    help: "activate logging of the specified items",
    complete: ({ target }) => ["none", ...(target.log?.items ?? []).map(({ name }) => name)],
    run: (context, argument) => {
      if (argument === "") throw new MonitorError("log: string expected");
      const log = logOf(context);
      if (!log.choose(argument.split(","))) context.print(itemsText(log));
    },
  },
  {
    names: ["logfile"],
    parameters: "filename",
    help: "output logs to 'filename'",
    run: (context, argument) => {
      if (argument === "") throw new MonitorError("logfile: filename expected");
      const path = argument.replace(/^"(.*)"$/, "$1");
      const why = logOf(context).toFile(path);
      if (why !== null) context.print(`Error opening logfile ${path}: ${why}\n`);
    },
  },
];
