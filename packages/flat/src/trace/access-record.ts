import {
  type Address,
  Data64,
  type MemoryRegion,
  type MemTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxResult,
} from "@mem/core";
import type { AddressSpace } from "../space/address-space.js";
import { type AccessEvent, type AccessType, targetOf, TYPE_BITS } from "./access-event.js";

/** The access that is being told of; filled anew for each, so that it costs no memory. */
export class AccessRecord {
  type: AccessType = "read";
  address: Address = 0;
  size = 0;
  isWrite = false;
  /** The value, little endian, while {@link hasValue}. */
  readonly data = new Data64();
  hasValue = false;
  region: MemoryRegion;
  offset: Address = 0;
  via: MemoryRegion | null = null;
  result: MemTxResult = 0;
  attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED;
  sequence = 0;
  readonly #space: AddressSpace;
  #event: AccessEvent | null = null;

  constructor(space: AddressSpace) {
    this.#space = space;
    this.region = space.system.unassigned;
  }

  get typeBit(): number {
    return TYPE_BITS[this.type];
  }

  /** The value as events have it. */
  get value(): number | bigint | null {
    if (!this.hasValue) return null;
    return this.size <= 4 ? this.data.lo >>> 0 : this.data.value64;
  }

  /** The record is of another access from now on. */
  renew(): void {
    this.#event = null;
  }

  /** The event, made when first asked for. */
  get event(): AccessEvent {
    return (this.#event ??= Object.freeze<AccessEvent>({
      type: this.type,
      space: this.#space,
      address: this.address,
      size: this.size,
      value: this.value,
      isWrite: this.isWrite,
      region: this.region,
      offset: this.offset,
      target: targetOf(this.region),
      via: this.via,
      result: this.result,
      attrs: this.attrs,
      sequence: this.sequence,
    }));
  }
}
