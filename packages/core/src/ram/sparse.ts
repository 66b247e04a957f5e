import { allocate, makeSpan, offsetWithin, type RamSpan, type RamStorage } from "./storage.js";

/** Bytes in a chunk of sparse RAM: what is allocated, and let go of, at once. */
export const RAM_CHUNK_BYTES = 2 ** 21;

/** Notes on chunks that are gone are thrown away whenever their number is a multiple of this. */
const SWEEP_INTERVAL = 1024;

/**
 * Source of the first bytes of sparse RAM: a file, an image, a store of pages. Chunks are
 * `RAM_CHUNK_BYTES` long (the last one of a block may be shorter) and start at multiples of that. A
 * guest's access may cause a load: no method may throw.
 *
 * @example
 * const source: RamSource = {
 *   load: (offset, into) => void into.fill(offset / RAM_CHUNK_BYTES + 1),
 *   discard: () => undefined,
 * };
 * const disk = machine.ram({ name: "disk", size: 2n ** 40n, source });
 * console.log(disk.ramBytes(3 * RAM_CHUNK_BYTES, 1)[0]); // prints: 4
 */
export interface RamSource {
  /** Fills `into`, which is all 0, with what the block holds from `offset` on. */
  load(offset: number, into: Uint8Array): void;
  /** A whole chunk was discarded, and zeroed if it was there: from now on it loads as 0. */
  discard(offset: number, length: number): void;
  /**
   * The memory of a chunk itself, where the source has it already, such as a mapping of a file:
   * exactly `length` bytes. `null`, or no such method: the chunk is allocated, and loaded.
   */
  map?(offset: number, length: number): Uint8Array | null;
}

/**
 * Storage that costs what is touched: a chunk is allocated when one of its bytes is first
 * reached.
 *
 * A discarded chunk is zeroed before it is let go of, and comes back as it is while somebody
 * still has a view on it: so two views of one byte never differ. It is freed when the last view
 * is gone. Shared chunks stay, as nobody can know whether another thread has a view.
 */
export class SparseStorage implements RamStorage {
  readonly shared: boolean;
  readonly #length: number;
  readonly #source: RamSource | null;
  readonly #chunks = new Map<number, RamSpan>();
  readonly #released = new Map<number, WeakRef<ArrayBufferLike>>();
  #allocated = 0;

  constructor(length: number, shared: boolean, source: RamSource | null = null) {
    this.#length = length;
    this.shared = shared;
    this.#source = source;
  }

  get allocatedBytes(): number {
    return this.#allocated;
  }

  span(offset: number): RamSpan {
    const index = Math.floor(offset / RAM_CHUNK_BYTES);
    return this.#chunks.get(index) ?? this.#add(index);
  }

  *allocated(from: number, to: number): IterableIterator<RamSpan> {
    for (const index of this.#indices(from, to)) {
      const span = this.#chunks.get(index);
      if (span) yield span;
    }
  }

  offsetOf(bytes: Uint8Array): number {
    for (const span of this.#chunks.values()) {
      const offset = offsetWithin(span, bytes);
      if (offset >= 0) return offset;
    }
    // A view on a chunk that was let go of: the chunk comes back.
    for (const [index, released] of this.#released) {
      if (released.deref() === bytes.buffer) return offsetWithin(this.#add(index), bytes);
    }
    return -1;
  }

  discard(from: number, to: number): boolean {
    let released = false;
    for (const index of this.#source ? this.#every(from, to) : this.#indices(from, to)) {
      const start = index * RAM_CHUNK_BYTES;
      const end = Math.min(start + RAM_CHUNK_BYTES, this.#length);
      const whole = from <= start && to >= end;
      // A part of a chunk that the source would fill has to be there to be zeroed.
      const span = whole ? this.#chunks.get(index) : this.span(start);
      span?.bytes.fill(0, Math.max(from - start, 0), to - start);
      if (whole) this.#source?.discard(start, end - start);
      if (span && whole && !this.shared) released = this.#release(index, span);
    }
    return released;
  }

  refresh(): boolean {
    return false;
  }

  #add(index: number): RamSpan {
    const start = index * RAM_CHUNK_BYTES;
    const length = Math.min(RAM_CHUNK_BYTES, this.#length - start);
    const kept = this.#released.get(index)?.deref();
    this.#released.delete(index);
    const bytes = kept ? new Uint8Array(kept) : this.#fresh(start, length);
    const span = makeSpan(start, bytes);
    this.#chunks.set(index, span);
    this.#allocated += length;
    return span;
  }

  #fresh(start: number, length: number): Uint8Array {
    const mapped = this.#source?.map?.(start, length);
    if (mapped) return mapped;
    const bytes = allocate(length, this.shared);
    this.#source?.load(start, bytes);
    return bytes;
  }

  #release(index: number, span: RamSpan): true {
    this.#chunks.delete(index);
    this.#released.set(index, new WeakRef(span.bytes.buffer));
    this.#allocated -= span.bytes.byteLength;
    if (this.#released.size % SWEEP_INTERVAL === 0) this.#forgetFreed();
    return true;
  }

  #forgetFreed(): void {
    for (const [index, released] of this.#released) {
      if (!released.deref()) this.#released.delete(index);
    }
  }

  /** The chunks that are there and reach into `[from, to)`, ascending. */
  #indices(from: number, to: number): Iterable<number> {
    const first = Math.floor(from / RAM_CHUNK_BYTES);
    const end = Math.ceil(to / RAM_CHUNK_BYTES);
    if (end - first <= this.#chunks.size) return this.#every(from, to);
    const inside = [...this.#chunks.keys()].filter((index) => index >= first && index < end);
    return inside.sort((a, b) => a - b);
  }

  *#every(from: number, to: number): Iterable<number> {
    const end = Math.ceil(to / RAM_CHUNK_BYTES);
    for (let index = Math.floor(from / RAM_CHUNK_BYTES); index < end; index++) yield index;
  }
}
