import type { NativeMemory } from "./native.js";

/**
 * A stretch of a file in this process's memory. Buffers that show it may outlive every use of the
 * file, so that its addresses stay good until the last of them was collected: once it was
 * released they show zeros.
 */
export class Mapping {
  readonly #native: NativeMemory;
  readonly #base: bigint;
  readonly #length: number;
  /** Bytes of the mapping before the stretch, which needs not start at a page of the host's. */
  readonly #lead: number;
  #buffers = 0;
  #released = false;
  #unmapped = false;

  /** Maps `length` bytes of the file `fd` from `offset` on; of none for -1. Throws what the system says. */
  constructor(native: NativeMemory, fd: number, offset: number, length: number, share: boolean) {
    const { pageSize } = native;
    this.#native = native;
    this.#lead = offset % pageSize;
    this.#length = Math.ceil((this.#lead + length) / pageSize) * pageSize;
    const from = offset - this.#lead;
    this.#base = native.map({ fd, offset: from, length: this.#length, share });
  }

  /** The bytes of `[offset, offset + length)`, in a buffer of their own. */
  view(offset: number, length: number): Uint8Array {
    const buffer = this.#native.view(this.#at(offset), length);
    this.#buffers++;
    collected.register(buffer, this);
    return new Uint8Array(buffer);
  }

  /** Waits until `[from, to)` of a shared mapping is on the medium. */
  sync(from: number, to: number): void {
    const { start, length } = this.#pages(from, to);
    this.#native.sync(start, length);
  }

  /** Puts zeros that belong to no file in the place of the whole pages of `[from, to)`. */
  blank(from: number, to: number): void {
    const { pageSize } = this.#native;
    const first = Math.ceil((this.#lead + from) / pageSize) * pageSize;
    const end = Math.ceil((this.#lead + to) / pageSize) * pageSize;
    if (first >= end) return;
    const at = this.#base + BigInt(first);
    this.#native.map({ at, length: Math.min(end, this.#length) - first, share: false });
  }

  /** Nothing more is wanted of the file: buffers that are left show zeros. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.#buffers > 0) {
      this.#native.map({ at: this.#base, length: this.#length, share: false });
    }
    this.#unmapUnused();
  }

  /** One of the buffers was collected. */
  bufferCollected(): void {
    this.#buffers--;
    this.#unmapUnused();
  }

  #unmapUnused(): void {
    if (!this.#released || this.#unmapped || this.#buffers > 0) return;
    this.#unmapped = true;
    this.#native.unmap(this.#base, this.#length);
  }

  #pages(from: number, to: number): { start: bigint; length: number } {
    const { pageSize } = this.#native;
    const first = Math.floor((this.#lead + from) / pageSize) * pageSize;
    const end = Math.ceil((this.#lead + to) / pageSize) * pageSize;
    return { start: this.#base + BigInt(first), length: Math.min(end, this.#length) - first };
  }

  #at(offset: number): bigint {
    return this.#base + BigInt(this.#lead + offset);
  }
}

/** Tells mappings which of their buffers are gone. */
const collected = new FinalizationRegistry<Mapping>((mapping) => mapping.bufferCollected());

/** True if buffers show memory: a host may refuse them, or answer copies. */
export function showsMemory(native: NativeMemory): boolean {
  const { pageSize } = native;
  const probe = new Mapping(native, -1, 0, pageSize, true);
  try {
    const [one, two] = [probe.view(0, pageSize), probe.view(0, pageSize)];
    one[pageSize - 1] = 0x5a;
    return two.length === pageSize && two[pageSize - 1] === 0x5a;
  } catch {
    return false;
  } finally {
    probe.release();
  }
}
