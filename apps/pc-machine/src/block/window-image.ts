/** A part of an image, by itself or with its writes refused: QEMU's `raw`. */
import {
  BlockError,
  checkRange,
  SECTOR_BYTES,
  type BlockBackend,
} from "../storage/block-backend.js";
import { beginsQcow2 } from "./qcow2/header/header.js";

/** The sectors of another image from `first` on. */
export class WindowImage implements BlockBackend {
  readonly readonly: boolean;
  readonly #beneath: BlockBackend;
  readonly #first: number;
  readonly #staysRaw: boolean;
  #count: number | null;

  /**
   * @param options.offset bytes before it, whole sectors
   * @param options.size   its bytes, `null` for all that follow
   * @param options.staysRaw refuse to make it begin as an image of another format does
   */
  constructor(
    beneath: BlockBackend,
    options: {
      readonly offset: number;
      readonly size: number | null;
      readonly readonly: boolean;
      readonly staysRaw?: boolean;
    },
  ) {
    this.#staysRaw = options.staysRaw ?? false;
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
    if (this.#staysRaw && lba === 0 && beginsQcow2(from)) {
      throw new BlockError("the first sector would make this another format: give format=raw", {
        rule: "medium-format",
      });
    }
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
