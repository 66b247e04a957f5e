/** From the command line to what the board is built from. */
import { PcOptionsError, PcMachine, type PcOptions } from "../board/index.js";
import { FwCfgError } from "../fwcfg/index.js";
import { CliError } from "./cli-error.js";
import type { CommandLine } from "./command-line.js";
import { loadFirmware, loadVgaBios, readWhole } from "./firmware.js";

/** The file that tells SeaBIOS to use a serial port as display and keyboard: the port's number. */
const SERIAL_CONSOLE = { name: "etc/sercon-port", port: Uint8Array.of(0xf8, 0x03) } as const;

/**
 * The parts of the options that files and settings of the command line give.
 * @param serialConsole whether firmware should use the first serial port as its display
 */
export function settingsOf(
  line: CommandLine,
  serialConsole: boolean,
): Pick<PcOptions, "ramSize" | "bios"> & Partial<PcOptions> {
  const vga = line.vga ?? !line.noDefaults;
  const vgaBios = vga ? loadVgaBios(line) : null;
  return {
    ramSize: line.ramSize,
    bios: loadFirmware(line),
    vga,
    ...(vgaBios === null ? {} : { vgaBios }),
    ...(line.bootOrder === null ? {} : { bootOrder: line.bootOrder }),
    bootMenu: line.bootMenu,
    fwCfgFiles: fwCfgFiles(line, serialConsole),
    ...startTime(line),
    noReboot: line.noReboot,
  };
}

/** Build the machine. @throws CliError when it cannot be built */
export function buildMachine(options: PcOptions): PcMachine {
  try {
    return new PcMachine(options);
  } catch (error) {
    if (error instanceof PcOptionsError) {
      throw new CliError(error.message);
    }
    if (error instanceof FwCfgError) {
      throw new CliError(`-fw_cfg: ${error.message}`);
    }
    if (error instanceof RangeError) {
      // What the host says when memory runs out.
      const mib = options.ramSize / 2 ** 20;
      throw new CliError(`-m: cannot get ${mib} MiB of RAM: ${error.message}`);
    }
    throw error;
  }
}

function fwCfgFiles(line: CommandLine, serialConsole: boolean): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = serialConsole
    ? { [SERIAL_CONSOLE.name]: SERIAL_CONSOLE.port }
    : {};
  for (const { name, source } of line.fwCfgFiles) {
    files[name] =
      "file" in source
        ? readWhole(source.file, `-fw_cfg ${name}`)
        : new TextEncoder().encode(source.text);
  }
  return files;
}

const MS_PER_MINUTE = 60_000;

function startTime({ rtcBase, icountShift }: CommandLine): { startTimeMs?: number } {
  if (typeof rtcBase === "number") {
    return { startTimeMs: rtcBase };
  }
  if (rtcBase === "localtime") {
    const now = new Date();
    return { startTimeMs: now.getTime() - now.getTimezoneOffset() * MS_PER_MINUTE };
  }
  // A repeatable run needs a calendar that starts the same each time.
  return icountShift === null ? {} : { startTimeMs: Date.UTC(2000, 0, 1) };
}
