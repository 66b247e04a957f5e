import {
  PAGE_SIZE,
  RAM_CHUNK_BYTES,
  type RamBacking,
  type RamBlock,
  type RamSource,
  type RamSpan,
} from "@mem/core";
import type { HostFile } from "./host-file.js";
import { HostFileError } from "./host-file-error.js";

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

/** A chunk of memory: where it starts in the block, and its bytes. */
type Chunk = Pick<RamSpan, "start" | "bytes">;

/**
 * The file behind memory (`RAMBlock.fd`, of `memory-backend-file`). Chunks of the file are read
 * as they are touched. Of shared memory it keeps a copy of what the file holds, so that it can
 * tell which pages changed, whoever stored into them.
 * @see {@link ramFile}
 */
export class RamFile implements RamBacking, RamSource, Disposable {
  /** Whether stores are written back. */
  readonly share: boolean;
  /** Where the memory starts in the file, in bytes. */
  readonly offset: number;
  /** What was read and written so far. */
  readonly statistics: RamFileStatistics = { bytesLoaded: 0, bytesWritten: 0 };

  readonly #file: HostFile;
  readonly #log: (message: string) => void;
  /** What the file holds, by the start of each chunk that was loaded. */
  readonly #copies = new Map<number, Uint8Array>();
  /** Chunks that were discarded: they are 0 whatever the file holds. */
  readonly #blank = new Set<number>();
  /** Chunks that could not be read: to write them would destroy the file. */
  readonly #lost = new Set<number>();
  #block: RamBlock | null = null;

  /** @internal Made by `fileRam`. */
  constructor(file: HostFile, offset: number, share: boolean, log: (message: string) => void) {
    this.#file = file;
    this.offset = offset;
    this.share = share;
    this.#log = log;
  }

  /** @internal */
  attach(block: RamBlock): void {
    this.#block = block;
  }

  /** The file's descriptor; -1 once it is closed. */
  get fd(): number {
    return this.#file.isOpen ? this.#file.fd : -1;
  }

  /** Path of the file; `fd N` when the caller had it open. */
  get path(): string {
    return this.#file.name;
  }

  /** Whether the file is still behind the memory. */
  get isOpen(): boolean {
    return this.#file.isOpen;
  }

  // ---- from the file --------------------------------------------------------------------

