/** An image that keeps nothing: QEMU's `null-co`. */
import { checkRange, SECTOR_BYTES, type BlockBackend } from "../storage/block-backend.js";

/** Writes are lost; reads give zeros, or leave the buffer as it is. */
export class NullImage implements BlockBackend {
  readonly sectors: number;
  readonly readonly: boolean;
  readonly #zeroes: boolean;

  /**
   * @param bytes          its size
   * @param options.zeroes true if a read fills the buffer with zeros
   */
  constructor(bytes: number, options: { readonly zeroes: boolean; readonly readonly: boolean }) {
    this.sectors = Math.floor(bytes / SECTOR_BYTES);
    this.readonly = options.readonly;
    this.#zeroes = options.zeroes;
  }

  read(lba: number, into: Uint8Array): void {
    checkRange(this, lba, into.length);
    if (this.#zeroes) into.fill(0);
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
  }

  allocatedBytes(): number {
    return 0;
  }
}
