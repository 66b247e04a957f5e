/** A character device whose output goes into a file. */
import { closeSync, openSync, writeSync } from "node:fs";

import type { CharBackend } from "../host/chardev.js";

const BUFFER = 4096;
const LF = 0x0a;

/** Writes to a file, a line at a time. */
export class FileBackend implements CharBackend {
  receive: ((byte: number) => void) | null = null;
  readonly #fd: number;
  readonly #onError: (error: unknown) => void;
  readonly #bytes = new Uint8Array(BUFFER);
  #used = 0;
  #failed = false;

  /**
   * @param options.append   keep what the file holds
   * @param options.onError  told once, when the host refuses to write
   * @throws Error of the host when the file cannot be opened
   */
  constructor(
    path: string,
    options: { readonly append?: boolean; readonly onError?: (error: unknown) => void } = {},
  ) {
    this.#onError = options.onError ?? (() => undefined);
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
      } catch (error) {
        this.#failed = true;
        this.#onError(error);
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
