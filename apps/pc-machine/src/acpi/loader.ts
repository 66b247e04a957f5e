/**
 * The linker's script (fw_cfg file `etc/table-loader`): firmware takes memory for the files that hold
 * tables, puts addresses into their pointers, and makes their checksums.
 */
const ENTRY_BYTES = 128;
const NAME_BYTES = 56;
const Command = { ALLOCATE: 1, ADD_POINTER: 2, ADD_CHECKSUM: 3, WRITE_POINTER: 4 } as const;

/** Zone of memory that a file goes to. */
export const LoaderZone = {
  HIGH: 1,
  /** Below 1 MiB, where systems look for the root pointer. */
  F_SEGMENT: 2,
} as const;

/** Writes the script. */
export class LoaderScript {
  readonly #entries: Uint8Array[] = [];

  /** Have memory taken for `file`, on a multiple of `align` bytes. */
  allocate(file: string, align: number, zone: number): void {
    const entry = this.#entry(Command.ALLOCATE);
    this.#name(entry, 4, file);
    this.#word(entry, 4 + NAME_BYTES, align);
    entry[8 + NAME_BYTES] = zone;
  }

  /** Add the address of `source` to the pointer of `size` bytes at `offset` of `file`. */
  addPointer(file: string, source: string, offset: number, size: 4 | 8): void {
    const entry = this.#entry(Command.ADD_POINTER);
    this.#name(entry, 4, file);
    this.#name(entry, 4 + NAME_BYTES, source);
    this.#word(entry, 4 + 2 * NAME_BYTES, offset);
    entry[8 + 2 * NAME_BYTES] = size;
  }

  /** Write the address of byte `offset` of `source` into the `size` bytes of the file `file` of fw_cfg. */
  writePointer(file: string, source: string, offset: number, size: 4 | 8): void {
    const entry = this.#entry(Command.WRITE_POINTER);
    this.#name(entry, 4, file);
    this.#name(entry, 4 + NAME_BYTES, source);
    this.#word(entry, 8 + 2 * NAME_BYTES, offset);
    entry[12 + 2 * NAME_BYTES] = size;
  }

  /** Make bytes `start` to `start + length - 1` of `file` add up to 0 by the one at `offset`. */
  addChecksum(file: string, offset: number, start: number, length: number): void {
    const entry = this.#entry(Command.ADD_CHECKSUM);
    this.#name(entry, 4, file);
    for (const [index, value] of [offset, start, length].entries()) {
      this.#word(entry, 4 + NAME_BYTES + 4 * index, value);
    }
  }

  /** The file's bytes. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(ENTRY_BYTES * this.#entries.length);
    for (const [index, entry] of this.#entries.entries()) bytes.set(entry, ENTRY_BYTES * index);
    return bytes;
  }

  #entry(command: number): Uint8Array {
    const entry = new Uint8Array(ENTRY_BYTES);
    this.#word(entry, 0, command);
    this.#entries.push(entry);
    return entry;
  }

  #name(entry: Uint8Array, offset: number, name: string): void {
    entry.set(new TextEncoder().encode(name), offset);
  }

  #word(entry: Uint8Array, offset: number, value: number): void {
    new DataView(entry.buffer).setUint32(offset, value, true);
  }
}
