import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { PAGE_SIZE } from "@mem/core";
import { HostFileError } from "./host-file-error.js";

/** Number of times that a call that a signal interrupted is made again. */
const MAX_INTERRUPTIONS = 100;

/** The number of bytes that are read and written at a time where blocks are to be occupied. */
const PREALLOCATION_BYTES = 2 ** 20;

/** File to open, and its use. */
export interface HostFileOptions {
  /** Name of the region, for messages. */
  readonly region: string;
  readonly path?: string | undefined;
  readonly fd?: number | undefined;
  /** Start of the memory in the file, in bytes. */
  readonly offset: number;
  /** Bytes of memory that must be there. */
  readonly size: number;
  readonly writable: boolean;
  readonly create: boolean;
}

/** A stretch of an open file. Positions are in bytes from its start; all failures are typed. */
export class HostFile {
  /** The descriptor that was opened, or that the caller gave. */
  readonly fd: number;
  /** Path, or `fd N`. */
  readonly name: string;
  readonly path: string | undefined;
  /** Start of the stretch in the file, in bytes. */
  readonly offset: number;
  /** Bytes of the stretch. */
  readonly size: number;
  readonly #region: string;
  /** The descriptor in use: {@link fd}, or one's own for the same file. */
  #fd: number;
  #open = true;
  /** True if there was no file. */
  #made = false;
  /** The length of the file in bytes before it was made longer. */
  #grownFrom: number | null = null;

