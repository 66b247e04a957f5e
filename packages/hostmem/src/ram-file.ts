import { emitWarning } from "node:process";
import { hex, PAGE_SIZE, type RamBacking, type RamBlock } from "@mem/core";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import type { FileMemory, FileTrouble } from "./file-memory.js";
import type { HostFile } from "./host-file.js";
import type { RamFileStatistics } from "./ram-file-statistics.js";

/** The parts of a {@link RamFile}. */
export interface RamFileParts {
  readonly file: HostFile;
  readonly memory: FileMemory;
  readonly share: boolean;
  readonly statistics: RamFileStatistics;
  readonly trouble: FileTrouble;
  /** The memory, once there is some. */
  readonly block: () => RamBlock | null;
  /** Tells others that the file is no longer in use here. */
  readonly leave: () => void;
}

/**
 * The file behind memory (`RAMBlock.fd`, of `memory-backend-file`).
 * @see {@link ramFile}
 */
export class RamFile implements RamBacking, Disposable {
  /** True if stores reach the file. */
  readonly share: boolean;
  /** True if memory is a mapping of the file by the operating system; otherwise it is a copy. */
  readonly isMapped: boolean;
  /** The bytes that were read and written so far. */
  readonly statistics: Readonly<RamFileStatistics>;

  readonly #parts: RamFileParts;
  readonly #file: HostFile;

  constructor(parts: RamFileParts) {
    this.#parts = parts;
    this.#file = parts.file;
    this.share = parts.share;
    this.isMapped = parts.memory.isMapped;
    this.statistics = parts.statistics;
    const { file, leave, memory, share } = parts;
    // Nothing of this may hold the memory, or the machine.
    dropped.register(
      this,
      { file, leave, release: memory.release, unsaved: share && !this.isMapped },
      this,
    );
  }

  /** The file's descriptor; -1 once it is closed. */
  get fd(): number {
    return this.#file.isOpen ? this.#file.fd : -1;
  }

  /** Start of the memory in the file, in bytes. */
  get offset(): number {
    return this.#file.offset;
  }

  /** Path of the file; `fd N` when the caller had it open. */
  get path(): string {
    return this.#file.name;
  }

  /** True if the file is still behind the memory. */
  get isOpen(): boolean {
    return this.#file.isOpen;
  }

  /**
   * Takes the file as it is now, and what could not be read, or was cut off, before. Of copies
   * that is what others wrote, in pages that were not changed here since they were loaded or
   * synced; a mapping shows it anyhow. Private memory is left as it is.
   * @throws HostFileError when the file cannot be read, or is too short.
   */
  reload(): void {
    this.#parts.memory.reload(this.#opened("reload"));
  }

  /**
   * Brings `[offset, offset + length)` of shared memory to the medium, and waits for that; called
   * by `MemoryRegion.msync`. Of copies, the pages that changed are written. Private memory has
   * nothing to write. A file that was cut gets its length back, and all that memory holds of what
   * it lost.
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
    this.#parts.memory.sync(block, from, to);
  }

  /**
   * Syncs what is shared and closes the file; does nothing when that was done. The memory stays
   * as it is, of a mapping by copying what was touched. A region that ends closes its file.
   * @throws HostFileError when something could not be written: the file is then still open.
   */
  close(): void {
    if (!this.isOpen) return;
    const block = this.#parts.block();
    if (block) {
      this.sync(0, block.usedLength);
      this.#parts.memory.leave(block);
    }
    this.#letGo();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The region ended: `MemorySystem` calls this. What is shared is synced, and the file closed. */
  end(): void {
    const block = this.#parts.block();
    try {
      if (block && this.isOpen) this.sync(0, block.usedLength);
    } finally {
      this.#letGo();
      this.#parts.memory.end();
    }
  }

  /** E.g. `RamFile ram.img from 0x0, shared, mapped`. */
  toString(): string {
    return this.#head((text) => text);
  }

  /** Path, place and state of the file, and what was read and written. */
  toJSON(): object {
    const { isMapped, isOpen, offset, path, share, statistics } = this;
    return { path, offset, share, isMapped, isOpen, ...statistics };
  }

  /** The text that `console.log` shows: a line; the file is not looked at. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, { head: (ink) => this.#head(ink) });
  }

  #head(ink: Ink): string {
    const { isMapped, isOpen, offset, path, share } = this;
    const facts = [share ? "shared" : "private", isMapped ? "mapped" : "copied"];
    if (!isOpen) facts.push("closed");
    const place = `${ink(path, "name")} from ${ink(hex(offset), "number")}`;
    return `${ink("RamFile", "kind")} ${place}, ${facts.join(", ")}`;
  }

  #letGo(): void {
    dropped.unregister(this);
    this.#parts.leave();
    this.#file.close();
  }

  #opened(action: string): RamBlock {
    const block = this.#parts.block();
    if (block && this.isOpen) return block;
    throw this.#file.error("file-closed", `cannot ${action} it: it is closed`);
  }

  /** Whoever keeps a file without a name, on purpose, loses nothing: that is no error. */
  #noteWhereabouts(): void {
    const now = this.#file.whereabouts();
    if (now === "there") return;
    this.#parts.trouble(
      "moved",
      `its file was ${now} under ${this.path}: stores go to the one that was opened`,
    );
  }
}

/** The remains of a file whose machine was dropped, not ended. */
interface Remains {
  readonly file: HostFile;
  readonly leave: () => void;
  readonly release: () => void;
  /** True if stores may not have reached the file. */
  readonly unsaved: boolean;
}

/** Files whose machine nobody ended do not stay open. */
const dropped = new FinalizationRegistry<Remains>(({ file, leave, release, unsaved }) => {
  if (unsaved && file.isOpen) {
    emitWarning(`${file.name}: its memory was dropped, not closed: what was not synced is lost`);
  }
  leave();
  release();
  file.close();
});
