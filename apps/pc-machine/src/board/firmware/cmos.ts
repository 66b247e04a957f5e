/**
 * Values that the board leaves in the RTC's memory for firmware: sizes of memory, disks,
 * boot order.
 */
import type { Translation } from "../../devices/ide-drive/index.js";
import type { MemoryLayout } from "../memory/memory-layout.js";

/** A hard disk's geometry as the BIOS sees it. */
export interface DiskGeometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
  /** Translation to the geometry that old software sees. */
  readonly translation: Translation;
}

/** Sources of the memory's contents. */
export interface CmosContents {
  readonly memory: MemoryLayout;
  /** Number of processors. */
  readonly cpus: number;
  /** Up to three boot devices: "c" disk, "d" CD-ROM, "n" network, "a" floppy. */
  readonly bootOrder: string;
  /** True if firmware looks at a floppy disk's signature before it boots it. */
  readonly floppyCheck: boolean;
  /** The hard disks by place, primary master first; `null` where there is none. */
  readonly disks: readonly (DiskGeometry | null)[];
  /** Kinds of the floppy drives, 0 for none. */
  readonly floppies: readonly number[];
}

const KIB = 1024;
const MIB = KIB * KIB;
const SIXTEEN_MIB = 16 * MIB;
const BASE_MEMORY_KIB = 640;
const UNIT_64K = 64 * KIB;
const DISK_TYPE_EXTENDED = 0x0f;
const DISK_TYPE_USER = 47;

const BOOT_DEVICE: Readonly<Record<string, number>> = { a: 1, b: 1, c: 2, d: 3, n: 4 };

/** The letters a boot order is made of. */
export const BOOT_DEVICES = Object.keys(BOOT_DEVICE).join("");

function* word(index: number, value: number): IterableIterator<readonly [number, number]> {
  yield [index, value & 0xff];
  yield [index + 1, (value >> 8) & 0xff];
}

function* diskCells(
  first: number,
  disk: DiskGeometry,
): IterableIterator<readonly [number, number]> {
  yield* word(first, disk.cylinders);
  yield [first + 2, disk.heads];
  // No write precompensation.
  yield* word(first + 3, 0xffff);
  yield [first + 5, 0xc0 | (disk.heads > 8 ? 0x08 : 0)];
  yield* word(first + 6, disk.cylinders);
  yield [first + 8, disk.sectors];
}

/** Numbers of the translations; `auto` was settled before. */
const TRANSLATION_BITS: Readonly<Record<Translation, number>> = {
  auto: 0,
  none: 0,
  lba: 1,
  large: 2,
  rechs: 3,
};

/** The cells that tell the order of boot devices: index and byte. */
export function* bootCells(
  bootOrder: string,
  floppyCheck: boolean,
): IterableIterator<readonly [number, number]> {
  const boot = [...bootOrder].map((letter) => BOOT_DEVICE[letter] ?? 0);
  yield [0x3d, ((boot[1] ?? 0) << 4) | (boot[0] ?? 0)];
  yield [0x38, ((boot[2] ?? 0) << 4) | (floppyCheck ? 0 : 1)];
}

/** The cells to set: index and byte. */
export function* cmosCells(contents: CmosContents): IterableIterator<readonly [number, number]> {
  const { below4g, above4g } = contents.memory;
  yield* word(0x15, Math.min(BASE_MEMORY_KIB, below4g / KIB));
  const extendedKib = Math.min(0xffff, Math.max(0, below4g - MIB) / KIB);
  yield* word(0x17, extendedKib);
  yield* word(0x30, extendedKib);
  yield* word(0x34, Math.min(0xffff, Math.max(0, below4g - SIXTEEN_MIB) / UNIT_64K));
  const above = Math.floor(above4g / UNIT_64K);
  yield* word(0x5b, above & 0xffff);
  yield [0x5d, Math.floor(above / 0x10000) & 0xff];
  // How many processors there are beside the first.
  yield [0x5f, contents.cpus - 1];

  yield* bootCells(contents.bootOrder, contents.floppyCheck);
  const [driveA = 0, driveB = 0] = contents.floppies;
  const drives = Number(driveA !== 0) + Number(driveB !== 0);
  yield [0x10, (driveA << 4) | driveB];
  // A coprocessor and a PS/2 mouse; one floppy drive, or two.
  yield [0x14, 0x06 | (drives === 0 ? 0 : drives === 1 ? 0x01 : 0x41)];

  const [first = null, second = null] = contents.disks;
  yield [
    0x12,
    (first === null ? 0 : DISK_TYPE_EXTENDED << 4) | (second === null ? 0 : DISK_TYPE_EXTENDED),
  ];
  const translations = contents.disks.map(
    (disk, place) => TRANSLATION_BITS[disk?.translation ?? "none"] << (2 * place),
  );
  yield [0x39, translations.reduce((all, bits) => all | bits, 0)];
  if (first !== null) {
    yield [0x19, DISK_TYPE_USER];
    yield* diskCells(0x1b, first);
  }
  if (second !== null) {
    yield [0x1a, DISK_TYPE_USER];
    yield* diskCells(0x24, second);
  }
}
