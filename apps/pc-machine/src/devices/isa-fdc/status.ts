/** Status registers 0 to 2: how a transfer ended. */
import type { FloppyDrive, FloppyPlace } from "./floppy-drive.js";

/** Bits of status register 0. `SEEK`: the head has left its track. */
export const St0 = { CHANGED: 0xc0, INVALID: 0x80, ABNORMAL: 0x40, SEEK: 0x20 } as const;
/** Bits of status register 1. */
export const St1 = {
  NO_ADDRESS_MARK: 0x01,
  NOT_WRITABLE: 0x02,
  NO_DATA: 0x04,
  DATA_ERROR: 0x20,
  END_OF_CYLINDER: 0x80,
} as const;
/** Bits of status register 2. */
export const St2 = { SCAN_NOT_MET: 0x04, SCAN_EQUAL: 0x08 } as const;

/** Status of a transfer that is over: bits of the status registers 0 to 2. */
export interface FloppyStatus {
  readonly st0: number;
  readonly st1: number;
  readonly st2: number;
}

/** Nothing to report. */
export const FINE: FloppyStatus = { st0: 0, st1: 0, st2: 0 };

/** A transfer that failed, for a reason of status register 1. */
export function failedBy(st1: number): FloppyStatus {
  return { st0: St0.ABNORMAL, st1, st2: 0 };
}

/** The code of sectors of 512 bytes. */
export const SECTOR_SIZE_CODE = 2;

/**
 * Move the head to a sector.
 * @param asked.size code of the sector's size
 * @param asked.rate the data rate that is set
 * @returns the failure, `null` if there is none
 */
export function moveHead(
  drive: FloppyDrive,
  place: FloppyPlace,
  { size, rate }: { readonly size: number; readonly rate: number },
): FloppyStatus | null {
  const { track, head, sector } = place;
  const { geometry } = drive;
  if (geometry === null) {
    // The head moves, although there is nothing below it; of sides there is one.
    if (head === 0) drive.moveTo(place);
    return failedBy(0);
  }
  if (geometry.rate !== rate) return failedBy(St1.NO_ADDRESS_MARK);
  if (track >= geometry.tracks || head >= geometry.heads) return failedBy(0);
  if (!drive.has(track, head, sector)) return failedBy(St1.END_OF_CYLINDER);
  if (size !== SECTOR_SIZE_CODE) return failedBy(St1.NO_DATA);
  drive.moveTo(place);
  return null;
}
