/** A floppy drive: the medium in it, its geometry, and where the head is. */
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import type { DriveBackend } from "../../storage/drive-backend.js";

/** A place on a disk. */
export interface FloppyPlace {
  readonly track: number;
  readonly head: number;
  /** From 1 on. */
  readonly sector: number;
}

/** Tracks, heads and sectors of a medium. */
export interface FloppyGeometry {
  readonly tracks: number;
  readonly heads: number;
  readonly sectors: number;
  /** Data rate that it is recorded with, as the rate register has it. */
  readonly rate: number;
  /** The kind of drive that it takes, as CMOS memory tells it. */
  readonly type: number;
}

/** Kinds of drives, as CMOS memory tells them. */
export const FloppyType = { NONE: 0, MIB_1_2: 2, MIB_1_44: 4, MIB_2_88: 5 } as const;

const RATE = { KBIT_500: 0, KBIT_300: 1, KBIT_250: 2, MBIT_1: 3 } as const;

function format(
  tracks: number,
  heads: number,
  sectors: number,
  rate: number,
  type: number,
): FloppyGeometry {
  return { tracks, heads, sectors, rate, type };
}

/** Formats, the usual one of a size first. */
const FORMATS: readonly FloppyGeometry[] = [
  format(80, 2, 18, RATE.KBIT_500, FloppyType.MIB_1_44),
  format(80, 2, 36, RATE.MBIT_1, FloppyType.MIB_2_88),
  format(80, 2, 20, RATE.KBIT_500, FloppyType.MIB_1_44),
  format(80, 2, 21, RATE.KBIT_500, FloppyType.MIB_1_44),
  format(82, 2, 21, RATE.KBIT_500, FloppyType.MIB_1_44),
  format(80, 2, 15, RATE.KBIT_500, FloppyType.MIB_1_2),
  format(80, 2, 9, RATE.KBIT_250, FloppyType.MIB_1_44),
  format(80, 1, 9, RATE.KBIT_250, FloppyType.MIB_1_44),
  format(40, 2, 9, RATE.KBIT_300, FloppyType.MIB_1_2),
  format(40, 2, 8, RATE.KBIT_300, FloppyType.MIB_1_2),
  format(40, 1, 9, RATE.KBIT_300, FloppyType.MIB_1_2),
  format(40, 1, 8, RATE.KBIT_300, FloppyType.MIB_1_2),
];

/** The format of a medium of `sectors` sectors: the smallest that holds them, else the largest. */
function geometryOf(sectors: number): FloppyGeometry {
  const size = (one: FloppyGeometry): number => one.tracks * one.heads * one.sectors;
  const exact = FORMATS.find((one) => size(one) === sectors);
  const larger = FORMATS.filter((one) => size(one) >= sectors);
  const [smallest] = larger.toSorted((one, other) => size(one) - size(other));
  return exact ?? smallest ?? format(80, 2, 36, RATE.MBIT_1, FloppyType.MIB_2_88);
}

/** One drive. Tracks and heads count from 0, sectors from 1. */
export class FloppyDrive {
  /** Track that the head is on. */
  track = 0;
  head = 0;
  /** The sector under the head. */
  sector = 1;
  readonly #drive: DriveBackend;
  readonly #type: number;
  #geometry: FloppyGeometry | null;
  #changed = true;

  /**
   * @param drive the medium, which may come and go
   * @param type  kind of the drive, as CMOS memory tells it; `null`: that of the medium
   */
  constructor(drive: DriveBackend, type: number | null = null) {
    this.#drive = drive;
    this.#geometry = drive.present ? geometryOf(drive.sectors) : null;
    this.#type = type ?? this.#geometry?.type ?? FloppyType.MIB_2_88;
  }

  /** Formats of the medium, `null` without one. */
  get geometry(): FloppyGeometry | null {
    return this.#geometry;
  }

  /** The drive that holds the medium. */
  get backend(): DriveBackend {
    return this.#drive;
  }

  /** Kind of the drive, as CMOS memory tells it. */
  get type(): number {
    return this.#type;
  }

  /** True if the medium was taken out since the head last moved, or is out. */
  get changed(): boolean {
    return this.#changed || !this.#drive.present;
  }

  /** True if nothing can be written. */
  get writeProtected(): boolean {
    return this.#drive.readonly;
  }

  /** Another medium is in it, or none. */
  mediumChanged(): void {
    this.#geometry = this.#drive.present ? geometryOf(this.#drive.sectors) : null;
    this.#changed = true;
  }

  /** Move to a sector. */
  moveTo({ track, head, sector }: FloppyPlace): void {
    this.seek(track);
    this.head = head;
    this.sector = sector;
  }

  /** Move the head. A step tells the drive of a medium. */
  seek(track: number): void {
    if (track !== this.track && this.#drive.present) this.#changed = false;
    this.track = track;
  }

  /** True if there is a sector at `track`, `head`, `sector`. */
  has(track: number, head: number, sector: number): boolean {
    const geometry = this.#geometry;
    return (
      geometry !== null &&
      track < geometry.tracks &&
      head < geometry.heads &&
      sector >= 1 &&
      sector <= geometry.sectors
    );
  }

  /** Read the sector under the head into `into`. Past the end of a short image there are zeros. @throws BlockError */
  read(into: Uint8Array): void {
    const lba = this.#lba;
    if (lba >= this.#drive.sectors) into.fill(0);
    else this.#drive.read(lba, into);
  }

  /** Write the sector under the head. @throws BlockError */
  write(from: Uint8Array): void {
    this.#drive.write(this.#lba, from.subarray(0, SECTOR_BYTES));
  }

  get #lba(): number {
    const { heads = 2, sectors = 18 } = this.#geometry ?? {};
    return (this.track * heads + this.head) * sectors + this.sector - 1;
  }
}
