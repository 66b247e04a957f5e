/** Which device is on the terminal, which in a file: the command line's targets, settled. */
import { optionError } from "./cli-error.js";
import type { CharacterTarget, CommandLine } from "./command-line.js";

/** A target with its name looked up. */
export type SettledTarget = Exclude<CharacterTarget, { kind: "chardev" } | { kind: "none" }>;

/** Where every character device goes. */
export interface Wiring {
  readonly serial: readonly SettledTarget[];
  readonly debugcon: { readonly target: SettledTarget; readonly port: number } | null;
  readonly monitor: SettledTarget | null;
  /** Whether the escape keys work: when the terminal is shared, or may be. */
  readonly escapes: boolean;
  /** Whether firmware should use the first serial port as its display and keyboard. */
  readonly serialConsole: boolean;
}

const DEBUGCON_PORT = 0xe9;

/**
 * Settle the targets, and fill in the defaults: a serial port that shares the terminal with the
 * monitor, unless the command line says where they go or gives the terminal to another.
 * @throws CliError when a name is unknown, or two devices want the terminal for themselves
 */
export function wire(line: CommandLine): Wiring {
  const settle = (target: CharacterTarget, option: string): SettledTarget | null =>
    settleTarget(line, target, option);
  const explicit = line.serial.map((target) => settle(target, "-serial"));
  const debugcon = line.debugcon === null ? null : settle(line.debugcon.target, "-debugcon");
  const monitor = line.monitor === null ? null : settle(line.monitor, line.monitorOption);
  const owners = [...explicit, debugcon, monitor].filter((target) => target?.kind === "stdio");
  if (owners.length > 1 && owners.some((target) => target?.kind === "stdio" && !target.mux)) {
    throw optionError(
      "stdio",
      "only one device can have the terminal for itself; to share it use mon:stdio",
    );
  }
  const isFree = owners.length === 0;
  const wantsDefaults = !line.noDefaults || line.nographic;
  const serial = explicit.filter((target) => target !== null);
  if (line.serial.length === 0 && wantsDefaults) {
    serial.push(isFree ? { kind: "stdio", mux: true } : { kind: "null" });
  }
  const shares = [...serial, debugcon].some((target) => target?.kind === "stdio" && target.mux);
  return {
    serial,
    debugcon:
      debugcon === null
        ? null
        : { target: debugcon, port: line.debugcon?.port ?? line.debugconPort ?? DEBUGCON_PORT },
    monitor: line.monitor === null && shares ? { kind: "stdio", mux: true } : monitor,
    serialConsole:
      serial[0]?.kind === "stdio" &&
      (line.nographic || (line.serial.length === 0 && !line.displayNone)),
    escapes: shares || (monitor?.kind === "stdio" && monitor.mux),
  };
}

function settleTarget(
  line: CommandLine,
  target: CharacterTarget,
  option: string,
): SettledTarget | null {
  switch (target.kind) {
    case "none":
      return null;
    case "chardev": {
      const named = line.chardevs.get(target.id);
      if (named === undefined) {
        throw optionError(option, `there is no character device "${target.id}" (see -chardev)`);
      }
      return settleTarget(line, named, option);
    }
    default:
      return target;
  }
}
