/** One description of a machine, for QEMU's command line and for this machine's options. */
import { readFileSync } from "node:fs";

import type { PcOptions } from "../../src/board/options/options.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { type BlockBackend, SECTOR_BYTES } from "../../src/storage/block-backend.js";
import { MIB } from "./board-rig.js";
import { SEABIOS, vgaBios } from "./firmware.js";

/** The calendar of both machines, which stands still. */
const START_TIME = "2001-02-03T04:05:06";

/** What both machines are made of. */
export interface PairOptions {
  readonly ramMib?: number;
  readonly vga?: boolean;
  /** Drives by place; the images are empty. */
  readonly drives?: readonly (PairDrive | null)[];
  /** How many serial ports. */
  readonly serial?: number;
  /** Names of further devices, as `-device` takes them. */
  readonly devices?: readonly string[];
}

/** A drive with an image of zeros. */
export interface PairDrive {
  readonly kind: "disk" | "cdrom";
  readonly bytes: number;
}

/** Zeros, as many as one likes. */
class EmptyImage implements BlockBackend {
  readonly sectors: number;
  readonly readonly = true;

  constructor(bytes: number) {
    this.sectors = bytes / SECTOR_BYTES;
  }

  read(_sector: number, target: Uint8Array): void {
    target.fill(0);
  }

  write(): void {
    // Nothing is kept: both sides read zeros.
  }
}

/** The options of QEMU, besides those that every run has. */
export function qemuArguments(options: PairOptions): string[] {
  const { ramMib = 64, vga = true, drives = [], serial = 0, devices = [] } = options;
  return [
    ...["-m", String(ramMib), "-bios", SEABIOS, "-rtc", `base=${START_TIME},clock=vm`],
    ...(vga ? ["-device", "VGA"] : []),
    ...devices.flatMap((device) => ["-device", device]),
    ...drives.flatMap((drive, place) => (drive === null ? [] : driveArguments(drive, place))),
    ...Array.from({ length: serial }, () => ["-serial", "null"]).flat(),
  ];
}

/** The contents of the board's ROMs. */
interface Roms {
  readonly bios: Uint8Array;
  readonly vgaBios: Uint8Array;
}

/** Empty ROMs of the sizes of those that are installed: they give the same memory map. */
export const EMPTY_ROMS: Roms = {
  bios: new Uint8Array(0x4_0000),
  vgaBios: new Uint8Array(0x1_0000),
};

function installedRoms(): Roms {
  return { bios: readFileSync(SEABIOS), vgaBios: vgaBios() };
}

/** The options of this machine. */
export function pcOptions(options: PairOptions, roms = installedRoms()): Partial<PcOptions> {
  const { ramMib = 64, vga = true, drives = [], serial = 0, devices = [] } = options;
  return {
    devices: devices.map((device) => ({ device })),
    ramSize: ramMib * MIB,
    bios: roms.bios,
    startTimeMs: Date.parse(`${START_TIME}Z`),
    vga,
    ...(vga ? { vgaBios: roms.vgaBios } : {}),
    disks: drives.map((drive) =>
      drive === null ? null : { kind: drive.kind, backend: new EmptyImage(drive.bytes) },
    ),
    serial: Array.from({ length: serial }, () => new MemoryBackend()),
  };
}

function driveArguments({ kind, bytes }: PairDrive, place: number): string[] {
  const image = `driver=null-co,size=${bytes},read-zeroes=on`;
  return ["-drive", `if=ide,index=${place},media=${kind},${image}`];
}
