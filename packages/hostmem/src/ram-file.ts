import { PAGE_SIZE, type RamBacking, type RamBlock, type RamSource } from "@mem/core";
import { CopiedMemory } from "./copied-memory.js";
import type { FileMemory, FileTrouble } from "./file-memory.js";
import type { HostFile } from "./host-file.js";

/**
 * What went to and fro between a file and memory, in bytes.
 * @see {@link ramFile}, whose example reads them
 */
export interface RamFileStatistics {
  /** Read to fill memory. */
  bytesLoaded: number;
  /** Written back: whole pages that had changed. */
  bytesWritten: number;
}

/**
 * The file behind memory (`RAMBlock.fd`, of `memory-backend-file`).
 * @see {@link ramFile}
 */
export class RamFile implements RamBacking, RamSource, Disposable {
  /** Whether stores are written back. */
  readonly share: boolean;
  /** What was read and written so far. */
  readonly statistics: RamFileStatistics = { bytesLoaded: 0, bytesWritten: 0 };

  readonly #file: HostFile;
  readonly #trouble: FileTrouble;
  readonly #memory: FileMemory;
  #block: RamBlock | null = null;

  /** @internal Made by `fileRam`. */
  constructor(file: HostFile, share: boolean, trouble: FileTrouble) {
    this.#file = file;
    this.share = share;
    this.#trouble = trouble;
    this.#memory = new CopiedMemory(file, share, this.statistics, trouble);
  }

  /** @internal */
  attach(block: RamBlock): void {
    this.#block = block;
  }

  /** The file's descriptor; -1 once it is closed. */
  get fd(): number {
    return this.#file.isOpen ? this.#file.fd : -1;
  }

  /** Where the memory starts in the file, in bytes. */
  get offset(): number {
    return this.#file.offset;
  }

  /** Path of the file; `fd N` when the caller had it open. */
  get path(): string {
    return this.#file.name;
  }

  /** Whether the file is still behind the memory. */
  get isOpen(): boolean {
    return this.#file.isOpen;
  }

  /** @internal A chunk is touched for the first time. A guest may be waiting: this never throws. */
  load(offset: number, into: Uint8Array): void {
    this.#memory.load(offset, into);
  }

  /** @internal A whole chunk became 0; the file follows at the next sync. */
  discard(offset: number, length: number): void {
    this.#memory.discard(offset, length);
  }

  /**
   * Takes the file as it is now: what others wrote to it, in pages that were not changed here
   * since they were loaded or synced, and what could not be read, or was cut off, before. Private
   * memory is left as it is.
   * @throws HostFileError when the file cannot be read, or is too short.
   */
  reload(): void {
    this.#memory.reload(this.#opened("reload"));
  }

  /**
   * Writes the pages that changed within `[offset, offset + length)` of shared memory, and waits
   * for the medium; called by `MemoryRegion.msync`. Private memory has nothing to write. A file
   * that was cut gets its length back, and all that memory holds of what it lost.
   * @throws HostFileError when the file system fails, or the file was closed; what was not
   *   written is tried again the next time. Also, after all else was written, when the file could
   *   not be read (`file-lost`) or was cut (`file-shrunk`), so that some of what it held is gone.
   */
  sync(offset: number, length: number): void {
    const block = this.#opened("sync");
    if (!this.share) return;
    this.#noteWhereabouts();
    const from = Math.floor(offset / PAGE_SIZE) * PAGE_SIZE;
    const to = Math.min(Math.ceil((offset + length) / PAGE_SIZE) * PAGE_SIZE, block.maxLength);
    this.#memory.sync(block, from, to);
  }

  /**
   * Writes back what is shared and closes the file; does nothing when that was done. The memory
   * stays as it is. A region that ends closes its file.
   * @throws HostFileError when something could not be written: the file is then still open.
   */
  close(): void {
    if (!this.isOpen) return;
    const block = this.#block;
    if (block) this.sync(0, block.usedLength);
    this.#file.close();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal The region ended. */
  end(): void {
    try {
      this.close();
    } finally {
      this.#file.close();
      this.#memory.end();
    }
  }

  #opened(action: string): RamBlock {
    if (this.#block && this.isOpen) return this.#block;
    throw this.#file.error("file-closed", `cannot ${action} it: it is closed`);
  }

  /** Whoever keeps a file without a name, on purpose, loses nothing: that is no error. */
  #noteWhereabouts(): void {
    const now = this.#file.whereabouts();
    if (now === "there") return;
    this.#trouble(
      "moved",
      `its file was ${now} under ${this.path}: stores go to the one that was opened`,
    );
  }
}
