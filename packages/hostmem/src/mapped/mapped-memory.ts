import type { RamBlock } from "@mem/core";
import type { FileChanged, FileMemory, FileTrouble } from "../file-memory.js";
import type { HostFile } from "../host-file.js";
import type { HostFileError } from "../host-file-error.js";
import type { Mapping } from "./mapping.js";
import type { NativeMemory } from "./native.js";

/** The file that is mapped, and who hears of what. */
interface MappedParts {
  readonly file: HostFile;
  readonly share: boolean;
  readonly trouble: FileTrouble;
  readonly changed: FileChanged;
}

/**
 * Memory that is a mapping of the file: shared, so that stores are in the file, for every process,
 * the moment that they are made, or private.
 */
export class MappedMemory implements FileMemory {
  readonly isMapped = true;
  readonly release: () => void;
  readonly #file: HostFile;
  readonly #mapping: Mapping;
  readonly #native: NativeMemory;
  readonly #share: boolean;
  readonly #trouble: FileTrouble;
  readonly #changed: FileChanged;
  /** The file was cut: what it held from here on is lost. */
  #cutAt = Infinity;
  /** From here on memory belongs to no file any more, as it could not get its length back. */
  #blankFrom = Infinity;

  constructor(parts: MappedParts, mapping: Mapping, native: NativeMemory) {
    this.#file = parts.file;
    this.#mapping = mapping;
    this.release = releaseOf(mapping);
    this.#native = native;
    this.#share = parts.share;
    this.#trouble = parts.trouble;
    this.#changed = parts.changed;
  }

  /** A chunk is touched for the first time: the last moment to see that its file was cut. */
  map(offset: number, length: number): Uint8Array | null {
    if (!this.#file.isOpen) return null;
    try {
      this.#look();
      return this.#mapping.view(offset, length);
    } catch (error) {
      this.#trouble("unread", `memory reads 0, as its file cannot be mapped: ${String(error)}`);
      return new Uint8Array(length);
    }
  }

  /** Of a file that was closed there is nothing to map. */
  load(): void {
    this.#trouble(
      "unread",
      `memory reads 0, as its file cannot be read: ${this.#file.name} is closed`,
    );
  }

  discard(offset: number, length: number): void {
    if (!this.#file.isOpen) return;
    if (!this.#share) {
      this.#mapping.blank(offset, offset + length);
      return;
    }
    const most = Math.min(length, this.#file.size - offset);
    const { ownFd, offset: start } = this.#file;
    if (this.#native.punch(ownFd, start + offset, most)) return;
    // Zeros were stored already into what is in use. The rest takes a view for a moment.
    this.#mapping.view(offset, length).fill(0);
  }

  sync(_block: RamBlock, from: number, to: number): void {
    this.#look();
    try {
      this.#mapping.sync(from, to);
    } catch (cause) {
      throw this.#file.error("file-sync", `cannot sync it: ${String(cause)}`, cause);
    }
    if (Math.max(from, this.#cutAt) < Math.min(to, this.#file.size)) throw this.#shrunk();
  }

  reload(): void {
    this.#look();
    if (this.#share && this.#blankFrom < Infinity) throw this.#shrunk();
    this.#cutAt = Infinity;
    // Others may have stored into the file at any time: memory shows that without being told.
    this.#changed(0, this.#file.size);
  }

  leave(block: RamBlock): void {
    let done = 0;
    for (const { start, bytes } of block.allocated(0, block.maxLength)) {
      const kept = bytes.slice();
      this.#mapping.blank(done, start + bytes.length);
      bytes.set(kept);
      done = start + bytes.length;
    }
    this.#mapping.blank(done, block.maxLength);
  }

  end(): void {
    this.#mapping.release();
  }

  /**
   * Whoever touches a mapping beyond the end of its file kills the process. So a file that was
   * cut gets its length back; zeros of no file take the place of what cannot.
   */
  #look(): void {
    const held = this.#file.available();
    if (held >= Math.min(this.#file.size, this.#blankFrom)) return;
    const [now, wanted] = [held, this.#file.size].map((bytes) => this.#file.offset + bytes);
    this.#cutAt = Math.min(this.#cutAt, held);
    this.#trouble(
      "cut",
      `its file was cut to ${now} bytes, where ${wanted} are in use: what is gone reads 0`,
    );
    const end = Math.min(this.#file.size, this.#blankFrom);
    if (!this.#share || this.#blankFrom < Infinity || !this.#canExtend()) {
      this.#mapping.blank(held, end);
      this.#blankFrom = held;
    }
    this.#changed(held, end - held);
  }

  #canExtend(): boolean {
    try {
      this.#file.extend();
      return true;
    } catch {
      return false;
    }
  }

  #shrunk(): HostFileError {
    const { offset, size } = this.#file;
    return this.#file.error(
      "file-shrunk",
      `it was cut to ${offset + this.#cutAt} bytes, where ${offset + size} are in use: ` +
        "what it held beyond is lost; reload() takes it as it is",
    );
  }
}

function releaseOf(mapping: Mapping): () => void {
  return () => mapping.release();
}
