/** One request of a driver: what to read, what to write, and the name under which it is given back. */
import { bytesOf, type Buffer, type Chain } from "./descriptor-chain.js";
import type { GuestMemory } from "./guest-memory.js";

/** A chain that was taken from a queue (QEMU's `VirtQueueElement`). */
export class QueueElement {
  /** Number of its first descriptor. */
  readonly head: number;
  /** Bytes for the device to read. */
  readonly readableBytes: number;
  /** Bytes for the device to write. */
  readonly writableBytes: number;
  readonly #chain: Chain;
  readonly #memory: GuestMemory;

  constructor(memory: GuestMemory, head: number, chain: Chain) {
    this.#memory = memory;
    this.#chain = chain;
    this.head = head;
    this.readableBytes = bytesOf(chain.readable);
    this.writableBytes = bytesOf(chain.writable);
  }

  /** Fill `into` with what is `offset` bytes into the readable part. @returns false where that ends, or nothing is */
  read(offset: number, into: Uint8Array): boolean {
    return forEachPiece(this.#chain.readable, offset, into, (address, piece) =>
      this.#memory.read(address, piece),
    );
  }

  /** Store `from` at `offset` bytes into the writable part. @returns false where that ends, or nothing is */
  write(offset: number, from: Uint8Array): boolean {
    return forEachPiece(this.#chain.writable, offset, from, (address, piece) =>
      this.#memory.write(address, piece),
    );
  }

  /** The readable part from `offset` on, up to `most` bytes; `null` where no memory is. */
  readAll(offset: number, most: number): Uint8Array | null {
    const bytes = new Uint8Array(Math.max(0, Math.min(this.readableBytes - offset, most)));
    return this.read(offset, bytes) ? bytes : null;
  }
}

/** Have `move` called for each part of `bytes` that lies in one buffer. @returns false when one failed, or they end */
function forEachPiece(
  buffers: readonly Buffer[],
  offset: number,
  bytes: Uint8Array,
  move: (address: number, piece: Uint8Array) => boolean,
): boolean {
  let skip = offset;
  let done = 0;
  for (const { address, length } of buffers) {
    if (done === bytes.length) break;
    if (skip >= length) {
      skip -= length;
      continue;
    }
    const piece = bytes.subarray(done, done + length - skip);
    if (!move(address + skip, piece)) return false;
    done += piece.length;
    skip = 0;
  }
  return done === bytes.length;
}