  /** @internal A chunk is touched for the first time. A guest may be waiting: this never throws. */
  load(offset: number, into: Uint8Array): void {
    if (this.#blank.has(offset)) return;
    try {
      if (!this.isOpen) throw new Error(`${this.path} is closed`);
      this.#file.read(offset, into);
    } catch (error) {
      into.fill(0);
      this.#lost.add(offset);
      this.#log(`memory reads 0, as its file cannot be read: ${String(error)}`);
      return;
    }
    this.#lost.delete(offset);
    this.statistics.bytesLoaded += into.length;
    if (this.share) this.#copies.set(offset, into.slice());
  }

  /** @internal A whole chunk became 0; the file follows at the next sync. */
  discard(offset: number): void {
    this.#copies.delete(offset);
    this.#lost.delete(offset);
    this.#blank.add(offset);
  }

  /**
   * Takes up what others wrote to the file, in pages that were not changed here since they were
   * loaded or synced. Private memory is left as it is.
   * @throws HostFileError when the file cannot be read.
   */
  reload(): void {
    const block = this.#opened("reload");
    const fresh = new Uint8Array(RAM_CHUNK_BYTES);
    for (const span of block.allocated(0, block.maxLength)) {
      const copy = this.#copies.get(span.start);
      if (!copy) continue;
      const now = fresh.subarray(0, copy.length).fill(0);
      this.#file.read(span.start, now);
      for (const [from, to] of changedRuns(now, copy, 0, copy.length)) {
        for (let page = from; page < to; page += PAGE_SIZE) {
          const end = Math.min(page + PAGE_SIZE, to);
          if (differ(span.bytes, copy, page, end)) continue;
          span.bytes.set(now.subarray(page, end), page);
          copy.set(now.subarray(page, end), page);
        }
      }
    }
  }

  // ---- to the file ----------------------------------------------------------------------

  /**
   * Writes the pages that changed within `[offset, offset + length)` of shared memory, and waits
   * for the medium; called by `MemoryRegion.msync`. Private memory has nothing to write.
   * @throws HostFileError when the file system fails, or the file was closed. What was not
   *   written is tried again the next time.
   */
  sync(offset: number, length: number): void {
    const block = this.#opened("sync");
    if (!this.share) return;
    const from = Math.floor(offset / PAGE_SIZE) * PAGE_SIZE;
    const to = Math.min(Math.ceil((offset + length) / PAGE_SIZE) * PAGE_SIZE, block.maxLength);
    const before = this.statistics.bytesWritten;
    const there = new Set<number>();
    for (const span of block.allocated(from, to - from)) {
      there.add(span.start);
      this.#assertRead(span.start);
      this.#writeBack(span, this.#copyOf(span), from, to);
    }
    for (const start of this.#blank) {
      if (there.has(start) || start >= to || start + RAM_CHUNK_BYTES <= from) continue;
      this.#writeZeros(start, Math.min(RAM_CHUNK_BYTES, block.maxLength - start));
    }
    if (this.statistics.bytesWritten > before) this.#file.flush();
  }

  #writeBack({ start, bytes }: Chunk, copy: Uint8Array, from: number, to: number): void {
    const first = Math.max(from - start, 0);
    const end = Math.min(to - start, bytes.length);
    for (const [low, high] of changedRuns(bytes, copy, first, end)) {
      // Other threads may store meanwhile: what is written and what is noted must be the same.
      const run = bytes.slice(low, high);
      this.statistics.bytesWritten += this.#file.write(start + low, run);
      copy.set(run, low);
    }
  }

  /** Brings a discarded chunk, of which nothing is in memory, to the file. */
  #writeZeros(start: number, length: number): void {
    const copy = new Uint8Array(length);
    this.#file.read(start, copy);
    this.#writeBack({ start, bytes: new Uint8Array(length) }, copy, start, start + length);
    this.#blank.delete(start);
  }

  /** What the file holds of a chunk in memory; of one that was discarded it is read now. */
  #copyOf({ start, bytes }: Chunk): Uint8Array {
    const known = this.#copies.get(start);
    if (known) return known;
    const copy = new Uint8Array(bytes.length);
    this.#file.read(start, copy);
    this.#copies.set(start, copy);
    this.#blank.delete(start);
    return copy;
  }

  #assertRead(start: number): void {
    if (!this.#lost.has(start)) return;
    throw new HostFileError(`${this.path}: what it holds from ${start} on could not be read`, {
      rule: "file-lost",
      file: this.path,
      address: start,
    });
  }

  // ---- life -----------------------------------------------------------------------------

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
      this.#copies.clear();
    }
  }

  #opened(action: string): RamBlock {
    if (this.#block && this.isOpen) return this.#block;
    throw new HostFileError(`cannot ${action} ${this.path}: it is closed`, {
      rule: "file-closed",
      file: this.path,
    });
  }
}

/** The runs of pages within `[from, to)`, which starts at a page, in which two arrays differ. */
function* changedRuns(
  bytes: Uint8Array,
  copy: Uint8Array,
  from: number,
  to: number,
): IterableIterator<[number, number]> {
  if (!differ(bytes, copy, from, to)) return;
  let start = -1;
  for (let page = from; page < to; page += PAGE_SIZE) {
    const changed = differ(bytes, copy, page, Math.min(page + PAGE_SIZE, to));
    if (changed && start < 0) start = page;
    if (changed || start < 0) continue;
    yield [start, page];
    start = -1;
  }
  if (start >= 0) yield [start, to];
}

function differ(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  return Buffer.compare(a.subarray(from, to), b.subarray(from, to)) !== 0;
}
