/** Devices on the terminal, and in files: the command line's targets, settled. */
import { optionError } from "../cli-error.js";
import type { CharacterTarget, CommandLine, DeviceLine } from "../command-line.js";
import { chardevProperties } from "./device-requests.js";

/** A target with its name looked up. */
export type SettledTarget = Exclude<CharacterTarget, { kind: "chardev" } | { kind: "none" }>;

/** The place where every character device goes. */
export interface Wiring {
  readonly serial: readonly SettledTarget[];
  /** Parallel ports in their order. */
  readonly parallel: readonly SettledTarget[];
  readonly debugcon: SettledTarget | null;
  /** The place where the character devices lead that properties of devices name. */
  readonly devices: ReadonlyMap<DeviceLine, ReadonlyMap<string, SettledTarget>>;
  readonly monitor: SettledTarget | null;
  /** The place where QMP servers are, in the order of `controls`. */
  readonly controls: readonly SettledTarget[];
  /** The place where qtest is. */
  readonly qtest: SettledTarget | null;
  /** Place where gdb connects. */
  readonly gdb: SettledTarget | null;
  /** True if the escape keys work: when the terminal is shared, or may be. */
  readonly escapes: boolean;
  /** True if firmware should use the first serial port as its display and keyboard. */
  readonly serialConsole: boolean;
}

/**
 * Settle the targets, and fill in the defaults: a serial port that shares the terminal with the
 * monitor, unless the command line says where they go, gives the terminal to another, or wants no processor.
 * @throws CliError when a name is unknown, or two devices want the terminal for themselves
 */
export function wire(line: CommandLine): Wiring {
  const settle = (target: CharacterTarget, option: string): SettledTarget | null =>
    settleTarget(line, target, option);
  const explicit = line.serial.map((target) => settle(target, "-serial"));
  const printers = line.parallel.map((target) => settle(target, "-parallel"));
  const debugcon = line.debugcon === null ? null : settle(line.debugcon, "-debugcon");
  const devices = new Map(
    line.devices.map((device) => [device, deviceTargets(device, settle)] as const),
  );
  const controls = line.controls.flatMap(({ target, option }) => settle(target, option) ?? []);
  const qtest = line.qtest === null ? null : settle(line.qtest.target, line.qtest.option);
  const gdb = line.gdb === null ? null : settle(line.gdb.target, line.gdb.option);
  const plugged = [...devices.values()].flatMap((targets) => [...targets.values()]);
  const monitor =
    line.monitor === null
      ? line.monitorShares === null
        ? null
        : settle(line.monitorShares, "-serial")
      : settle(line.monitor, line.monitorOption);
  const owners = [
    ...explicit,
    ...printers,
    debugcon,
    monitor,
    ...plugged,
    ...controls,
    qtest,
    gdb,
  ].filter((target) => target?.kind === "stdio");
  if (owners.length > 1 && owners.some((target) => target?.kind === "stdio" && !target.mux)) {
    throw optionError(
      "stdio",
      "only one device can have the terminal for itself; to share it use mon:stdio",
    );
  }
  if (line.curses) {
    if (line.nographic)
      throw optionError("-nographic", "curses display cannot be used with -nographic");
    if (owners.length > 0)
      throw optionError("-display curses", "the display has the terminal: stdio is taken");
  }
  // A test that drives the machine by qtest may have the output read for its own.
  const isFree = owners.length === 0 && !line.curses && (line.nographic || line.accel !== "qtest");
  const wantsDefaults = !line.noDefaults || line.nographic;
  const serial = explicit.filter((target) => target !== null);
  const serialAsked = line.serial.length > 0 || line.devices.some(isSerial);
  if (!serialAsked && wantsDefaults) {
    serial.push(isFree ? { kind: "stdio", mux: true } : { kind: "null" });
  }
  const parallel = printers.filter((target) => target !== null);
  const parallelAsked = line.parallel.length > 0 || line.devices.some(isParallel);
  if (!parallelAsked && !line.noDefaults) parallel.push({ kind: "null" });
  const shares =
    line.curses ||
    [...serial, ...parallel, debugcon, ...plugged].some(
      (target) => target?.kind === "stdio" && target.mux,
    );
  return {
    serial,
    parallel,
    debugcon,
    devices,
    monitor:
      line.monitor === null && monitor === null && shares ? { kind: "stdio", mux: true } : monitor,
    serialConsole:
      serial[0]?.kind === "stdio" &&
      (line.nographic || (!serialAsked && !line.displayNone && line.vnc.length === 0)),
    controls,
    qtest,
    gdb,
    escapes: shares || (monitor?.kind === "stdio" && monitor.mux),
  };
}

function isSerial({ driver }: DeviceLine): boolean {
  return driver === "isa-serial";
}

function isParallel({ driver }: DeviceLine): boolean {
  return driver === "isa-parallel";
}

/** The place where the properties of a device lead. `none` is a port that leads nowhere: the device is there. */
function deviceTargets(
  device: DeviceLine,
  settle: (target: CharacterTarget, option: string) => SettledTarget | null,
): ReadonlyMap<string, SettledTarget> {
  return new Map(
    chardevProperties(device).map((name) => {
      const target: CharacterTarget = { kind: "chardev", id: device.properties[name] ?? "" };
      return [name, settle(target, "-device") ?? { kind: "null" }] as const;
    }),
  );
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
