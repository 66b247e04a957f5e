/** The data register's side of a transfer: a buffer that the guest reads or writes piece by piece. */

/** One DRQ block on its way through the data register. */
export class PioTransfer {
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  #position = 0;
  #end = 0;
  #write = false;

  /** @param capacity the longest block in bytes. */
  constructor(capacity: number) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Start a block of `length` bytes that the guest will write (`write`) or read. Its bytes. */
  begin(length: number, write: boolean): Uint8Array {
    this.#position = 0;
    this.#end = length;
    this.#write = write;
    return this.bytes;
  }

  /** No block any more. */
  end(): void {
    this.#position = 0;
    this.#end = 0;
  }

  /** The bytes of the current block. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#end);
  }

  /** True if the guest has moved every byte of the block. */
  get done(): boolean {
    return this.#position >= this.#end;
  }

  /** The guest reads 2 or 4 bytes; 0 when there is nothing to read. */
  read(size: number): number {
    const at = this.#position;
    if (this.#write || at + size > this.#end) {
      return 0;
    }
    this.#position = at + size;
    return size === 4 ? this.#view.getUint32(at, true) : this.#view.getUint16(at, true);
  }

  /** The guest writes 2 or 4 bytes; dropped when none are wanted. */
  write(value: number, size: number): void {
    const at = this.#position;
    if (!this.#write || at + size > this.#end) {
      return;
    }
    this.#position = at + size;
    if (size === 4) {
      this.#view.setUint32(at, value, true);
    } else {
      this.#view.setUint16(at, value, true);
    }
  }
}
