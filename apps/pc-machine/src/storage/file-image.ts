/** A raw disk image in a file. */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";

import { BlockError, SECTOR_BYTES, checkRange, type BlockBackend } from "./block-backend.js";

/**
 * A raw image file, opened once and accessed synchronously. A last sector that the file holds only
 * in part reads as padded with zeros, and a write to it makes the file whole.
 */
export class FileImage implements BlockBackend {
  readonly path: string;
  readonly readonly: boolean;
  #sectors = 0;
  #fd: number | null;

  /** @throws BlockError when the file cannot be opened or is no regular file or block device. */
  constructor(path: string, options: { readonly?: boolean } = {}) {
    this.path = path;
    this.readonly = options.readonly ?? false;
    let fd: number | null = null;
    try {
      fd = openSync(path, this.readonly ? "r" : "r+");
      const stat = fstatSync(fd);
      if (!stat.isFile()) {
        throw new BlockError("not a regular file", { rule: "host-file" });
      }
      this.#sectors = Math.ceil(stat.size / SECTOR_BYTES);
    } catch (cause) {
      if (fd !== null) {
        closeSync(fd);
      }
      throw new BlockError(`cannot open disk image "${path}": ${messageOf(cause)}`, {
        rule: "host-file",
        cause,
      });
    }
    this.#fd = fd;
  }

  get sectors(): number {
    return this.#sectors;
  }

  read(lba: number, into: Uint8Array): void {
    checkRange(this, lba, into.length);
    this.#host("read", (fd) => {
      let done = 0;
      while (done < into.length) {
        const got = readSync(fd, into, done, into.length - done, lba * SECTOR_BYTES + done);
        if (got === 0) {
          into.fill(0, done);
          return;
        }
        done += got;
      }
    });
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
    if (this.readonly) {
      throw new BlockError(`disk image "${this.path}" is read-only`, { rule: "medium-read-only" });
    }
    this.#host("write", (fd) => {
      let done = 0;
      while (done < from.length) {
        done += writeSync(fd, from, done, from.length - done, lba * SECTOR_BYTES + done);
      }
    });
  }

  flush(): void {
    if (!this.readonly) {
      this.#host("flush", (fd) => fdatasyncSync(fd));
    }
  }

  resize(sectors: number): void {
    if (this.readonly) {
      throw new BlockError(`disk image "${this.path}" is read-only`, { rule: "medium-read-only" });
    }
    this.#host("resize", (fd) => ftruncateSync(fd, sectors * SECTOR_BYTES));
    this.#sectors = sectors;
  }

  allocatedBytes(): number {
    const UNIT = 512;
    return this.#fd === null ? 0 : (fstatSync(this.#fd).blocks ?? 0) * UNIT;
  }

  close(): void {
    if (this.#fd !== null) {
      closeSync(this.#fd);
      this.#fd = null;
    }
  }

  #host(what: string, action: (fd: number) => void): void {
    if (this.#fd === null) {
      throw new BlockError(`cannot ${what} disk image "${this.path}": it is closed`, {
        rule: "host-file",
      });
    }
    try {
      action(this.#fd);
    } catch (cause) {
      throw new BlockError(`cannot ${what} disk image "${this.path}": ${messageOf(cause)}`, {
        rule: "host-file",
        cause,
      });
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
