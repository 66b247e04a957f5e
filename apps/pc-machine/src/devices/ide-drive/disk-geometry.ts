/** Cylinders, heads and sectors of a disk, told or guessed, and how firmware is to translate them. */
import { SECTOR_BYTES, type BlockBackend } from "../../storage/block-backend.js";
import { defaultGeometry, type Geometry } from "../piix3-ide/geometry.js";

/** Translations, by their numbers in CMOS memory plus one; `auto` leaves it to the board. */
export const TRANSLATIONS = ["auto", "none", "lba", "large", "rechs"] as const;

/** Translation by firmware, from the geometry of the disk to the one that old software sees. */
export type Translation = (typeof TRANSLATIONS)[number];

/** A disk's geometry and its translation. */
export interface TranslatedGeometry {
  readonly geometry: Geometry;
  readonly translation: Translation;
}

const MOST_CYLINDERS = 16_383;
const MOST_HEADS = 16;
const LARGE_LIMIT = 131_072;
const PLAIN_CYLINDERS = 1024;
const PLAIN_SECTORS = 63;
const SIGNATURE = 0xaa55;
const PARTITIONS = { at: 446, bytes: 16, count: 4 } as const;

/** The geometry of a disk that nobody told one of: as its partition table was made for, else the usual. */
export function guessGeometry(disk: BlockBackend): TranslatedGeometry {
  const usual = defaultGeometry(disk.sectors);
  const logical = logicalGeometry(disk);
  if (logical === null) return { geometry: usual, translation: usualTranslation(usual) };
  if (logical.heads > MOST_HEADS) {
    // The partitions were made by firmware that translates.
    const large = usual.cylinders * usual.heads <= LARGE_LIMIT;
    return { geometry: usual, translation: large ? "large" : "lba" };
  }
  return { geometry: logical, translation: "none" };
}

/** The translation that a geometry needs where nobody says. */
export function usualTranslation({ cylinders, heads, sectors }: Geometry): Translation {
  return cylinders <= PLAIN_CYLINDERS && heads <= MOST_HEADS && sectors <= PLAIN_SECTORS
    ? "none"
    : "lba";
}

/** The geometry that the ends of the partitions fit to, `null` where there are none. */
function logicalGeometry(disk: BlockBackend): Geometry | null {
  if (disk.sectors < 1) return null;
  const sector = new Uint8Array(SECTOR_BYTES);
  try {
    disk.read(0, sector);
  } catch {
    return null;
  }
  const view = new DataView(sector.buffer);
  if (view.getUint16(SECTOR_BYTES - 2, true) !== SIGNATURE) return null;
  for (let number = 0; number < PARTITIONS.count; number++) {
    const at = PARTITIONS.at + number * PARTITIONS.bytes;
    const lastHead = view.getUint8(at + 5);
    const sectors = view.getUint8(at + 6) & 0x3f;
    if (view.getUint32(at + 12, true) === 0 || lastHead === 0 || sectors === 0) continue;
    const heads = lastHead + 1;
    const cylinders = Math.floor(disk.sectors / (heads * sectors));
    if (cylinders >= 1 && cylinders <= MOST_CYLINDERS) return { cylinders, heads, sectors };
  }
  return null;
}
