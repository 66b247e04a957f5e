/** The 512 bytes with which a disk answers IDENTIFY DEVICE. */
import type { Geometry } from "./geometry.js";

/** What the block tells of a drive. */
export interface DriveIdentity {
  /** Up to 40 characters. */
  readonly model: string;
  /** Up to 20 characters. */
  readonly serial: string;
  /** Up to 8 characters. */
  readonly firmware: string;
  readonly sectors: number;
  readonly geometry: Geometry;
  /** The geometry that INITIALIZE PARAMETERS set. */
  readonly currentGeometry: Geometry;
  readonly maxMultiple: number;
  /** The block size SET MULTIPLE chose, 0 for none. */
  readonly multiple: number;
  readonly writeCache: boolean;
  /** Whether DMA commands work. */
  readonly dma: boolean;
  /** The transfer mode that SET FEATURES chose, as it was given (0x20.. multiword, 0x40.. ultra). */
  readonly transferMode: number;
}

const LBA28_LIMIT = 0x0fff_ffff;

/** Write the block for `drive` into the first 512 bytes of `into`. */
export function writeIdentify(drive: DriveIdentity, into: Uint8Array): void {
  into.fill(0, 0, 512);
  const words = new DataView(into.buffer, into.byteOffset, 512);
  const set = (word: number, value: number): void => words.setUint16(2 * word, value, true);
  const set32 = (word: number, value: number): void => words.setUint32(2 * word, value, true);
  const text = (word: number, count: number, value: string): void => {
    const padded = value.padEnd(2 * count, " ");
    for (let i = 0; i < count; i++) {
      // The first character of each pair is in the high byte.
      set(word + i, (padded.charCodeAt(2 * i) << 8) | (padded.charCodeAt(2 * i + 1) & 0xff));
    }
  };
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
  text(23, 4, drive.firmware);
  text(27, 20, drive.model);
  set(47, 0x8000 | drive.maxMultiple);
  set(48, 1); // 32-bit transfers at the data port
  set(49, 0x0e00 | (drive.dma ? 0x0100 : 0)); // IORDY, LBA, DMA
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
    set(63, 0x07 | selectedMode(drive.transferMode, 0x20));
    set(88, 0x3f | selectedMode(drive.transferMode, 0x40));
  }
  set(64, 3); // PIO modes 3 and 4
  for (let word = 65; word <= 68; word++) {
    set(word, 120); // cycle times in ns
  }
  set(80, 0x00f0); // ATA-4 to ATA-7
  set(81, 0x0016);
  set(82, 0x4020); // NOP, write cache
  set(83, 0x7400); // FLUSH CACHE (EXT), 48-bit addresses
  set(84, 0x4000);
  set(85, 0x4000 | (drive.writeCache ? 0x20 : 0));
  set(86, 0x3400);
  set(87, 0x4000);
  set(93, 0x6001); // an 80-wire cable, device 0 passed its self-test
  set32(100, drive.sectors % 2 ** 32);
  set32(102, Math.floor(drive.sectors / 2 ** 32));
}

/** The "selected" bit of a mode word, when the chosen mode is of its family. */
function selectedMode(mode: number, family: number): number {
  return (mode & 0xf8) === family ? 0x100 << (mode & 7) : 0;
}
