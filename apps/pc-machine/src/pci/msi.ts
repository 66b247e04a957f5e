/**
 * Message signalled interrupts: an interrupt is a store of four bytes, by the function as a bus
 * master, to an address that the guest chose (PCI Local Bus Specification 2.2, section 6.8).
 */
import { MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

import { readLe, writeLe } from "./config-space.js";

/** The ID of the capability. */
export const MSI_CAPABILITY = 0x05;
/** Bytes of the capability with a 64-bit address and no masks. */
export const MSI_BYTES = 14;

const Offset = { CONTROL: 2, ADDRESS: 4, DATA: 12 } as const;
const Control = {
  ENABLE: 0x0001,
  WANTED: 1,
  GRANTED: 4,
  GRANTED_MASK: 0x0070,
  WIDE: 0x0080,
} as const;
const MOST_VECTORS = 32;

/** The registers in a function's configuration space. */
export class MsiCapability {
  readonly #config: Uint8Array;
  readonly #at: number;
  readonly #vectors: number;

  /**
   * @param at      where the capability begins
   * @param vectors how many vectors the function has: 1, 2, 4, 8, 16 or 32
   */
  constructor(config: Uint8Array, writable: Uint8Array, at: number, vectors: number) {
    this.#config = config;
    this.#at = at;
    this.#vectors = Math.min(vectors, MOST_VECTORS);
    const wanted = Math.ceil(Math.log2(this.#vectors));
    writeLe(config, at + Offset.CONTROL, Control.WIDE | (wanted << Control.WANTED), 2);
    writable.fill(0, at, at + MSI_BYTES);
    writeLe(writable, at + Offset.CONTROL, Control.ENABLE | Control.GRANTED_MASK, 2);
    writeLe(writable, at + Offset.ADDRESS, 0xffff_fffc, 4);
    writeLe(writable, at + Offset.ADDRESS + 4, 0xffff_ffff, 4);
    writeLe(writable, at + Offset.DATA, 0xffff, 2);
  }

  /** True if the guest has switched it on: the interrupt pin is quiet then. */
  get enabled(): boolean {
    return (this.#control & Control.ENABLE) !== 0;
  }

  /**
   * Send `vector` (from 0). Where the guest granted fewer vectors, the low bits count.
   * @returns how the store ended; nothing is sent while it is switched off
   */
  send(dma: AddressSpace, vector: number): MemTxResult {
    if (!this.enabled) return MemTxResult.OK;
    const granted = 1 << ((this.#control & Control.GRANTED_MASK) >> Control.GRANTED);
    const low = readLe(this.#config, this.#at + Offset.ADDRESS, 4);
    const high = readLe(this.#config, this.#at + Offset.ADDRESS + 4, 4);
    const data = readLe(this.#config, this.#at + Offset.DATA, 2);
    const within = Math.min(granted, this.#vectors) - 1;
    const bytes = new Uint8Array(4);
    writeLe(bytes, 0, (data & ~within) | (vector & within), 4);
    return dma.write((BigInt(high) << 32n) | BigInt(low), bytes);
  }

  /** Back to the power-on state. */
  reset(): void {
    const kept = this.#control & ~(Control.ENABLE | Control.GRANTED_MASK);
    writeLe(this.#config, this.#at + Offset.CONTROL, kept, 2);
    this.#config.fill(0, this.#at + Offset.ADDRESS, this.#at + MSI_BYTES);
  }

  get #control(): number {
    return readLe(this.#config, this.#at + Offset.CONTROL, 2);
  }
}
