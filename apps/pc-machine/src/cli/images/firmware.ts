/** The firmware: given, found, or built in. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { embeddedFirmware } from "../../firmware/embedded.js";
import { CliError, optionError } from "../cli-error.js";
import type { CommandLine, DeviceLine } from "../command-line.js";
import { isDisplayAdapter } from "../display-adapters.js";
import { hostErrorText } from "../host-error.js";

const VGA = "VGA";
const BLOCK = 64 * 1024;
const LARGEST = 8 * 1024 * 1024;
const LARGEST_ROM = 256 * 1024;
/** Folders in which packages of SeaBIOS and QEMU put firmware. */
export const firmwareFolders: readonly string[] = [
  "/usr/share/seabios",
  "/usr/share/qemu",
  "/usr/local/share/qemu",
  "/opt/homebrew/share/qemu",
  "/home/linuxbrew/.linuxbrew/share/qemu",
  "/usr/lib/ipxe/qemu",
];
const BIOS_NAMES = ["bios-256k.bin", "bios.bin"] as const;
/** Option ROMs of devices that QEMU's have one of, in the order in which they are looked for. */
const ROM_NAMES: Readonly<Record<string, readonly string[]>> = {
  [VGA]: ["vgabios-stdvga.bin"],
  "cirrus-vga": ["vgabios-cirrus.bin"],
  // The first has the same code for a BIOS as the second, and more for UEFI.
  e1000: ["efi-e1000.rom", "pxe-e1000.rom"],
  "virtio-net-pci": ["efi-virtio.rom", "pxe-virtio.rom"],
};

/** Looks whether a file is there. */
type Exists = (path: string) => boolean;

/** The first of `names` that a package installed; `null` when none did. */
function findInstalled(
  names: readonly string[],
  exists: Exists,
  first: readonly string[] = [],
): string | null {
  for (const folder of [...first, ...firmwareFolders]) {
    for (const name of names) {
      const path = join(folder, name);
      if (exists(path)) {
        return path;
      }
    }
  }
  return null;
}

/** SeaBIOS in one of the folders of `first`, or where a package put it; `null` without one. */
export function findSeaBios(
  exists: Exists = existsSync,
  first: readonly string[] = [],
): string | null {
  return findInstalled(BIOS_NAMES, exists, first);
}

/** The display's option ROM where a package put it, `null` without one. */
export function findVgaBios(exists: Exists = existsSync): string | null {
  return findOptionRom(VGA, exists);
}

/** The option ROM that a device has where nothing is said about it, if a package put one there; `null` without one. */
export function findOptionRom(driver: string, exists: Exists = existsSync): string | null {
  return findInstalled(ROM_NAMES[driver] ?? [], exists);
}

/** The firmware the command line asks for. @throws CliError when it cannot be had */
export function loadFirmware(line: CommandLine): Uint8Array {
  const { firmware, disks, floppies, drives, kernel, devices, qtest, dataDirectories } = line;
  // Firmware is in flash chips.
  if (line.flash.length + line.flashDrives.length > 0) return new Uint8Array();
  switch (firmware.kind) {
    case "embedded":
      return embeddedFirmware();
    case "file":
      return readFirmware(inFolders(firmware.path, dataDirectories), firmware.option);
    case "search": {
      // SeaBIOS with nothing to boot has nothing to show; the embedded firmware does.
      const roms = devices.filter(
        ({ driver, properties }) => !isDisplayAdapter(driver) && properties["romfile"],
      );
      const media = disks.length + floppies.length + drives.length + roms.length;
      const boots =
        media > 0 ||
        kernel.image !== null ||
        line.accel === "qtest" ||
        qtest !== null ||
        bootsFromNetwork(line);
      const path = boots ? findSeaBios(existsSync, dataDirectories) : null;
      return path === null ? embeddedFirmware() : readFirmware(path, "firmware");
    }
  }
}

/** True if the network is asked for, and there is a card that brings a ROM to boot from it. */
function bootsFromNetwork({ bootOrder, boot, nics, devices }: CommandLine): boolean {
  const letters = `${bootOrder ?? ""}${boot.once ?? ""}`;
  const brings = ({ driver }: DeviceLine): boolean =>
    !isDisplayAdapter(driver) && findOptionRom(driver) !== null;
  return letters.includes("n") && [...nics, ...devices].some(brings);
}

/** `path`, or where it is in one of the folders that -L names. */
function inFolders(path: string, folders: readonly string[]): string {
  if (existsSync(path)) return path;
  return folders.map((folder) => join(folder, path)).find((one) => existsSync(one)) ?? path;
}

/**
 * The option ROM that a device has where nothing is said about it, `null` where no package put one there.
 * @throws CliError when it cannot be read
 */
export function loadDefaultRom(driver: string): Uint8Array | null {
  const path = findOptionRom(driver);
  return path === null ? null : loadOptionRom(path, `-device ${driver},romfile=${path}`);
}

/**
 * An option ROM, which firmware runs.
 * @param path   its file; "" for none
 * @param option names what asks for it
 * @throws CliError when it cannot be had
 */
export function loadOptionRom(path: string, option: string): Uint8Array | null {
  if (path === "") return null;
  const bytes = readWhole(path, option);
  if (bytes.length === 0 || bytes.length > LARGEST_ROM) {
    throw optionError(
      option,
      `an option ROM has up to 256 KiB; "${path}" has ${bytes.length} bytes`,
    );
  }
  return bytes;
}

/** The bytes of a file that the command line names. @throws CliError when it cannot be read */
export function readWhole(path: string, option: string): Uint8Array {
  try {
    const file = statSync(path);
    if (!file.isFile()) {
      // What is no file may never end, or never begin.
      throw new CliError(file.isDirectory() ? "is a directory" : "not a regular file");
    }
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw optionError(option, `cannot read "${path}": ${hostErrorText(error)}`);
  }
}

function readFirmware(path: string, option: string): Uint8Array {
  const bytes = readWhole(path, option);
  if (bytes.length === 0 || bytes.length % BLOCK !== 0 || bytes.length > LARGEST) {
    throw optionError(
      option,
      `a firmware image is a multiple of 64 KiB, up to 8 MiB; "${path}" has ${bytes.length} bytes`,
    );
  }
  return bytes;
}
