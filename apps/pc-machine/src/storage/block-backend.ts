/** Storage of a disk's contents. */
import { MemError } from "@mem/qom";

/** Bytes of a sector, the unit of every transfer. */
export const SECTOR_BYTES = 512;

/** A medium of whole sectors. Errors of the host are thrown here and become a status in the disk. */
export interface BlockBackend {
  /** Size in sectors of {@link SECTOR_BYTES} bytes. */
  readonly sectors: number;
  /** True if writes are refused. */
  readonly readonly: boolean;
  /**
   * Fill `into`, whose length is a multiple of the sector size, from sector `lba` on.
   *
   * @throws BlockError when the range leaves the medium or the host fails.
   */
  read(lba: number, into: Uint8Array): void;
  /**
   * Store `from`, whose length is a multiple of the sector size, from sector `lba` on.
   *
   * @throws BlockError when the range leaves the medium, it is read-only, or the host fails.
   */
  write(lba: number, from: Uint8Array): void;
  /** Make what was written durable. */
  flush?(): void;
  /** Give the host's resources back. */
  close?(): void;
  /**
   * Change the size, in sectors. What is added reads as zeros.
   * @throws BlockError when it cannot be
   */
  resize?(sectors: number): void;
  /** Bytes that it takes on the host; absent where nobody knows. */
  allocatedBytes?(): number;
}

/** A transfer that a medium could not do. `cause` holds the host's error, if it was one. */
export class BlockError extends MemError {
  static override readonly name: string = "BlockError";
}

/**
 * Check that a transfer lies within the medium.
 *
 * @throws BlockError when it does not, naming both ranges.
 */
export function checkRange(backend: BlockBackend, lba: number, bytes: number): void {
  const count = bytes / SECTOR_BYTES;
  if (!Number.isInteger(count) || !Number.isInteger(lba)) {
    throw new BlockError(`transfer of ${bytes} bytes at sector ${lba} is not of whole sectors`, {
      rule: "whole-sectors",
    });
  }
  if (lba < 0 || lba + count > backend.sectors) {
    throw new BlockError(
      `sectors ${lba} to ${lba + count - 1} are outside the medium (0 to ${backend.sectors - 1})`,
      { rule: "medium-range" },
    );
  }
}
