/** Options about how the machine runs and what is logged. */
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { LOG_ITEMS } from "../log.js";
import { actionOptions } from "./actions.js";
import { listing, type OptionGroup } from "./definition.js";

function applyLog(line: CommandLine, value: string, option: string): void {
  for (const item of value.split(",")) {
    const category = LOG_ITEMS.get(item)?.category;
    if (category === undefined) {
      const known = [...LOG_ITEMS.keys()].join(" and ");
      throw optionError(`${option} ${value}`, `"${item}" is no log item; there are ${known}`);
    }
    line.log.add(category);
  }
}

/** Everything about running. */
export const runningOptions: OptionGroup = {
  title: "Running",
  options: [
    {
      names: ["S"],
      argument: null,
      help: ["wait for `cont` in the monitor before the first instruction"],
      apply: (line) => {
        line.startStopped = true;
      },
    },
    {
      names: ["preconfig"],
      argument: null,
      help: ["wait for QMP's x-exit-preconfig before the machine is there"],
      apply: (line) => {
        line.preconfig = true;
      },
    },
    {
      names: ["no-reboot"],
      argument: null,
      help: ["exit where the machine would reset"],
      apply: (line) => {
        line.noReboot = true;
      },
    },
    {
      names: ["no-shutdown"],
      argument: null,
      help: ["stop where the machine would switch off, and leave the monitor running"],
      apply: (line) => {
        line.noShutdown = true;
      },
    },
    ...actionOptions,
    {
      names: ["d"],
      argument: "guest_errors[,unimp]",
      help: ["log what the guest does wrong, and what is not modelled, to standard error"],
      values: [...LOG_ITEMS.keys()],
      list: listing([
        "guest_errors  what the guest does wrong",
        "unimp         registers that are not modelled",
      ]),
      apply: applyLog,
    },
    {
      names: ["D"],
      argument: "FILE",
      help: ["write the log to a file instead"],
      values: "file",
      apply: (line, value) => {
        line.logFile = value;
      },
    },
    {
      names: ["pidfile"],
      argument: "FILE",
      help: ["write the number of this process to a file, and remove it at the end"],
      values: "file",
      apply: (line, value) => {
        line.pidFile = value;
      },
    },
    {
      names: ["no-user-config"],
      argument: null,
      help: ["accepted for command lines of QEMU, without effect"],
      apply: () => undefined,
    },
  ],
};