  /**
   * @throws HostFileError when the file cannot be opened, is no ordinary file, or too short: it
   *   is then left as it was.
   */
  constructor(options: HostFileOptions) {
    const { region, path, fd, offset, size, create } = options;
    this.#region = region;
    this.offset = offset;
    this.size = size;
    this.path = path;
    this.name = path ?? (fd === undefined ? "(no file)" : `fd ${fd}`);
    if ((path === undefined) === (fd === undefined)) {
      throw this.error("file-source", "the file is given by its path, or by a descriptor");
    }
    if (!Number.isSafeInteger(offset) || offset < 0 || offset % PAGE_SIZE !== 0) {
      throw this.error("file-offset", `the offset ${offset} is no multiple of ${PAGE_SIZE}`);
    }
    this.fd = fd ?? this.#try("open", () => this.#openPath(path ?? "", options));
    this.#fd = this.fd;
    try {
      this.#require(offset + size, create);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** True if it has not been closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The descriptor to use: the caller may close his and give its number to another file. */
  get ownFd(): number {
    return this.#fd;
  }

  /** Has a descriptor of its own from now on, in place of the caller's. */
  duplicate(duplicate: (fd: number) => number): void {
    if (this.path === undefined) this.#fd = duplicate(this.fd);
  }

  /**
   * The identity of the file: it tells it from every other, as long as both exist; its birth tells it from later ones.
   * @throws HostFileError when the host refuses
   */
  identity(): string {
    const { dev, ino, birthtimeNs } = this.#try("look at", () =>
      fstatSync(this.#fd, { bigint: true }),
    );
    return [dev, ino, birthtimeNs].map((part) => part.toString(16)).join(".");
  }

  /**
   * The number of bytes of the stretch that the file has at present: less than `size` once it was cut.
   * @throws HostFileError when the host refuses
   */
  available(): number {
    const { size } = this.#try("look at", () => fstatSync(this.#fd));
    return Math.min(Math.max(size - this.offset, 0), this.size);
  }

  /**
   * The state of the file under its path: `"there"`, `"removed"`, or `"replaced"` by another.
   * Of a file given by its descriptor nothing can be told.
   * @throws HostFileError when the host refuses
   */
  whereabouts(): "there" | "removed" | "replaced" {
    if (this.path === undefined) return "there";
    const own = this.#try("look at", () => fstatSync(this.#fd, { bigint: true }));
    const now = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (!now) return "removed";
    return now.ino === own.ino && now.dev === own.dev ? "there" : "replaced";
  }

  /**
   * Fills `into` from `at`, and answers how many bytes the file had; what lies beyond its end, or
   * the end of the stretch, is left alone.
   * @throws HostFileError when the host refuses
   */
  read(at: number, into: Uint8Array): number {
    const length = Math.max(Math.min(into.length, this.size - at), 0);
    return this.#transfer("read", length, (done) =>
      readSync(this.#fd, into, done, length - done, this.offset + at + done),
    );
  }

  /**
   * Writes bytes at `at`, but none beyond the stretch; answers how many.
   * @throws HostFileError when the file system does not take all of them.
   */
  write(at: number, from: Uint8Array): number {
    const length = Math.max(Math.min(from.length, this.size - at), 0);
    const written = this.#transfer("write", length, (done) =>
      writeSync(this.#fd, from, done, length - done, this.offset + at + done),
    );
    if (written === length) return length;
    throw this.error("file-write", `it took ${written} of ${length} bytes at ${this.offset + at}`);
  }

  /**
   * Makes a file that was cut as long as it has to be; what is new reads 0.
   * @throws HostFileError when the host refuses
   */
  extend(): void {
    this.#try("extend", () => ftruncateSync(this.#fd, this.offset + this.size));
  }

  /**
   * Makes the medium hold every byte of the stretch, by writing what it holds.
   * @throws HostFileError when the file takes less than that
   */
  occupy(): void {
    const piece = new Uint8Array(PREALLOCATION_BYTES);
    for (let at = 0; at < this.size; at += piece.length) {
      const held = this.read(at, piece);
      this.write(at, piece.subarray(0, held));
    }
  }

  /**
   * Waits until what was written is on the medium.
   * @throws HostFileError when the host refuses
   */
  flush(): void {
    this.#try("flush", () => fdatasyncSync(this.#fd));
  }

  /**
   * Closes the file, unless it is the caller's.
   * @throws HostFileError when the host refuses
   */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.path === undefined && this.#fd === this.fd) return;
    this.#try("close", () => closeSync(this.#fd));
  }

  /**
   * Closes the file and leaves it as it was found.
   * @throws HostFileError when the host refuses
   */
  abandon(): void {
    const { path } = this;
    if (this.#grownFrom !== null) ftruncateSync(this.#fd, this.#grownFrom);
    this.close();
    if (this.#made && path !== undefined) this.#try("remove", () => unlinkSync(path));
  }

  /** An error that names the region and the file. */
  error(rule: string, reason: string, cause?: unknown): HostFileError {
    const region = this.#region;
    const details = { rule, region, file: this.name, address: this.offset };
    return new HostFileError(`${region}: ${this.name}: ${reason}`, { ...details, cause });
  }

  #require(length: number, create: boolean): void {
    const stat = this.#try("look at", () => fstatSync(this.#fd));
    if (!stat.isFile()) throw this.error("file-kind", "that is no ordinary file");
    if (stat.size >= length) return;
    if (!create) {
      throw this.error(
        "file-size",
        `the file has ${stat.size} bytes, and ${length} are needed (${this.size} from ${this.offset} on)`,
      );
    }
    this.#try("extend", () => ftruncateSync(this.#fd, length));
    this.#grownFrom = stat.size;
  }

  /** Moves up to `length` bytes, however few the system takes at a time; answers how many moved. */
  #transfer(action: string, length: number, move: (done: number) => number): number {
    let interruptions = 0;
    let done = 0;
    while (done < length) {
      try {
        const moved = move(done);
        if (moved === 0) break;
        done += moved;
      } catch (cause) {
        if (errorCode(cause) === "EINTR" && ++interruptions <= MAX_INTERRUPTIONS) continue;
        throw this.#failure(action, cause);
      }
    }
    return done;
  }

  #try<T>(action: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.#failure(action, cause);
    }
  }

  #failure(action: string, cause: unknown): HostFileError {
    const rule = `file-${action.split(" ")[0]}`;
    return this.error(rule, `cannot ${action} it: ${String(cause)}`, cause);
  }

  #openPath(path: string, { writable, create }: HostFileOptions): number {
    if (!writable) return openSync(path, "r");
    try {
      return openSync(path, "r+");
    } catch (error) {
      if (!create || errorCode(error) !== "ENOENT") throw error;
    }
    const fd = openSync(path, "wx+");
    this.#made = true;
    return fd;
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
