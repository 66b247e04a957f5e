/** A run of RAM bytes that lie together in host memory. */
export interface RamSpan {
  /** Offset of the run within the RAM block, in bytes. */
  readonly start: number;
  /** The bytes of the run. */
  readonly bytes: Uint8Array;
  /** View of {@link bytes}. */
  readonly view: DataView;
}

/** Storage of the bytes of a RAM block. */
export interface RamStorage {
  /** True if the bytes live in `SharedArrayBuffer`s. */
  readonly shared: boolean;
  /** Bytes of host memory that the storage holds at present. */
  readonly allocatedBytes: number;
  /** The run that holds the byte at `offset`; allocates it where needed. */
  span(offset: number): RamSpan;
  /** The runs that hold memory at present and reach into `[from, to)`, ascending. */
  allocated(from: number, to: number): IterableIterator<RamSpan>;
  /** Offset of the first byte of a view on this storage; -1 for a view on other memory. */
  offsetOf(bytes: Uint8Array): number;
  /** Makes `[from, to)` read as 0; true if host memory was let go of. */
  discard(from: number, to: number): boolean;
  /** Follows the caller's memory when its buffer was replaced; true if it was. */
  refresh(): boolean;
}

/** Storage in one piece: memory of the caller's, or blocks of ordinary size. */
export class ContiguousStorage implements RamStorage {
  #span: RamSpan;

  constructor(bytes: Uint8Array) {
    this.#span = makeSpan(0, bytes);
  }

  get shared(): boolean {
    return isShared(this.#span.bytes.buffer);
  }

  get allocatedBytes(): number {
    return this.#span.bytes.byteLength;
  }

  span(): RamSpan {
    return this.#span;
  }

  *allocated(from: number, to: number): IterableIterator<RamSpan> {
    if (from < to && from < this.#span.bytes.byteLength) yield this.#span;
  }

  offsetOf(bytes: Uint8Array): number {
    return offsetWithin(this.#span, bytes);
  }

  discard(from: number, to: number): boolean {
    this.#span.bytes.fill(0, from, to);
    return false;
  }

  refresh(): boolean {
    return false;
  }

  /** For storage whose buffer comes and goes. */
  protected replace(bytes: Uint8Array): void {
    this.#span = makeSpan(0, bytes);
  }
}

/** Offset of a view's first byte in the block, when it is a view on that run; otherwise -1. */
export function offsetWithin(span: RamSpan, bytes: Uint8Array): number {
  const within = bytes.byteOffset - span.bytes.byteOffset;
  if (bytes.buffer !== span.bytes.buffer || within < 0 || within >= span.bytes.byteLength)
    return -1;
  return span.start + within;
}

/** A run of bytes that starts at `start` in the block. */
export function makeSpan(start: number, bytes: Uint8Array): RamSpan {
  return { start, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Fresh zeroed memory. */
export function allocate(length: number, shared: boolean): Uint8Array {
  return new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

/** Browsers have `SharedArrayBuffer` only on pages that are isolated from others. */
export function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
