/** Chains of descriptors: the buffers that a driver hands over in one go (Virtual I/O Device 1.2, section 2.7.5). */
import { addressOf, type GuestMemory } from "./guest-memory.js";

/** A piece of the guest's memory. */
export interface Buffer {
  /** In bytes, from 0. */
  readonly address: number;
  /** In bytes, 1 or more. */
  readonly length: number;
}

/** The buffers of a chain, in its order. */
export interface Chain {
  /** For the device to read. */
  readonly readable: readonly Buffer[];
  /** For the device to write. */
  readonly writable: readonly Buffer[];
}

/** A table of descriptors. */
interface Table {
  readonly address: number;
  /** Number of descriptors. */
  readonly count: number;
}

/** Bytes of a descriptor. */
export const DESCRIPTOR_BYTES = 16;
const Flag = { NEXT: 1, WRITE: 2, INDIRECT: 4 } as const;
/** Most buffers of a chain, in a table of its own: QEMU's bound. */
const MOST_BUFFERS = 1024;

/** Walks chains. What a guest may put there is anything: loops, holes, tables in tables. */
export class ChainReader {
  readonly #memory: GuestMemory;
  readonly #bytes = new Uint8Array(DESCRIPTOR_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(memory: GuestMemory) {
    this.#memory = memory;
  }

  /**
   * Read the chain that begins with descriptor `head` of a queue's table.
   * @returns its buffers, or what is wrong with it
   */
  read(queue: Table, head: number): Chain | string {
    const readable: Buffer[] = [];
    const writable: Buffer[] = [];
    let table = queue;
    let index = head;
    for (let steps = 0; ; steps++) {
      // A chain that is longer than its table comes by a descriptor twice.
      if (steps >= Math.min(table.count, MOST_BUFFERS)) return "Looped descriptor";
      if (!this.#memory.read(table.address + index * DESCRIPTOR_BYTES, this.#bytes)) {
        return "a descriptor is where no memory is";
      }
      const view = this.#view;
      const address = addressOf(view.getUint32(0, true), view.getUint32(4, true));
      const length = view.getUint32(8, true);
      const flags = view.getUint16(12, true);
      if ((flags & Flag.INDIRECT) !== 0) {
        if (table !== queue) return "Invalid indirect buffer table: it is in another one";
        if (length === 0 || length % DESCRIPTOR_BYTES !== 0) {
          return "Invalid size for indirect buffer table";
        }
        table = { address, count: length / DESCRIPTOR_BYTES };
        index = 0;
        steps = -1;
        continue;
      }
      if (length === 0) return "zero sized buffers are not allowed";
      if (readable.length + writable.length >= MOST_BUFFERS) return "Looped descriptor";
      if ((flags & Flag.WRITE) !== 0) writable.push({ address, length });
      else if (writable.length > 0) return "Incorrect order for descriptors";
      else readable.push({ address, length });
      if ((flags & Flag.NEXT) === 0) return { readable, writable };
      index = view.getUint16(14, true);
      if (index >= table.count) return `Desc next is ${index}`;
    }
  }
}

/** Number of bytes of `buffers`. */
export function bytesOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}
