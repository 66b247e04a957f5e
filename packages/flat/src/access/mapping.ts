import {
  type Address,
  AddressError,
  addWrapped,
  hex,
  LifecycleError,
  type MemoryRegion,
  type MemTxAttrs,
} from "@mem/core";
import type { FlatView } from "../view/flat-view.js";
import { translate, Translation } from "./translation.js";

const MAPPING = "mapping";

/** The address space that a mapping is one of. */
export interface MappedSpace {
  readonly system: { readonly reclaimer: { drain(): void }; runPending(): unknown };
  write(addr: Address, from: Uint8Array): unknown;
  /** Of the mapping `accessLength` bytes were accessed; it has ended. */
  endMapping(mapping: Mapping, accessLength: number): void;
}

/**
 * Guest memory mapped for a device's bulk transfer (`address_space_map`). RAM is mapped in
 * place; anything else through a bounce buffer, which is read when the mapping is made or
 * written back when it ends. Keeps the region alive until {@link unmap}.
 * @see the README of `@mem/flat`, "Looking closely"
 */
export class Mapping implements Disposable {
  /** The mapped bytes: the guest's own, or the bounce buffer. */
  readonly bytes: Uint8Array;
  /** Whether {@link bytes} is a copy. */
  readonly isBounce: boolean;
  /** Whether the device writes to the guest. */
  readonly isWrite: boolean;
  /** Bus address of the first byte. */
  readonly addr: Address;
  /** The region that the first byte belongs to. */
  readonly region: MemoryRegion;
  /** Where in it that byte is. */
  readonly offset: Address;
  readonly #space: MappedSpace;
  #mapped = true;

  /** @internal */
  constructor(
    space: MappedSpace,
    region: MemoryRegion,
    addr: Address,
    bytes: Uint8Array,
    isWrite: boolean,
    offset: Address,
    isBounce: boolean,
  ) {
    this.#space = space;
    this.region = region;
    this.addr = addr;
    this.bytes = bytes;
    this.isWrite = isWrite;
    this.isBounce = isBounce;
    this.offset = offset;
    region.assertCountable("map");
    region.refUse(MAPPING);
  }

  /** Bytes that were mapped; may be fewer than asked for. */
  get length(): number {
    return this.bytes.length;
  }

  /**
   * Ends the mapping (`address_space_unmap`). A write mapping writes back, or marks dirty, the
   * first `accessLength` bytes.
   * @throws LifecycleError when it has ended already; AddressError when the length is too large.
   */
  unmap(accessLength: number = this.length): void {
    if (!this.#mapped) {
      throw new LifecycleError(`the mapping at ${hex(this.addr)} has ended`, {
        rule: "unmapped-twice",
        region: this.region.name,
        address: this.addr,
      });
    }
    if (!Number.isInteger(accessLength) || accessLength < 0 || accessLength > this.length) {
      throw new AddressError(`${accessLength} of ${this.length} mapped bytes were accessed`, {
        rule: "access-length",
        region: this.region.name,
        address: this.addr,
      });
    }
    this.#mapped = false;
    if (this.isWrite) {
      if (this.isBounce) this.#space.write(this.addr, this.bytes.subarray(0, accessLength));
      else this.region.markWritten(Number(this.offset), accessLength);
    }
    this.#space.endMapping(this, accessLength);
    const { system } = this.#space;
    try {
      this.region.unrefUse(MAPPING);
      system.reclaimer.drain();
    } finally {
      system.runPending();
    }
  }

  /** Ends the mapping as a whole; does nothing when it has ended. */
  [Symbol.dispose](): void {
    if (this.#mapped) this.unmap();
  }
}

/**
 * How much of a range is one run of a region, starting from a piece of `length` bytes at
 * `xlat`: over section boundaries and adjacent ranges while region and offset continue.
 * @see the README of `@mem/flat`, "For packages beside"
 */
export function contiguousLength(
  view: FlatView,
  addr: Address,
  wanted: number,
  first: { region: MemoryRegion; xlat: Address; length: number },
  isWrite: boolean,
  attrs: MemTxAttrs,
): number {
  const next = new Translation(view.memory.unassigned);
  let done = Math.min(first.length, wanted);
  while (done < wanted) {
    translate(view, addWrapped(addr, done), wanted - done, isWrite, attrs, next);
    if (next.region !== first.region || next.xlat !== addWrapped(first.xlat, done)) break;
    done += Number(next.length);
  }
  return Math.min(done, wanted);
}
