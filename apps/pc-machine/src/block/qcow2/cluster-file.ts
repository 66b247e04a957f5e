/** The file that an image is in: bytes at any place of whole sectors. */
import { BlockError, SECTOR_BYTES, type BlockBackend } from "../../storage/block-backend.js";

/** Clusters that a file may have: 16 TiB of 64 KiB each. */
export const MOST_CLUSTERS = 2 ** 28;

/** Access by bytes, and growth. */
export class ClusterFile {
  readonly #file: BlockBackend;
  readonly clusterBytes: number;

  constructor(file: BlockBackend, clusterBytes: number) {
    this.#file = file;
    this.clusterBytes = clusterBytes;
  }

  /** Bytes of the file. */
  get bytes(): number {
    return this.#file.sectors * SECTOR_BYTES;
  }

  /** Fill `into` from `offset`, a multiple of sectors; what is beyond the end are zeros. */
  read(offset: number, into: Uint8Array): void {
    const has = Math.max(0, this.bytes - offset);
    const part = into.subarray(0, Math.min(into.length, has));
    if (part.length > 0) this.#file.read(offset / SECTOR_BYTES, part);
    into.fill(0, part.length);
  }

  /**
   * Store `from` at `offset`, both multiples of sectors; the file grows as far as that takes.
   * @throws BlockError when it cannot
   */
  write(offset: number, from: Uint8Array): void {
    const end = offset + from.length;
    if (end > MOST_CLUSTERS * this.clusterBytes) {
      throw new BlockError("the file would be too large", { rule: "medium-size" });
    }
    if (end > this.bytes) this.#grow(end);
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

  /** Make what was written durable. */
  flush(): void {
    this.#file.flush?.();
  }

  #grow(end: number): void {
    if (this.#file.resize === undefined) {
      throw new BlockError("the file cannot grow", { rule: "medium-size" });
    }
    const whole = Math.ceil(end / this.clusterBytes) * this.clusterBytes;
    this.#file.resize(whole / SECTOR_BYTES);
  }
}
