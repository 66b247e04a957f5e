/** The file that an image is in: bytes at any place, and clusters at its end. */
import { BlockError, SECTOR_BYTES, type BlockBackend } from "../../storage/block-backend.js";

/** Access by bytes, and growth. */
export class ClusterFile {
  readonly #file: BlockBackend;
  readonly clusterBytes: number;
  #end: number;

  constructor(file: BlockBackend, clusterBytes: number) {
    this.#file = file;
    this.clusterBytes = clusterBytes;
    this.#end = Math.ceil((file.sectors * SECTOR_BYTES) / clusterBytes) * clusterBytes;
  }

  /** Fill `into` from `offset`, a multiple of sectors; what is beyond the end are zeros. */
  read(offset: number, into: Uint8Array): void {
    const has = Math.max(0, this.#file.sectors * SECTOR_BYTES - offset);
    const part = into.subarray(0, Math.min(into.length, has));
    this.#file.read(offset / SECTOR_BYTES, part);
    into.fill(0, part.length);
  }

  /** Store `from` at `offset`, both multiples of sectors. */
  write(offset: number, from: Uint8Array): void {
    this.#file.write(offset / SECTOR_BYTES, from);
  }

  /** Store a few bytes anywhere. */
  patch(offset: number, bytes: Uint8Array): void {
    const first = Math.floor(offset / SECTOR_BYTES) * SECTOR_BYTES;
    const length = Math.ceil((offset + bytes.length - first) / SECTOR_BYTES) * SECTOR_BYTES;
    const sectors = new Uint8Array(length);
    this.read(first, sectors);
    sectors.set(bytes, offset - first);
    this.write(first, sectors);
  }

  /**
   * Put clusters at the end.
   * @returns where they are; nothing has changed when this throws
   * @throws BlockError when the host has no room
   */
  append(bytes: Uint8Array): number {
    const offset = this.#end;
    const before = this.#file.sectors;
    const end = offset + Math.ceil(bytes.length / this.clusterBytes) * this.clusterBytes;
    if (this.#file.resize === undefined) {
      throw new BlockError("the file cannot grow", { rule: "medium-size" });
    }
    this.#file.resize(end / SECTOR_BYTES);
    try {
      this.#file.write(offset / SECTOR_BYTES, bytes);
    } catch (error) {
      this.#file.resize(before);
      throw error;
    }
    this.#end = end;
    return offset;
  }

  /** Make what was written durable. */
  flush(): void {
    this.#file.flush?.();
  }
}
