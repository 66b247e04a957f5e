/** A part of an image, by itself or with its writes refused: QEMU's `raw`. */
import {
  BlockError,
  checkRange,
  SECTOR_BYTES,
  type BlockBackend,
} from "../storage/block-backend.js";

/** The sectors of another image from `first` on. */
export class WindowImage implements BlockBackend {
  readonly readonly: boolean;
  readonly #beneath: BlockBackend;
  readonly #first: number;
  #count: number | null;

  /**
   * @param options.offset bytes before it, whole sectors
   * @param options.size   its bytes, `null` for all that follow
   */
  constructor(
    beneath: BlockBackend,
    options: { readonly offset: number; readonly size: number | null; readonly readonly: boolean },
  ) {
    this.#beneath = beneath;
    this.#first = options.offset / SECTOR_BYTES;
    this.#count = options.size === null ? null : Math.floor(options.size / SECTOR_BYTES);
    this.readonly = options.readonly || beneath.readonly;
  }

  get sectors(): number {
    return this.#count ?? Math.max(0, this.#beneath.sectors - this.#first);
  }

  read(lba: number, into: Uint8Array): void {
    checkRange(this, lba, into.length);
    this.#beneath.read(this.#first + lba, into);
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
    if (this.readonly) throw new BlockError("the image is read-only", { rule: "medium-read-only" });
    this.#beneath.write(this.#first + lba, from);
  }

  flush(): void {
    this.#beneath.flush?.();
  }

  resize(sectors: number): void {
    if (this.readonly || this.#beneath.resize === undefined) {
      throw new BlockError("the image cannot be resized", { rule: "medium-size" });
    }
    this.#beneath.resize(this.#first + sectors);
    if (this.#count !== null) this.#count = sectors;
  }
}
