/** Options about what is done where something happens: a reset, power-off, a crash, a late guest. */
import { KeyValues } from "../key-values.js";
import type { CommandLine } from "../command-line.js";
import type { SessionActions } from "../run/session.js";
import { optionError } from "../cli-error.js";
import { listing, type OptionDefinition } from "./definition.js";

const REBOOT = ["reset", "shutdown"] as const;
const SHUTDOWN = ["poweroff", "pause"] as const;
const PANIC = ["pause", "shutdown", "exit-failure", "none"] as const;
const WATCHDOG = [
  ...(["reset", "shutdown", "poweroff", "inject-nmi", "pause", "debug", "none"] as const),
] as const;

/** `value` as one of `words`, if it is. */
function among<const T extends string>(words: readonly T[], value: string | undefined): T | null {
  return words.find((word) => word === value) ?? null;
}

function applyAction(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, null);
  const reboot = among(REBOOT, keys.choice("reboot", REBOOT));
  const shutdown = among(SHUTDOWN, keys.choice("shutdown", SHUTDOWN));
  line.panic = among(PANIC, keys.choice("panic", PANIC)) ?? line.panic;
  line.watchdog = among(WATCHDOG, keys.choice("watchdog", WATCHDOG)) ?? line.watchdog;
  keys.finish();
  if (reboot !== null) line.noReboot = reboot === "shutdown";
  if (shutdown !== null) line.noShutdown = shutdown === "pause";
}

function applyWatchdog(line: CommandLine, value: string, option: string): void {
  const action: SessionActions["watchdog"] | null = among(WATCHDOG, value);
  if (action === null) {
    throw optionError(`${option} ${value}`, `the action is one of ${WATCHDOG.join(", ")}`);
  }
  line.watchdog = action;
}

/** The options. */
export const actionOptions: readonly OptionDefinition[] = [
  {
    names: ["action"],
    argument: "reboot=|shutdown=|panic=|watchdog=ACTION",
    help: [
      "what is done where the guest resets (reset, shutdown), switches off (poweroff, pause),",
      "crashes (pause, shutdown, exit-failure, none) or does not feed its watchdog",
    ],
    values: ["reboot=", "shutdown=", "panic=", "watchdog="],
    config: { group: "action" },
    apply: applyAction,
  },
  {
    names: ["watchdog-action"],
    argument: "ACTION",
    help: [
      `what is done where a watchdog was not fed: ${WATCHDOG.slice(0, 4).join(", ")},`,
      "pause, debug or none",
    ],
    values: [...WATCHDOG],
    list: listing([...WATCHDOG]),
    apply: applyWatchdog,
  },
];
