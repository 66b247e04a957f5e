/** The SMBIOS tables of a machine (System Management BIOS Reference Specification 2.8), for fw_cfg. */
import type { SmbiosSettings } from "./settings.js";
import { Structure } from "./structure.js";

/** A machine, as its SMBIOS tables describe it. */
export interface SmbiosMachine {
  /** The machine's identity: 16 bytes, as they are written. */
  readonly uuid: Uint8Array;
  /** Number of processors, all in one socket. */
  readonly cpus: number;
  /** EAX and EDX of CPUID's leaf 1. */
  readonly signature: { readonly eax: number; readonly edx: number };
  /** Ranges of RAM, in bytes. */
  readonly ram: readonly { readonly address: number; readonly length: number }[];
  readonly settings: SmbiosSettings;
}

const MANUFACTURER = "Mem";
const PRODUCT = "Standard PC (i440FX + PIIX, 1996)";
const VERSION = "pc";
const MEGAHERTZ = 2000;

const KIB = 2 ** 10;
const MIB = 2 ** 20;
/** Memory is told of as devices of at most this size. */
const DEVICE_BYTES = 16 * 2 ** 30;

const Handle = {
  FIRMWARE: 0x0000,
  SYSTEM: 0x0100,
  BOARD: 0x0200,
  CHASSIS: 0x0300,
  PROCESSORS: 0x0400,
  OEM: 0x0e00,
  MEMORY_ARRAY: 0x1000,
  MEMORY_DEVICES: 0x1100,
  MEMORY_RANGES: 0x1300,
  BOOT: 0x2000,
  END: 0x7f00,
  NOT_GIVEN: 0xfffe,
  NONE: 0xffff,
} as const;
/** Places where values of the enumerations mean the same. */
const Value = { OTHER: 1, UNKNOWN: 2, SAFE: 3 } as const;

/**
 * The files of fw_cfg: `etc/smbios/smbios-tables` and `etc/smbios/smbios-anchor`, whose checksums and
 * address firmware fills in.
 */
export function smbiosFiles(machine: SmbiosMachine): Readonly<Record<string, Uint8Array>> {
  const { settings, ram } = machine;
  const made = [
    ...firmware(settings),
    system(machine),
    ...board(settings),
    chassis(settings),
    processor(machine),
    ...oemStrings(settings),
    ...memory(machine),
    ...ram.map(memoryRange),
    new Structure(32, Handle.BOOT).byte(0, 0, 0, 0, 0, 0, 0), // no error was seen at boot
    new Structure(127, Handle.END),
  ].map((structure) => structure.bytes());
  const all = [...(settings.structures ?? []), ...made];
  const tables = Uint8Array.from(all.flatMap((bytes) => [...bytes]));
  const longest = Math.max(...all.map(({ length }) => length));
  return {
    "etc/smbios/smbios-tables": tables,
    "etc/smbios/smbios-anchor": anchor(tables.length, all.length, longest),
  };
}

function firmware({ firmware: given }: SmbiosSettings): readonly Structure[] {
  if (given === undefined) return [];
  const { vendor, version, date, release, uefi = false } = given;
  const UEFI = 0x08;
  const VIRTUAL = 0x14; // it is a virtual machine, and content can be delivered
  return [
    new Structure(0, Handle.FIRMWARE)
      .text(vendor)
      .text(version)
      .word(0xe800)
      .text(date)
      .byte(0)
      .qword(0x08) // its characteristics are not told of
      .byte(0, VIRTUAL | (uefi ? UEFI : 0), release?.major ?? 0, release?.minor ?? 0)
      .byte(0xff, 0xff), // no embedded controller
  ];
}

function system({ uuid, settings }: SmbiosMachine): Structure {
  const { manufacturer, product, version, serial, sku, family } = settings.system ?? {};
  const POWER_SWITCH = 6;
  // The first three parts are numbers in little-endian order.
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return new Structure(1, Handle.SYSTEM)
    .text(manufacturer ?? MANUFACTURER)
    .text(product ?? PRODUCT)
    .text(version ?? VERSION)
    .text(serial)
    .byte(...order.map((at) => uuid[at] ?? 0), POWER_SWITCH)
    .text(sku)
    .text(family);
}

function board({ board: given }: SmbiosSettings): readonly Structure[] {
  if (given === undefined) return [];
  const { manufacturer, product, version, serial, asset, location } = given;
  const HOSTING = 0x01;
  const MOTHERBOARD = 0x0a;
  return [
    new Structure(2, Handle.BOARD)
      .text(manufacturer ?? MANUFACTURER)
      .text(product ?? PRODUCT)
      .text(version ?? VERSION)
      .text(serial)
      .text(asset)
      .byte(HOSTING)
      .text(location)
      .word(Handle.CHASSIS)
      .byte(MOTHERBOARD, 0),
  ];
}

