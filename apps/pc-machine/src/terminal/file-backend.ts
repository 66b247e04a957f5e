/** A character device whose output goes into a file. */
import { closeSync, openSync, writeSync } from "node:fs";

import type { CharBackend } from "../host/chardev.js";

const BUFFER = 4096;
const LF = 0x0a;

/** Writes to a file, a line at a time. */
export class FileBackend implements CharBackend {
  receive: ((byte: number) => void) | null = null;
  readonly #fd: number;
  readonly #bytes = new Uint8Array(BUFFER);
  #used = 0;
  #failed = false;

  /** @throws Error of the host when the file cannot be opened */
  constructor(path: string, options: { readonly append?: boolean } = {}) {
    this.#fd = openSync(path, options.append === true ? "a" : "w");
  }

  write(byte: number): void {
    this.#bytes[this.#used++] = byte;
    if (byte === LF || this.#used === BUFFER) {
      this.flush();
    }
  }

  /** Write what is buffered. When the host refuses, the rest of the output is dropped. */
  flush(): void {
    let at = 0;
    while (at < this.#used && !this.#failed) {
      try {
        at += writeSync(this.#fd, this.#bytes, at, this.#used - at);
      } catch {
        this.#failed = true;
      }
    }
    this.#used = 0;
  }

  /** Write what is buffered, and close the file. */
  close(): void {
    this.flush();
    closeSync(this.#fd);
  }
}
