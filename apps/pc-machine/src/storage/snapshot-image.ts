/** A disk whose writes are kept in memory: what `-snapshot` asks for. */
import { checkRange, SECTOR_BYTES, type BlockBackend } from "./block-backend.js";

/** Sectors written here hide those of the image beneath, which stays as it is. */
export class SnapshotImage implements BlockBackend {
  readonly sectors: number;
  readonly readonly = false;
  readonly #base: BlockBackend;
  readonly #written = new Map<number, Uint8Array>();

  constructor(base: BlockBackend) {
    this.#base = base;
    this.sectors = base.sectors;
  }

  read(lba: number, into: Uint8Array): void {
    this.#base.read(lba, into);
    for (let at = 0; at < into.length; at += SECTOR_BYTES) {
      const sector = this.#written.get(lba + at / SECTOR_BYTES);
      if (sector !== undefined) {
        into.set(sector, at);
      }
    }
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
    for (let at = 0; at < from.length; at += SECTOR_BYTES) {
      this.#written.set(lba + at / SECTOR_BYTES, from.slice(at, at + SECTOR_BYTES));
    }
  }

  allocatedBytes(): number {
    return this.#written.size * SECTOR_BYTES;
  }
}