function chassis({ chassis: given = {} }: SmbiosSettings): Structure {
  return new Structure(3, Handle.CHASSIS)
    .text(given.manufacturer ?? MANUFACTURER)
    .byte(Value.OTHER)
    .text(given.version ?? VERSION)
    .text(given.serial)
    .text(given.asset)
    .byte(Value.SAFE, Value.SAFE, Value.SAFE, Value.UNKNOWN)
    .dword(0)
    .byte(0, 0, 0, 0)
    .text(given.sku);
}

function processor({ cpus, signature, settings }: SmbiosMachine): Structure {
  const {
    socketPrefix = "CPU",
    maxSpeed = MEGAHERTZ,
    currentSpeed = MEGAHERTZ,
  } = settings.processor ?? {};
  const { manufacturer, version, serial, asset, part } = settings.processor ?? {};
  const CENTRAL = 3;
  const ENABLED = 0x41;
  return new Structure(4, Handle.PROCESSORS)
    .text(`${socketPrefix} 0`)
    .byte(CENTRAL, Value.OTHER)
    .text(manufacturer ?? MANUFACTURER)
    .dword(signature.eax, signature.edx)
    .text(version ?? VERSION)
    .byte(0)
    .word(0, maxSpeed, currentSpeed)
    .byte(ENABLED, Value.OTHER)
    .word(Handle.NONE, Handle.NONE, Handle.NONE)
    .text(serial)
    .text(asset)
    .text(part)
    .byte(cpus, cpus, cpus)
    .word(Value.UNKNOWN, Value.OTHER);
}

function oemStrings({ oemStrings: texts = [] }: SmbiosSettings): readonly Structure[] {
  if (texts.length === 0) return [];
  const structure = new Structure(11, Handle.OEM).byte(texts.length);
  for (const text of texts) structure.further(text);
  return [structure];
}

/** The array of memory, and the devices in it. */
function memory({ ram, settings }: SmbiosMachine): readonly Structure[] {
  const total = ram.reduce((sum, { length }) => sum + length, 0);
  const count = Math.max(1, Math.ceil(total / DEVICE_BYTES));
  const SYSTEM_MEMORY = 3;
  const MULTI_BIT = 6;
  const MOST_KIB = 0x8000_0000;
  const kib = total / KIB;
  const array = new Structure(16, Handle.MEMORY_ARRAY)
    .byte(Value.OTHER, SYSTEM_MEMORY, MULTI_BIT)
    .dword(Math.min(kib, MOST_KIB))
    .word(Handle.NOT_GIVEN, count)
    .qword(kib < MOST_KIB ? 0 : total);
  const {
    locatorPrefix = "DIMM",
    bank,
    manufacturer,
    serial,
    asset,
    part,
    speed = 0,
  } = settings.memoryDevice ?? {};
  const MOST_MIB = 0x7fff;
  const DIMM = 9;
  const RAM = 7;
  const devices = Array.from({ length: count }, (_unused, index) => {
    const size = Math.min(DEVICE_BYTES, total - index * DEVICE_BYTES) / MIB;
    return new Structure(17, Handle.MEMORY_DEVICES + index)
      .word(Handle.MEMORY_ARRAY, Handle.NOT_GIVEN, 0xffff, 0xffff)
      .word(size < MOST_MIB ? size : MOST_MIB)
      .byte(DIMM, 0)
      .text(`${locatorPrefix} ${index}`)
      .text(bank)
      .byte(RAM)
      .word(Value.UNKNOWN, speed)
      .text(manufacturer ?? MANUFACTURER)
      .text(serial)
      .text(asset)
      .text(part)
      .byte(0)
      .dword(size < MOST_MIB ? 0 : size)
      .word(speed, 0, 0, 0);
  });
  return [array, ...devices];
}

/** A range of addresses that is RAM. */
function memoryRange({ address, length }: SmbiosMachine["ram"][number], index: number): Structure {
  const end = (address + length) / KIB - 1;
  const isWide = end >= 0xffff_ffff;
  return new Structure(19, Handle.MEMORY_RANGES + index)
    .dword(isWide ? 0xffff_ffff : address / KIB, isWide ? 0xffff_ffff : end)
    .word(Handle.MEMORY_ARRAY)
    .byte(1)
    .qword(isWide ? address : 0)
    .qword(isWide ? address + length - 1 : 0);
}

/** The entry point, which firmware copies to where systems look for it. */
function anchor(bytes: number, count: number, longest: number): Uint8Array {
  const entry = new Uint8Array(31);
  const view = new DataView(entry.buffer);
  entry.set(new TextEncoder().encode("_SM_"));
  entry[5] = entry.length;
  entry[6] = 2;
  entry[7] = 8;
  view.setUint16(8, longest, true);
  entry.set(new TextEncoder().encode("_DMI_"), 16);
  view.setUint16(22, bytes, true);
  view.setUint16(28, count, true);
  entry[30] = 0x28;
  return entry;
}
