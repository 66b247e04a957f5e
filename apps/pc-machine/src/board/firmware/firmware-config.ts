/** Items of fw_cfg by which the board informs its firmware. */
import type { FirmwareFile } from "../../device/firmware-file.js";
import { E820_RAM, encodeE820, FwCfgKey, type FwCfg } from "../../devices/fw-cfg/index.js";
import type { AcpiOem } from "../../acpi/table.js";
import { acpiFiles } from "../../acpi/tables.js";
import type { AcpiMachine } from "../../acpi/machine.js";
import { smbiosFiles, type SmbiosMachine } from "../../smbios/tables.js";
import { kernelItems } from "../../boot/kernel.js";
import type { KernelLayout } from "../../boot/layout.js";
import { ABOVE_4G_BASE, type MemoryLayout } from "../memory/memory-layout.js";
import { numaItem, type PcNuma } from "../memory/numa.js";

/** Facts about what firmware boots from, which change as devices come and go. */
export interface BootDevices {
  /** Kernel that is started in place of a boot loader, `null` for none. */
  readonly kernel: KernelLayout | null;
  /** Paths that are to be booted from, first things first, after option ROMs of these paths. */
  bootOrder(roms: readonly string[]): readonly string[];
  /** Geometries by which disks are to be addressed, each behind its path. */
  bootGeometry(): readonly string[];
}

/** Sources of fw_cfg's items. */
export interface FirmwareConfig extends BootDevices {
  readonly layout: MemoryLayout;
  /** Number of processors. */
  readonly cpus: number;
  /** True if firmware shows on a display what it has to say. */
  readonly graphics: boolean;
  readonly bootMenu: boolean;
  /** Milliseconds until a new start where nothing boots; -1: never. */
  readonly rebootTimeoutMs: number;
  /** Milliseconds that the boot menu or a picture shows, `null`: as firmware likes. */
  readonly splashTimeMs: number | null;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Facts for the ACPI tables. */
  readonly acpi: AcpiMachine;
  readonly acpiOem: AcpiOem;
  /** Nodes of memory, `null` for none. */
  readonly numa: PcNuma | null;
  /** Facts for the SMBIOS tables, beside the memory and what is above. */
  readonly smbios: Pick<SmbiosMachine, "signature" | "settings">;
  /** Files of devices. */
  readonly deviceFiles: readonly FirmwareFile[];
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** S3 and S4 by their ACPI names: supported flag (0x80) and sleep type. */
const SYSTEM_STATES = Uint8Array.of(0x80, 0x00, 0x00, 0x81, 0x82, 0x80);

/** Fill in the items and files. @throws FwCfgError when a file cannot be had */
export function fillFwCfg(fwCfg: FwCfg, config: FirmwareConfig): void {
  const { items } = fwCfg;
  const { below4g, above4g } = config.layout;
  items.set(FwCfgKey.UUID, config.uuid);
  items.setNumber(FwCfgKey.RAM_SIZE, below4g + above4g, 8);
  items.setNumber(FwCfgKey.NO_GRAPHIC, config.graphics ? 0 : 1, 2);
  items.setNumber(FwCfgKey.NB_CPUS, config.cpus, 2);
  items.setNumber(FwCfgKey.MAX_CPUS, config.cpus, 2);
  items.setNumber(FwCfgKey.BOOT_MENU, config.bootMenu ? 1 : 0, 2);
  items.set(FwCfgKey.NUMA, numaItem(config.numa, config.cpus));
  items.setNumber(FwCfgKey.IRQ0_OVERRIDE, 1, 4);

  const ram = [{ address: 0, length: below4g, type: E820_RAM }];
  if (above4g > 0) {
    ram.push({ address: ABOVE_4G_BASE, length: above4g, type: E820_RAM });
  }
  const { kernel } = config;
  if (kernel !== null) fillKernel(fwCfg, kernel);
  const files: Record<string, Uint8Array> = {
    ...bootFiles(config),
    "etc/boot-fail-wait": little(config.rebootTimeoutMs, 4),
    "etc/e820": encodeE820(ram),
    "etc/system-states": SYSTEM_STATES,
    ...(config.splashTimeMs === null
      ? {}
      : { "etc/boot-menu-wait": little(config.splashTimeMs, 2) }),
    ...acpiFiles(config.acpi, config.acpiOem),
    ...smbiosFiles({ ...config.smbios, ram, uuid: config.uuid, cpus: config.cpus }),
    ...(kernel === null ? {} : { [kernel.rom.file]: kernel.rom.bytes() }),
    ...config.files,
  };
  for (const [name, bytes] of Object.entries(files)) {
    items.addFile(name, bytes);
  }
  for (const { name, bytes, writable = false } of config.deviceFiles) {
    items.addFile(name, bytes, { writable });
  }
}

/** Tell firmware again, at a reset, what it boots from. */
export function refreshBootFiles({ items }: FwCfg, devices: BootDevices): void {
  for (const [name, bytes] of Object.entries(bootFiles(devices))) items.replaceFile(name, bytes);
}

function bootFiles({ kernel, ...devices }: BootDevices): Readonly<Record<string, Uint8Array>> {
  return {
    "bios-geometry": lines(devices.bootGeometry()),
    bootorder: lines(devices.bootOrder(kernel === null ? [] : [`/rom@${kernel.rom.file}`])),
  };
}

/** The low `size` bytes of a number, little-endian. */
function little(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_byte, at) => value >> (8 * at));
}

function fillKernel({ items }: FwCfg, kernel: KernelLayout): void {
  for (const [key, value] of kernelItems(kernel)) {
    if (typeof value === "number") {
      items.setNumber(key, value, 4);
    } else {
      items.set(key, value);
    }
  }
}

/** A text of lines with a zero behind it; nothing where there are none. */
function lines(texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.length === 0 ? "" : `${texts.join("\n")}\0`);
}
