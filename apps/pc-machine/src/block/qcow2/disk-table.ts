/** A table of an image, held in memory and written through. */
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import type { ClusterFile } from "./cluster-file.js";
import { ENTRY_BYTES, type Entry } from "./entry.js";

/** A table at a place of the file. What cannot be written leaves it as it was. */
export class DiskTable {
  readonly #file: ClusterFile;
  /** Its place, in bytes. */
  readonly offset: number;
  readonly view: DataView<ArrayBuffer>;

  /** @param bytes its contents, whole sectors; they are used in place */
  constructor(file: ClusterFile, offset: number, bytes: Uint8Array<ArrayBuffer>) {
    this.#file = file;
    this.offset = offset;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Read the table of `length` bytes at `offset`. */
  static load(file: ClusterFile, offset: number, length: number): DiskTable {
    const whole = Math.ceil(length / SECTOR_BYTES) * SECTOR_BYTES;
    const bytes = new Uint8Array(whole);
    file.read(offset, bytes);
    return new DiskTable(file, offset, bytes);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view.buffer, this.view.byteOffset, this.view.byteLength);
  }

  /** Number of entries that there is room for. */
  get entries(): number {
    return this.view.byteLength / ENTRY_BYTES;
  }

  /** The entry `index`. */
  entry(index: number): Entry {
    const at = index * ENTRY_BYTES;
    return { high: this.view.getUint32(at), low: this.view.getUint32(at + 4) };
  }

  /** Set entries from `index` on, in the file and here. */
  enter(index: number, entries: readonly Entry[]): void {
    this.change(index * ENTRY_BYTES, entries.length * ENTRY_BYTES, (view, start) => {
      entries.forEach(({ high, low }, nth) => {
        const at = (index + nth) * ENTRY_BYTES - start;
        view.setUint32(at, high);
        view.setUint32(at + 4, low);
      });
    });
  }

  /**
   * Change `length` bytes at `at`, in the file and here.
   * @param action makes the change in a view of whole sectors, which begins at byte `start`
   */
  change(at: number, length: number, action: (view: DataView, start: number) => void): void {
    const first = Math.floor(at / SECTOR_BYTES) * SECTOR_BYTES;
    const end = Math.ceil((at + length) / SECTOR_BYTES) * SECTOR_BYTES;
    const sectors = this.bytes.slice(first, end);
    action(new DataView(sectors.buffer), first);
    this.#file.write(this.offset + first, sectors);
    this.bytes.set(sectors, first);
  }

  /** Write all of it. */
  store(): void {
    this.#file.write(this.offset, this.bytes);
  }
}
