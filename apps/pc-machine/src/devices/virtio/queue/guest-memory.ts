/** Memory of the guest as a virtio device reaches it: addresses as rings hold them, and results in place of errors. */
import { MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

const HIGH = 2 ** 32;

/** Memory that queues and buffers are in. */
export class GuestMemory {
  readonly #space: () => AddressSpace;
  readonly #word = new Uint8Array(2);

  /** @param space asked for at each access: there is none before the device is on a bus */
  constructor(space: () => AddressSpace) {
    this.#space = space;
  }

  /** Fill `into` from `address` on, in bytes. @returns false when nothing is there */
  read(address: number, into: Uint8Array): boolean {
    return isReachable(address) && this.#space().read(address, into) === MemTxResult.OK;
  }

  /** Store `from` at `address`, in bytes. @returns false when nothing is there */
  write(address: number, from: Uint8Array): boolean {
    return isReachable(address) && this.#space().write(address, from) === MemTxResult.OK;
  }

  /** Fill `length` bytes of memory from `address` on with zeros; nothing where a device, or nothing, is. */
  clear(address: number, length: number): void {
    const space = this.#space();
    if (isReachable(address) && !space.isIo(address)) space.set(address, 0, length);
  }

  /** The 16 bits at `address`, `null` when nothing is there. */
  readWord(address: number): number | null {
    const word = this.#word;
    return this.read(address, word) ? (word[0] ?? 0) | ((word[1] ?? 0) << 8) : null;
  }

  /** Store 16 bits at `address`. @returns false when nothing is there */
  writeWord(address: number, value: number): boolean {
    this.#word[0] = value & 0xff;
    this.#word[1] = (value >> 8) & 0xff;
    return this.write(address, this.#word);
  }
}

/** An address of two halves; above 2^53 it is rounded, and never reachable. */
export function addressOf(low: number, high: number): number {
  return high * HIGH + low;
}

/** No memory of a PC is above 2^53, where a `number` is no longer exact. */
function isReachable(address: number): boolean {
  return Number.isSafeInteger(address);
}
