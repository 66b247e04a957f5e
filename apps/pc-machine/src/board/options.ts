/** What a PC is built from, and the check that it can be. */
import { BOOT_DEVICES } from "./cmos.js";
import type { CreateCpu } from "./cpu.js";
import { PcOptionsError, type PcProblem } from "./errors.js";
import { firmwareProblem } from "./firmware.js";
import type { CharBackend } from "../host/chardev.js";
import type { MachineClock } from "../host/clock.js";
import type { PcDisk } from "./disks.js";

/** The categories of the machine's log. */
export type LogCategory = "guest_error" | "unimp" | "callback";

/** The options of a {@link PcMachine}. */
export interface PcOptions {
  /** Bytes of RAM: a multiple of 4 KiB, from 1 MiB on. */
  readonly ramSize: number;
  /** The firmware image: a multiple of 64 KiB, up to 8 MiB. Copied. */
  readonly bios: Uint8Array;
  /** Disks by place: primary master, primary slave, secondary master, secondary slave. */
  readonly disks?: readonly (PcDisk | null)[];
  /** Whether the board has a VGA adapter in slot 2. Default true. */
  readonly vga?: boolean;
  /** The VGA adapter's option ROM; without one firmware cannot use the screen. Copied. */
  readonly vgaBios?: Uint8Array;
  /** Up to four serial ports (COM1 to COM4). */
  readonly serial?: readonly CharBackend[];
  /** A debug console that firmware writes its log to. */
  readonly debugcon?: { readonly backend: CharBackend; readonly port?: number };
  /** The order of boot devices, up to three letters of "acdn". Default "cad". */
  readonly bootOrder?: string;
  /** Whether firmware offers its boot menu. Default false. */
  readonly bootMenu?: boolean;
  /** Further fw_cfg files by name. */
  readonly fwCfgFiles?: Readonly<Record<string, Uint8Array>>;
  /** Virtual time. Default: a real-time clock. */
  readonly clock?: MachineClock;
  /** The calendar's time at power-on, milliseconds since 1970. Default: the host's. */
  readonly startTimeMs?: number;
  /** End the run where the machine would reset itself (`-no-reboot`). Default false. */
  readonly noReboot?: boolean;
  /** Where guest errors and unimplemented registers are reported. Default: nowhere. */
  readonly log?: (category: LogCategory, message: string) => void;
  /** Told after each reset. */
  readonly onReset?: () => void;
  /** The processor. Default: `@mem/x86`. */
  readonly createCpu?: CreateCpu;
}

const PAGE = 4096;
const LEAST_RAM = 2 ** 20;
const MOST_RAM = 2 ** 40;
const MOST_SERIAL = 4;
const MOST_DISKS = 4;
const MOST_BOOT_DEVICES = 3;

/** Check everything at once. @throws PcOptionsError naming each problem */
export function checkPcOptions(options: PcOptions): void {
  const problems: PcProblem[] = [];
  const { ramSize, serial = [], disks = [], bootOrder = "" } = options;
  if (!Number.isSafeInteger(ramSize) || ramSize < LEAST_RAM || ramSize > MOST_RAM) {
    problems.push({ option: "ramSize", message: `${ramSize} bytes is not 1 MiB to 1 TiB of RAM` });
  } else if (ramSize % PAGE !== 0) {
    problems.push({ option: "ramSize", message: `${ramSize} bytes is not a multiple of 4 KiB` });
  }
  const firmware = firmwareProblem(options.bios.length);
  if (firmware !== null) {
    problems.push(firmware);
  }
  if (serial.length > MOST_SERIAL) {
    problems.push({ option: "serial", message: `a PC has ${MOST_SERIAL} serial ports at most` });
  }
  if (disks.length > MOST_DISKS) {
    problems.push({ option: "disks", message: `there are ${MOST_DISKS} places for disks` });
  }
  const unknown = [...bootOrder].filter((letter) => !BOOT_DEVICES.includes(letter));
  if (unknown.length > 0 || bootOrder.length > MOST_BOOT_DEVICES) {
    problems.push({
      option: "bootOrder",
      message: `"${bootOrder}" is not up to ${MOST_BOOT_DEVICES} letters of "${BOOT_DEVICES}"`,
    });
  }
  const port = options.debugcon?.port ?? 0;
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) {
    problems.push({ option: "debugcon", message: `there is no I/O port ${port}` });
  }
  if (problems.length > 0) {
    throw new PcOptionsError(problems);
  }
}
