/** The 512 bytes with which a drive tells what it is: IDENTIFY DEVICE and IDENTIFY PACKET DEVICE. */
import type { Geometry } from "./geometry.js";

/** Identity of a drive, as the block tells it. */
export interface DriveIdentity {
  /** Up to 40 characters. */
  readonly model: string;
  /** Up to 20 characters. */
  readonly serial: string;
  /** Up to 8 characters. */
  readonly version: string;
  readonly sectors: number;
  readonly geometry: Geometry;
  /** The geometry that INITIALIZE PARAMETERS set. */
  readonly currentGeometry: Geometry;
  readonly maxMultiple: number;
  /** The block size SET MULTIPLE chose, 0 for none. */
  readonly multiple: number;
  readonly writeCache: boolean;
  /** True if self-monitoring is switched on. */
  readonly smart: boolean;
  /** True if DMA commands work. */
  readonly dma: boolean;
  readonly transferMode: TransferMode;
}

const LBA28_LIMIT = 0x0fff_ffff;
/** Families of transfer modes: the upper five bits. */
const SINGLE_WORD_DMA = 0x10;
const MULTIWORD_DMA = 0x20;
const ULTRA_DMA = 0x40;
const DMA_FAMILIES: readonly number[] = [SINGLE_WORD_DMA, MULTIWORD_DMA, ULTRA_DMA];
/** Cycle times of a packet drive, in ns. */
const PACKET_CYCLES = [
  [65, 180],
  [66, 180],
  [67, 300],
  [68, 180],
] as const;

/** Write the block for `drive` into the first 512 bytes of `into`. */
export function writeIdentify(drive: DriveIdentity, into: Uint8Array): void {
  const { set, set32, text } = identifyWords(into);
  const { geometry, currentGeometry } = drive;

  set(0, 0x0040); // fixed disk
  set(1, geometry.cylinders);
  set(3, geometry.heads);
  set(4, 512 * geometry.sectors);
  set(5, 512);
  set(6, geometry.sectors);
  text(10, 10, drive.serial);
  set(20, 3); // dual-ported buffer with caching
  set(21, 512); // of 256 KiB
  set(22, 4);
  text(23, 4, drive.version);
  text(27, 20, drive.model);
  set(47, 0x8000 | drive.maxMultiple);
  set(48, 1); // 32-bit transfers at the data port
  set(49, 0x0a00 | (drive.dma ? 0x0100 : 0)); // IORDY, LBA, DMA
  set(51, 0x0200);
  set(52, 0x0200);
  set(53, drive.dma ? 7 : 3); // words 54-58, 64-70 and 88 are valid
  set(54, currentGeometry.cylinders);
  set(55, currentGeometry.heads);
  set(56, currentGeometry.sectors);
  set32(57, currentGeometry.cylinders * currentGeometry.heads * currentGeometry.sectors);
  set(59, drive.multiple > 0 ? 0x0100 | drive.multiple : 0);
  set32(60, Math.min(drive.sectors, LBA28_LIMIT));
  if (drive.dma) {
    drive.transferMode.words(set);
  }
  set(64, 3); // PIO modes 3 and 4
  for (let word = 65; word <= 68; word++) {
    set(word, 120); // cycle times in ns
  }
  if (drive.dma) {
    set(69, 0x4000); // what was trimmed reads the same each time
    set(169, 0x0001); // TRIM
  }
  set(80, 0x00f0); // ATA-4 to ATA-7
  set(81, 0x0016);
  set(82, 0x4021); // NOP, write cache, SMART
  set(83, 0x7400); // FLUSH CACHE (EXT), 48-bit addresses
  set(84, 0x4000);
  set(85, 0x4000 | (drive.writeCache ? 0x20 : 0) | (drive.smart ? 0x01 : 0));
  set(86, 0x3400);
  set(87, 0x4000);
  set(93, 0x6001); // an 80-wire cable, device 0 passed its self-test
  set(106, 0x6000); // a physical sector holds one logical sector
  set32(100, drive.sectors % 2 ** 32);
  set32(102, Math.floor(drive.sectors / 2 ** 32));
}

/** The transfer mode of a drive, as SET FEATURES names it: Ultra DMA 5 until the driver chooses. */
export class TransferMode {
  #mode = ULTRA_DMA | 5;

  /** Take a mode: any number of a family that there is, as in QEMU. False where there is no such family. */
  set(mode: number): boolean {
    const family = mode & 0xf8;
    const isKnown = family === 0x00 || family === 0x08 || DMA_FAMILIES.includes(family);
    if (isKnown) this.#mode = mode;
    return isKnown;
  }

  /** The words that tell the modes there are, and the one that is chosen. */
  words(set: (word: number, value: number) => void): void {
    set(62, 0x07 | this.#selected(SINGLE_WORD_DMA));
    set(63, 0x07 | this.#selected(MULTIWORD_DMA));
    set(88, 0x3f | this.#selected(ULTRA_DMA));
  }

  /** The "selected" bit of a mode word, when the chosen mode is of its family. */
  #selected(family: number): number {
    return (this.#mode & 0xf8) === family ? 0x100 << (this.#mode & 7) : 0;
  }
}

/** Identity of a packet drive. */
export interface PacketDriveIdentity {
  readonly model: string;
  readonly serial: string;
  /** Up to 8 characters. */
  readonly version: string;
  /** True if packets may use DMA. */
  readonly dma: boolean;
  readonly transferMode: TransferMode;
}

/** Write the block for a CD-ROM drive into the first 512 bytes of `into`. */
export function writeIdentifyPacket(drive: PacketDriveIdentity, into: Uint8Array): void {
  const { set, text } = identifyWords(into);
  set(0, 0x85c0); // CD-ROM, removable, 12-byte packets, DRQ within 50 us
  text(10, 10, drive.serial);
  set(20, 3); // dual-ported buffer with caching
  set(21, 512); // of 256 KiB
  set(22, 4);
  text(23, 4, drive.version);
  text(27, 20, drive.model);
  set(48, 1); // 32-bit transfers at the data port
  set(49, 0x0200 | (drive.dma ? 0x0100 : 0)); // LBA, DMA
  set(53, drive.dma ? 7 : 3); // words 64-70 and 88 are valid
  if (drive.dma) {
    drive.transferMode.words(set);
  }
  set(64, 3); // PIO modes 3 and 4
  for (const [word, ns] of PACKET_CYCLES) {
    set(word, ns);
  }
  set(71, 30); // from the packet to the bus, and to the end of BSY, in ns
  set(72, 30);
  set(80, 0x001e); // ATA-1 to ATA-4
}

/** Writers into an empty block. */
function identifyWords(into: Uint8Array): {
  set: (word: number, value: number) => void;
  set32: (word: number, value: number) => void;
  text: (word: number, count: number, value: string) => void;
} {
  into.fill(0, 0, 512);
  const words = new DataView(into.buffer, into.byteOffset, 512);
  const set = (word: number, value: number): void => words.setUint16(2 * word, value, true);
  return {
    set,
    set32: (word, value) => words.setUint32(2 * word, value, true),
    text: (word, count, value) => {
      const padded = value.padEnd(2 * count, " ");
      for (let i = 0; i < count; i++) {
        // The first character of each pair is in the high byte.
        set(word + i, (padded.charCodeAt(2 * i) << 8) | (padded.charCodeAt(2 * i + 1) & 0xff));
      }
    },
  };
}
