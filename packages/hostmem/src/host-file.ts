import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { PAGE_SIZE } from "@mem/core";
import { HostFileError } from "./host-file-error.js";

/** Which file to open, and what it must be good for. */
export interface HostFileOptions {
  /** Name of the region, for messages. */
  readonly region: string;
  readonly path?: string | undefined;
  readonly fd?: number | undefined;
  /** Where the memory starts in the file, in bytes. */
  readonly offset: number;
  /** Bytes of memory that must be there. */
  readonly size: number;
  readonly writable: boolean;
  readonly create: boolean;
}

/** A stretch of an open file. Positions are in bytes from its start; all failures are typed. */
export class HostFile {
  readonly fd: number;
  /** Path, or `fd N`. */
  readonly name: string;
  readonly path: string | undefined;
  readonly #region: string;
  readonly #offset: number;
  readonly #size: number;
  #open = true;
  /** Whether there was no file. */
  #made = false;
  /** How long the file was, if it was made longer. */
  #grownFrom: number | null = null;

  /**
   * @throws HostFileError when the file cannot be opened, is no ordinary file, or too short: it
   *   is then left as it was.
   */
  constructor(options: HostFileOptions) {
    const { region, path, fd, offset, size, create } = options;
    this.#region = region;
    this.#offset = offset;
    this.#size = size;
    this.path = path;
    this.name = path ?? (fd === undefined ? "(no file)" : `fd ${fd}`);
    if ((path === undefined) === (fd === undefined)) {
      throw this.#error("file-source", "the file is given by its path, or by a descriptor");
    }
    if (!Number.isSafeInteger(offset) || offset < 0 || offset % PAGE_SIZE !== 0) {
      throw this.#error("file-offset", `the offset ${offset} is no multiple of ${PAGE_SIZE}`);
    }
    this.fd = fd ?? this.#try("open", () => this.#openPath(path ?? "", options));
    try {
      this.#require(offset + size, create);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Whether it has not been closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Fills `into` from `at`; what lies beyond the end of the file is left alone. */
  read(at: number, into: Uint8Array): void {
    this.#try("read", () => {
      for (let done = 0; done < into.length;) {
        const n = readSync(this.fd, into, done, into.length - done, this.#offset + at + done);
        if (n === 0) return;
        done += n;
      }
    });
  }

  /** Writes bytes at `at`, but none beyond the size that was asked for; answers how many. */
  write(at: number, from: Uint8Array): number {
    const length = Math.min(from.length, this.#size - at);
    this.#try("write", () => {
      for (let done = 0; done < length;) {
        done += writeSync(this.fd, from, done, length - done, this.#offset + at + done);
      }
    });
    return Math.max(length, 0);
  }

  /** Waits until what was written is on the medium. */
  flush(): void {
    this.#try("flush", () => fdatasyncSync(this.fd));
  }

  /** Closes the file, unless it is the caller's. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.path !== undefined) this.#try("close", () => closeSync(this.fd));
  }

  /** Closes the file and leaves it as it was found. */
  abandon(): void {
    const { path } = this;
    if (this.#grownFrom !== null) ftruncateSync(this.fd, this.#grownFrom);
    this.close();
    if (this.#made && path !== undefined) this.#try("remove", () => unlinkSync(path));
  }

  #require(length: number, create: boolean): void {
    const stat = this.#try("look at", () => fstatSync(this.fd));
    if (!stat.isFile()) throw this.#error("file-kind", "that is no ordinary file");
    if (stat.size >= length) return;
    if (!create) {
      throw this.#error(
        "file-size",
        `the file has ${stat.size} bytes, and ${length} are needed (${this.#size} from ${this.#offset} on)`,
      );
    }
    this.#try("extend", () => ftruncateSync(this.fd, length));
    this.#grownFrom = stat.size;
  }

  #try<T>(action: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.#error(
        `file-${action.split(" ")[0]}`,
        `cannot ${action} it: ${String(cause)}`,
        cause,
      );
    }
  }

  #error(rule: string, reason: string, cause?: unknown): HostFileError {
    const region = this.#region;
    const details = { rule, region, file: this.name, address: this.#offset };
    return new HostFileError(`${region}: ${this.name}: ${reason}`, { ...details, cause });
  }

  #openPath(path: string, { writable, create }: HostFileOptions): number {
    if (!writable) return openSync(path, "r");
    try {
      return openSync(path, "r+");
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!create || !missing) throw error;
    }
    const fd = openSync(path, "wx+");
    this.#made = true;
    return fd;
  }
}
