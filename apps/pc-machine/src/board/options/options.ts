/** Parts and options of a PC. */
import type { Machine } from "@mem/flat";
import type { CpuModel } from "@mem/x86";
import type { TranslatorSettings } from "@mem/x86-jit";

import type { GuestEvent } from "../../device/context.js";
import type { UnpluggedDevice } from "../../device/plugged.js";
import type { DeviceRegistry } from "../../device/registry.js";
import type { DeviceRequest } from "../../device/properties/request.js";
import type { PcKernel } from "../../boot/layout.js";
import type { AcpiOem } from "../../acpi/table.js";
import type { SmbiosSettings } from "../../smbios/settings.js";
import type { CharBackend } from "../../host/chardev.js";
import type { BlockBackend } from "../../storage/block-backend.js";
import type { MachineClock } from "../../host/clock.js";
import type { CreateCpu } from "../processor/cpu.js";
import type { PcDisk } from "../disks.js";
import type { PcNuma } from "../memory/numa.js";

/** The categories of the machine's log. */
export type LogCategory = "guest_error" | "unimp" | "callback";

/** Settings of a translator: see {@link PcOptions.jit}. */
export type JitSettings = Partial<
  Pick<TranslatorSettings, "instructions" | "links" | "countRuns" | "bytes">
>;

/** The options of a {@link PcMachine}. */
export interface PcOptions {
  /** Bytes of RAM: a multiple of 4 KiB, from 1 MiB on. */
  readonly ramSize: number;
  /** The firmware image: a multiple of 64 KiB, up to 8 MiB. Copied. Of no effect with {@link flash}. */
  readonly bios: Uint8Array;
  /**
   * Up to two flash chips in place of {@link bios}: the first ends at 4 GiB, the second ends where
   * it begins. Each is a multiple of 4 KiB, both together have 8 MiB at most; the guest can program
   * what is not read-only.
   */
  readonly flash?: readonly BlockBackend[];
  /** Disks by place: primary master, primary slave, secondary master, secondary slave. */
  readonly disks?: readonly (PcDisk | null)[];
  /** True if the board has a VGA adapter in slot 2. Default true. */
  readonly vga?: boolean;
  /** The VGA adapter's option ROM; without one firmware cannot use the screen. Copied. */
  readonly vgaBios?: Uint8Array;
  /** Up to four serial ports (COM1 to COM4). */
  readonly serial?: readonly CharBackend[];
  /** Up to three parallel ports (LPT1 to LPT3): the printers at them. */
  readonly parallel?: readonly CharBackend[];
  /** Media in floppy drives A and B: `null` for nothing. There is no drive that is not told of. */
  readonly floppies?: readonly (BlockBackend | null)[];
  /** A debug console that firmware writes its log to. */
  readonly debugcon?: { readonly backend: CharBackend; readonly port?: number };
  /** True if there is an HPET. Default true. */
  readonly hpet?: boolean;
  /** True if there is VMware's back door (port 0x5658), and its mouse. Default true. */
  readonly vmport?: boolean;
  /** Called with the memory system before any device is made: what devices name is added here. */
  readonly prepare?: (machine: Machine) => void;
  /** Further devices, in the order in which they are plugged in. See `plug`. */
  readonly devices?: readonly DeviceRequest[];
  /** The devices that can be asked for by name. Default: those that come with the PC. */
  readonly registry?: DeviceRegistry;
  /** The order of boot devices, up to three letters of "acdn". Default "cad". */
  readonly bootOrder?: string;
  /** The order of boot devices until the first reset. Default: {@link bootOrder}. */
  readonly bootOnce?: string;
  /** True if firmware tries nothing but the devices that have a `bootindex`. Default false. */
  readonly bootStrict?: boolean;
  /** Milliseconds until firmware starts anew where nothing boots; -1, the default: never. */
  readonly rebootTimeoutMs?: number;
  /** Milliseconds that firmware's boot menu or picture shows. Default: as firmware likes. */
  readonly splashTimeMs?: number;
  /** True if firmware looks at a floppy disk's signature before it boots it. Default true. */
  readonly floppyCheck?: boolean;
  /** The machine's UUID, 16 bytes. Default: zeros. */
  readonly uuid?: Uint8Array;
  /** Texts of the SMBIOS tables, by which systems tell machines apart. Default: the PC's own. */
  readonly smbios?: SmbiosSettings;
  /** Maker of the ACPI tables, `id`, and name of the tables, `tableId`: 6 and 8 bytes at most. Default: the PC's own. */
  readonly acpiOem?: AcpiOem;
  /** False if firmware is to speak through the first serial port, not on a display. Default true. */
  readonly graphics?: boolean;
  /** True if firmware offers its boot menu. Default false. */
  readonly bootMenu?: boolean;
  /**
   * A kernel that firmware starts in place of a boot loader. Takes a firmware that runs the option
   * ROMs it finds in fw_cfg, as SeaBIOS does.
   */
  readonly kernel?: PcKernel;
  /** Further fw_cfg files by name. */
  readonly fwCfgFiles?: Readonly<Record<string, Uint8Array>>;
  /** Virtual time. Default: a real-time clock. */
  readonly clock?: MachineClock;
  /** The calendar's time at power-on, milliseconds since 1970. Default: the host's. */
  readonly startTimeMs?: number;
  /** End the run where the machine would reset itself (`-no-reboot`). Default false. */
  readonly noReboot?: boolean;
  /** Receiver of guest errors and of accesses to unimplemented registers. Default: nowhere. */
  readonly log?: (category: LogCategory, message: string) => void;
  /** Told after each reset, but not when the machine wakes up. */
  readonly onReset?: () => void;
  /**
   * Told when the guest has put the machine to sleep with its memory kept (ACPI's S3): `true`; and
   * when it has woken up: `false`.
   */
  readonly onSuspend?: (suspended: boolean) => void;
  /**
   * Told of a crash of the guest, or of a watchdog that was not fed, within the guest's instruction. Without it
   * a crash ends the machine and a watchdog resets it.
   */
  readonly onGuestEvent?: (event: GuestEvent) => void;
  /** Told of each device that was taken out, by the guest or from outside, when it has gone. */
  readonly onUnplug?: (device: UnpluggedDevice) => void;
  /**
   * Execution of guest code: `jit` translates it to WebAssembly where the platform can, `interp`
   * interprets it. Default `interp`.
   */
  readonly accel?: "jit" | "interp";
  /** Settings of the translator, for whoever looks for a mistake in it. Without effect unless `accel` is `jit`. */
  readonly jit?: JitSettings;
  /** Model and features of the processor. Default: `max`, all that there is. */
  readonly cpu?: CpuModel;
  /**
   * Number of processors, 1 to 8; they take turns. More than one need a model with a local APIC.
   * Default 1.
   */
  readonly cpus?: number;
  /** Nodes of memory with processors near them. Default: none, as of a machine with one. */
  readonly numa?: PcNuma;
  /** The processor. Default: `@mem/x86`. */
  readonly createCpu?: CreateCpu;
}
