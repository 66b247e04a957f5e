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
  /** Whether the bytes live in `SharedArrayBuffer`s. */
  readonly shared: boolean;
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

  get shared(): boolean {
    return isShared(this.#span.bytes.buffer);
  }

  offsetOf(bytes: Uint8Array): number {
    return offsetWithin(this.#span, bytes);
  }
}

/** Storage for very large blocks: a chunk is allocated when one of its bytes is first reached. */
class SparseStorage implements RamStorage {
  readonly #chunks = new Map<number, RamSpan>();
  readonly shared: boolean;
  readonly #length: number;

  constructor(length: number, shared: boolean) {
    this.#length = length;
    this.shared = shared;
  }

  span(offset: number): RamSpan {
    const index = Math.floor(offset / CHUNK_BYTES);
    const known = this.#chunks.get(index);
    if (known) return known;
    const start = index * CHUNK_BYTES;
    const bytes = allocate(Math.min(CHUNK_BYTES, this.#length - start), this.shared);
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

function allocate(length: number, shared: boolean): Uint8Array {
  return new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

/** Browsers have `SharedArrayBuffer` only on pages that are isolated from others. */
function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}

/**
 * Fresh zeroed storage of `length` bytes.
 * @throws RamBlockError when it is to be shared and the host cannot share memory.
 */
export function allocateStorage(length: number, shared: boolean, region: string): RamStorage {
  if (shared && typeof SharedArrayBuffer === "undefined") {
    throw new RamBlockError(`${region}: there is no SharedArrayBuffer here`, {
      rule: "ram-not-shared",
      region,
    });
  }
  return length <= CONTIGUOUS_LIMIT
    ? new ContiguousStorage(allocate(length, shared))
    : new SparseStorage(length, shared);
}

/**
 * Storage on memory that the caller supplies.
 * @throws RamBlockError when it holds fewer than `size` bytes, or is to be shared and is not.
 */
export function adoptStorage(
  memory: ArrayBufferLike | Uint8Array,
  size: number,
  shared: boolean,
  region: string,
): { storage: RamStorage; length: number } {
  const bytes = memory instanceof Uint8Array ? memory : new Uint8Array(memory);
  if (bytes.byteLength < size) {
    throw new RamBlockError(
      `${region}: ${size} bytes of RAM do not fit the ${bytes.byteLength} bytes supplied`,
      { rule: "memory-too-small", region },
    );
  }
  if (shared && !isShared(bytes.buffer)) {
    throw new RamBlockError(`${region}: the memory supplied is not a SharedArrayBuffer`, {
      rule: "ram-not-shared",
      region,
    });
  }
  return { storage: new ContiguousStorage(bytes), length: bytes.byteLength };
}
