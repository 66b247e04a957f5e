import { PAGE_SIZE, RAM_CHUNK_BYTES, type RamBlock, type RamSpan } from "@mem/core";
import { changedRuns, differ } from "./changed-pages.js";
import type { FileChanged, FileMemory, FileTrouble } from "./file-memory.js";
import { HostFileError } from "./host-file-error.js";
import type { HostFile } from "./host-file.js";
import type { RamFileStatistics } from "./ram-file-statistics.js";

/** A chunk of memory: where it starts in the block, and its bytes. */
type Chunk = Pick<RamSpan, "start" | "bytes">;

/** A run of pages of a chunk: where the chunk starts, and the run's ends within it. */
interface Run {
  readonly chunk: number;
  readonly from: number;
  readonly to: number;
}

/** The file that is copied, and who hears of what. */
interface CopiedParts {
  readonly file: HostFile;
  readonly share: boolean;
  readonly statistics: RamFileStatistics;
  readonly trouble: FileTrouble;
  readonly changed: FileChanged;
}

/**
 * Memory that is read from a file, chunk by chunk as it is touched. Of shared memory it keeps a
 * copy of what the file holds, so that it can tell which pages changed, whoever stored into them.
 */
export class CopiedMemory implements FileMemory {
  readonly isMapped = false;
  readonly release: () => void = nothing;
  readonly #file: HostFile;
  readonly #share: boolean;
  readonly #trouble: FileTrouble;
  readonly #changed: FileChanged;
  readonly #statistics: RamFileStatistics;
  /** The content of the file, by the start of each chunk that was loaded. */
  readonly #copies = new Map<number, Uint8Array>();
  /** Chunks that were discarded: they are 0 whatever the file holds. */
  readonly #blank = new Set<number>();
  /** Chunks that could not be read: to write them would destroy the file. */
  readonly #unread = new Set<number>();
  /** Chunks in memory that reach into what the file had lost before they were loaded. */
  readonly #torn = new Set<number>();
  /** The file was cut: what it held from here on, and memory does not, is lost. */
  #cutAt = Infinity;
  /** Pages that were written, but of which no flush said that they arrived, by chunk. */
  readonly #owed = new Map<number, Set<number>>();

  constructor(parts: CopiedParts) {
    this.#file = parts.file;
    this.#share = parts.share;
    this.#statistics = parts.statistics;
    this.#trouble = parts.trouble;
    this.#changed = parts.changed;
  }

  // ---- from the file --------------------------------------------------------------------

