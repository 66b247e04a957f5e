import { ContiguousStorage, type RamSpan } from "./storage.js";

/** A `WebAssembly.Memory`, or whatever else has a buffer that may be replaced by a larger one. */
export interface GrowingMemory {
  /** The buffer of this moment. */
  readonly buffer: ArrayBufferLike;
}

/**
 * Storage in a `WebAssembly.Memory` that is not shared. When it grows, its buffer ends and
 * another takes its place. Whoever asks for a run of bytes gets the new one at once; views that
 * were taken before have ended, and `refresh` says that they must be replaced.
 */
export class WasmStorage extends ContiguousStorage {
  readonly #memory: GrowingMemory;
  readonly #offset: number;
  readonly #length: number;
  #buffer: ArrayBufferLike;
  #moved = false;

  constructor(memory: GrowingMemory, offset: number, length: number) {
    super(new Uint8Array(memory.buffer, offset, length));
    this.#memory = memory;
    this.#offset = offset;
    this.#length = length;
    this.#buffer = memory.buffer;
  }

  override span(): RamSpan {
    this.#follow();
    return super.span();
  }

  override discard(from: number, to: number): boolean {
    this.#follow();
    return super.discard(from, to);
  }

  override refresh(): boolean {
    this.#follow();
    const moved = this.#moved;
    this.#moved = false;
    return moved;
  }

  #follow(): void {
    const { buffer } = this.#memory;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#moved = true;
    this.replace(new Uint8Array(buffer, this.#offset, this.#length));
  }
}
