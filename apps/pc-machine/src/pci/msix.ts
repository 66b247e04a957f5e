/**
 * Message signalled interrupts of the extended kind: a table of messages in a window of the function, each with
 * a mask, and a bit for each that was masked when it was due (PCI Local Bus Specification 3.0, section 6.8.2).
 */
import { MemTxResult, type DeviceObject, type MemoryRegion } from "@mem/core";
import type { AddressSpace, Machine } from "@mem/flat";

import { readLe, writeLe } from "./config-space.js";

/** The ID of the capability. */
export const MSIX_CAPABILITY = 0x11;
/** Bytes of the capability. */
export const MSIX_BYTES = 12;
/** Most messages that a table has. */
export const MOST_MSIX_VECTORS = 2048;

const Offset = { CONTROL: 2, TABLE: 4, PENDING: 8 } as const;
const Control = { ENABLE: 0x8000, MASK_ALL: 0x4000 } as const;
const Entry = { ADDRESS: 0, ADDRESS_HIGH: 4, DATA: 8, CONTROL: 12, BYTES: 16 } as const;
const MASKED = 1;
/** The table and the pending bits share a page, half each, where they fit. */
const PAGE_BYTES = 4096;
const HALF_PAGE = PAGE_BYTES / 2;
/** Pending bits come in groups of eight bytes. */
const GROUP = 64;
/** An access of the registers: four bytes, or eight in two halves. */
const WORDS = {
  valid: { minAccessSize: 4, maxAccessSize: 8 },
  impl: { minAccessSize: 4, maxAccessSize: 4 },
} as const;

/** The place of the capability and its table. */
export interface MsixPlace {
  /** Name of the window's region, such as `virtio-blk-pci-msix`. */
  readonly name: string;
  readonly owner: DeviceObject;
  /** The base address register of the window, 0 to 5. */
  readonly bar: number;
  /** Number of messages, 1 to {@link MOST_MSIX_VECTORS}. */
  readonly vectors: number;
  /** Offset of the capability in configuration space, in bytes. */
  readonly at: number;
}

/** The capability of a function, with the window of its table. */
export class MsixCapability {
  /** The window: `msix-table` and `msix-pba` in a region of at least a page. */
  readonly window: MemoryRegion;
  readonly #config: Uint8Array;
  readonly #at: number;
  readonly #vectors: number;
  readonly #table: Uint8Array;
  readonly #pending: Uint8Array;
  readonly #send: (address: bigint, bytes: Uint8Array) => void;

  /** @param send stores the bytes of a message as a bus master */
  constructor(
    machine: Machine,
    config: Uint8Array,
    writable: Uint8Array,
    place: MsixPlace,
    send: (address: bigint, bytes: Uint8Array) => void,
  ) {
    const { name, owner, bar, vectors, at } = place;
    this.#config = config;
    this.#at = at;
    this.#vectors = vectors;
    this.#send = send;
    this.#table = new Uint8Array(vectors * Entry.BYTES);
    this.#pending = new Uint8Array(Math.ceil(vectors / GROUP) * (GROUP / 8));
    const pendingAt = Math.max(HALF_PAGE, this.#table.length);
    const size = Math.max(PAGE_BYTES, 2 ** Math.ceil(Math.log2(pendingAt + this.#pending.length)));
    writeLe(config, at + Offset.CONTROL, vectors - 1, 2);
    writeLe(config, at + Offset.TABLE, bar, 4);
    writeLe(config, at + Offset.PENDING, pendingAt | bar, 4);
    writeLe(writable, at + Offset.CONTROL, Control.ENABLE | Control.MASK_ALL, 2);
    this.window = machine.container({ name, size, owner });
    this.window.addSubregion(
      0,
      machine.mmio({
        name: "msix-table",
        size: this.#table.length,
        owner,
        endianness: "little",
        ...WORDS,
        read: (offset) => readLe(this.#table, offset, 4),
        write: (offset, value) => this.#writeTable(offset, value),
      }),
    );
    this.window.addSubregion(
      pendingAt,
      machine.mmio({
        name: "msix-pba",
        size: this.#pending.length,
        owner,
        endianness: "little",
        ...WORDS,
        read: (offset) => readLe(this.#pending, offset, 4),
        write: () => undefined,
      }),
    );
    this.reset();
  }

  /** True if the guest has switched it on: the interrupt pin is quiet then. */
  get enabled(): boolean {
    return (this.#control & Control.ENABLE) !== 0;
  }

  /** Number of messages. */
  get vectors(): number {
    return this.#vectors;
  }

  /** Send message `vector`, or remember it while it is masked. Nothing for one that there is not, or while off. */
  notify(vector: number): void {
    if (!this.enabled || vector >= this.#vectors) return;
    if (this.#isMasked(vector)) this.#setPending(vector, true);
    else this.#sendNow(vector);
  }

  /** The capability's control was written: send what waited and is masked no more. */
  updated(): void {
    if (!this.enabled) return;
    for (const [group, bits] of this.#pending.entries()) {
      if (bits === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if ((bits & (1 << bit)) !== 0) this.#sendPending(group * 8 + bit);
      }
    }
  }

  /** Back to the power-on state: off, every message masked. */
  reset(): void {
    const kept = this.#control & ~(Control.ENABLE | Control.MASK_ALL);
    writeLe(this.#config, this.#at + Offset.CONTROL, kept, 2);
    this.#table.fill(0);
    this.#pending.fill(0);
    for (let vector = 0; vector < this.#vectors; vector++) {
      this.#table[vector * Entry.BYTES + Entry.CONTROL] = MASKED;
    }
  }

  #writeTable(offset: number, value: number): void {
    writeLe(this.#table, offset, value, 4);
    if (this.enabled) this.#sendPending(Math.floor(offset / Entry.BYTES));
  }

  #sendPending(vector: number): void {
    if (!this.#isPending(vector) || this.#isMasked(vector)) return;
    this.#setPending(vector, false);
    this.#sendNow(vector);
  }

  #sendNow(vector: number): void {
    const entry = vector * Entry.BYTES;
    const low = readLe(this.#table, entry + Entry.ADDRESS, 4);
    const high = readLe(this.#table, entry + Entry.ADDRESS_HIGH, 4);
    const data = this.#table.slice(entry + Entry.DATA, entry + Entry.DATA + 4);
    this.#send((BigInt(high) << 32n) | BigInt(low), data);
  }

  #isMasked(vector: number): boolean {
    const entry = this.#table[vector * Entry.BYTES + Entry.CONTROL] ?? 0;
    return (this.#control & Control.MASK_ALL) !== 0 || (entry & MASKED) !== 0;
  }

  #isPending(vector: number): boolean {
    return ((this.#pending[vector >> 3] ?? 0) & (1 << (vector & 7))) !== 0;
  }

  #setPending(vector: number, pending: boolean): void {
    const bit = 1 << (vector & 7);
    const bits = this.#pending[vector >> 3] ?? 0;
    this.#pending[vector >> 3] = pending ? bits | bit : bits & ~bit;
  }

  get #control(): number {
    return readLe(this.#config, this.#at + Offset.CONTROL, 2);
  }
}

/** Store a message through `dma`. @returns true if it reached something */
export function storeMessage(dma: AddressSpace, address: bigint, bytes: Uint8Array): boolean {
  return dma.write(address, bytes) === MemTxResult.OK;
}