  load(offset: number, into: Uint8Array): void {
    if (this.#blank.has(offset)) return;
    try {
      if (!this.#file.isOpen) {
        throw new HostFileError(`${this.#file.name} is closed`, {
          rule: "file-closed",
          file: this.#file.name,
        });
      }
      const wanted = Math.min(into.length, this.#file.size - offset);
      const held = this.#file.read(offset, into);
      if (held < wanted) this.#noteCut(offset + held);
      if (offset + wanted > this.#cutAt) this.#torn.add(offset);
      this.#statistics.bytesLoaded += held;
    } catch (error) {
      into.fill(0);
      this.#unread.add(offset);
      this.#trouble("unread", `memory reads 0, as its file cannot be read: ${String(error)}`);
      return;
    }
    this.#unread.delete(offset);
    if (this.#share) this.#copies.set(offset, into.slice());
  }

  discard(offset: number): void {
    this.#copies.delete(offset);
    this.#unread.delete(offset);
    this.#torn.delete(offset);
    this.#owed.delete(offset);
    this.#blank.add(offset);
  }

  reload(block: RamBlock): void {
    const held = this.#file.available();
    if (held < this.#file.size) {
      this.#noteCut(held);
      throw this.#shrunk();
    }
    const fresh = new Uint8Array(RAM_CHUNK_BYTES);
    for (const span of block.allocated(0, block.maxLength)) {
      const { start } = span;
      // Of a chunk that could not be read, what nobody stored into is 0.
      const unread = this.#share && this.#unread.has(start);
      const copy = unread ? new Uint8Array(span.bytes.length) : this.#copies.get(start);
      if (!copy) continue;
      const now = fresh.subarray(0, copy.length).fill(0);
      this.#file.read(start, now);
      this.#takeUp(span, copy, now);
      this.#copies.set(start, copy);
      this.#unread.delete(start);
    }
    this.#torn.clear();
    this.#cutAt = Infinity;
  }

  #takeUp({ start, bytes }: Chunk, copy: Uint8Array, now: Uint8Array): void {
    for (const [from, to] of changedRuns(now, copy, 0, copy.length)) {
      for (let page = from; page < to; page += PAGE_SIZE) {
        const end = Math.min(page + PAGE_SIZE, to);
        if (differ(bytes, copy, page, end)) continue;
        bytes.set(now.subarray(page, end), page);
        copy.set(now.subarray(page, end), page);
        this.#changed(start + page, end - page);
      }
    }
  }

  // ---- to the file ----------------------------------------------------------------------

  sync(block: RamBlock, from: number, to: number): void {
    if (!this.#share) return;
    let problem = this.#unreadWithin(from, to);
    try {
      this.#restoreLength();
    } catch (error) {
      throw problem ?? error;
    }
    const written: Run[] = [];
    const there = new Set<number>();
    try {
      for (const span of block.allocated(from, to - from)) {
        there.add(span.start);
        if (this.#unread.has(span.start)) continue;
        this.#writeBack(span, this.#copyOf(span), from, to, written);
      }
      for (const start of this.#blank) {
        if (there.has(start) || start >= to || start + RAM_CHUNK_BYTES <= from) continue;
        this.#writeZeros(start, Math.min(RAM_CHUNK_BYTES, block.maxLength - start), written);
        there.add(start);
      }
    } finally {
      for (const run of written) this.#owe(run);
    }
    if (this.#owed.size > 0) this.#file.flush();
    this.#owed.clear();
    problem ??= this.#lostWithin(from, to, there) ? this.#shrunk() : null;
    if (problem) throw problem;
  }

  leave(): void {
    // Nothing here belongs to the file.
  }

  end(): void {
    this.#copies.clear();
  }

  #writeBack(chunk: Chunk, copy: Uint8Array, from: number, to: number, written: Run[]): void {
    const { start, bytes } = chunk;
    const first = Math.max(from - start, 0);
    const end = Math.min(to - start, bytes.length);
    for (const [low, high] of changedRuns(bytes, copy, first, end, this.#owed.get(start))) {
      // Other threads may store meanwhile: what is written and what is noted must be the same.
      const run = bytes.slice(low, high);
      this.#statistics.bytesWritten += this.#file.write(start + low, run);
      copy.set(run, low);
      written.push({ chunk: start, from: low, to: high });
    }
  }

  /** Brings a discarded chunk, of which nothing is in memory, to the file. */
  #writeZeros(start: number, length: number, written: Run[]): void {
    const copy = new Uint8Array(length);
    this.#file.read(start, copy);
    const chunk = { start, bytes: new Uint8Array(length) };
    this.#writeBack(chunk, copy, start, start + length, written);
    this.#blank.delete(start);
  }

  /** The content of a chunk of the file in memory; of one that was discarded it is read now. */
  #copyOf({ start, bytes }: Chunk): Uint8Array {
    const known = this.#copies.get(start);
    if (known) return known;
    const copy = new Uint8Array(bytes.length);
    this.#file.read(start, copy);
    this.#copies.set(start, copy);
    this.#blank.delete(start);
    return copy;
  }

  /** A flush that fails says nothing about what had arrived, and the next one need not fail. */
  #owe({ chunk, from, to }: Run): void {
    const pages = this.#owed.get(chunk) ?? new Set();
    for (let page = from; page < to; page += PAGE_SIZE) pages.add(page);
    this.#owed.set(chunk, pages);
  }

  // ---- a file that was cut --------------------------------------------------------------

  /** A file that was cut gets its length back; what memory holds of the rest counts as changed. */
  #restoreLength(): void {
    const held = this.#file.available();
    if (held === this.#file.size) return;
    this.#noteCut(held);
    this.#file.extend();
  }

  /** The file has no more than `held` bytes for this memory. */
  #noteCut(held: number): void {
    this.#cutAt = Math.min(this.#cutAt, held);
    this.#trouble(
      "cut",
      `its file was cut to ${this.#file.offset + held} bytes, where ` +
        `${this.#file.offset + this.#file.size} are in use: what was not in memory reads 0`,
    );
    for (const [start, copy] of this.#copies) copy.fill(0, Math.max(held - start, 0));
  }

  /** True if the file has lost bytes of `[from, to)` that memory does not have either. */
  #lostWithin(from: number, to: number, there: ReadonlySet<number>): boolean {
    const end = Math.min(to, this.#file.size);
    const first = Math.max(from, this.#cutAt);
    if (first >= end) return false;
    for (
      let start = Math.floor(first / RAM_CHUNK_BYTES) * RAM_CHUNK_BYTES;
      start < end;
      start += RAM_CHUNK_BYTES
    ) {
      if (!there.has(start) || this.#torn.has(start)) return true;
    }
    return false;
  }

  #shrunk(): HostFileError {
    const { offset, size } = this.#file;
    return this.#file.error(
      "file-shrunk",
      `it was cut to ${offset + this.#cutAt} bytes, where ${offset + size} are in use: ` +
        "what it held beyond, and memory does not, is lost; reload() takes it as it is",
    );
  }

  #unreadWithin(from: number, to: number): HostFileError | null {
    const start = [...this.#unread].find((at) => at < to && at + RAM_CHUNK_BYTES > from);
    if (start === undefined) return null;
    return this.#file.error(
      "file-lost",
      `what it holds from ${this.#file.offset + start} on could not be read`,
    );
  }
}

function nothing(): void {
  // Ordinary memory ends by itself.
}
