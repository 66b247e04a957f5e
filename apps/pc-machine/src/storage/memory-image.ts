/** A disk image in memory, for tests and for images that came from elsewhere than a file. */
import { isBytes } from "../host/bytes.js";
import { BlockError, SECTOR_BYTES, checkRange, type BlockBackend } from "./block-backend.js";

/** The sectors of a byte array. */
export class MemoryImage implements BlockBackend {
  readonly sectors: number;
  readonly readonly: boolean;
  /** The contents, padded with zeros to whole sectors. */
  readonly bytes: Uint8Array;

  /**
   * @param contents the bytes to use in place (copied when padding is needed), or a size in bytes
   * @throws BlockError if it is neither
   */
  constructor(contents: Uint8Array | number, options: { readonly?: boolean } = {}) {
    if (!isContents(contents)) {
      throw new BlockError(
        `new MemoryImage: ${String(contents)} is neither a Uint8Array nor a size in bytes`,
        { rule: "image-contents" },
      );
    }
    this.readonly = options.readonly ?? false;
    const length = typeof contents === "number" ? contents : contents.length;
    this.sectors = Math.ceil(length / SECTOR_BYTES);
    if (typeof contents !== "number" && length === this.sectors * SECTOR_BYTES) {
      this.bytes = contents;
    } else {
      this.bytes = new Uint8Array(this.sectors * SECTOR_BYTES);
      if (typeof contents !== "number") {
        this.bytes.set(contents);
      }
    }
  }

  read(lba: number, into: Uint8Array): void {
    checkBuffer(into);
    checkRange(this, lba, into.length);
    const start = lba * SECTOR_BYTES;
    into.set(this.bytes.subarray(start, start + into.length));
  }

  write(lba: number, from: Uint8Array): void {
    checkBuffer(from);
    checkRange(this, lba, from.length);
    if (this.readonly) {
      throw new BlockError("the image is read-only", { rule: "medium-read-only" });
    }
    this.bytes.set(from, lba * SECTOR_BYTES);
  }
}

function isContents(value: unknown): boolean {
  return isBytes(value) || (Number.isSafeInteger(value) && Number(value) >= 0);
}

function checkBuffer(bytes: unknown): void {
  if (isBytes(bytes)) return;
  throw new BlockError(`a transfer needs a Uint8Array, not ${String(bytes)}`, {
    rule: "transfer-buffer",
  });
}
