import { RamBlockError } from "./errors.js";

/** RAM above this is kept in chunks that appear when they are touched. */
const CONTIGUOUS_LIMIT = 2 ** 31;
const CHUNK_SHIFT = 26;
const CHUNK_BYTES = 2 ** CHUNK_SHIFT;

/** A run of RAM bytes that lie together in host memory. */
export interface RamSpan {
  /** Offset of the run within the RAM block, in bytes. */
  readonly start: number;
  /** The bytes of the run. */
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
}

/** Where the bytes of a RAM block live. */
export interface RamStorage {
  /** The run that holds the byte at `offset`. */
  span(offset: number): RamSpan;
  /** Offset of the first byte of a view on this storage; -1 for a view on other memory. */
  offsetOf(bytes: Uint8Array): number;
}

/** Storage in one piece: memory of the caller's, or blocks of ordinary size. */
class ContiguousStorage implements RamStorage {
  readonly #span: RamSpan;

  constructor(bytes: Uint8Array) {
    this.#span = makeSpan(0, bytes);
  }

  span(): RamSpan {
    return this.#span;
  }

  offsetOf(bytes: Uint8Array): number {
    return offsetWithin(this.#span, bytes);
  }
}

/** Storage for very large blocks: a chunk is allocated when one of its bytes is first reached. */
class SparseStorage implements RamStorage {
  readonly #chunks = new Map<number, RamSpan>();
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  span(offset: number): RamSpan {
    const index = Math.floor(offset / CHUNK_BYTES);
    const known = this.#chunks.get(index);
    if (known) return known;
    const start = index * CHUNK_BYTES;
    const bytes = new Uint8Array(Math.min(CHUNK_BYTES, this.#length - start));
    const span = makeSpan(start, bytes);
    this.#chunks.set(index, span);
    return span;
  }

  offsetOf(bytes: Uint8Array): number {
    for (const span of this.#chunks.values()) {
      const offset = offsetWithin(span, bytes);
      if (offset >= 0) return offset;
    }
    return -1;
  }
}

function offsetWithin(span: RamSpan, bytes: Uint8Array): number {
  const within = bytes.byteOffset - span.bytes.byteOffset;
  if (bytes.buffer !== span.bytes.buffer || within < 0 || within >= span.bytes.byteLength)
    return -1;
  return span.start + within;
}

function makeSpan(start: number, bytes: Uint8Array): RamSpan {
  return { start, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Fresh zeroed storage of `length` bytes. */
export function allocateStorage(length: number): RamStorage {
  return length <= CONTIGUOUS_LIMIT
    ? new ContiguousStorage(new Uint8Array(length))
    : new SparseStorage(length);
}

/**
 * Storage on memory that the caller supplies.
 * @throws RamBlockError when it holds fewer than `size` bytes.
 */
export function adoptStorage(
  memory: ArrayBufferLike | Uint8Array,
  size: number,
  region: string,
): { storage: RamStorage; length: number } {
  const bytes = memory instanceof Uint8Array ? memory : new Uint8Array(memory);
  if (bytes.byteLength < size) {
    throw new RamBlockError(
      `${region}: ${size} bytes of RAM do not fit the ${bytes.byteLength} bytes supplied`,
      { rule: "memory-too-small", region },
    );
  }
  return { storage: new ContiguousStorage(bytes), length: bytes.byteLength };
}
