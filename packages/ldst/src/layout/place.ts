import { type Address, AddressError, hex, type MemTxAttrs, toAddress } from "@mem/core";
import {
  addWrapped,
  anyObject,
  checkArgument,
  checkOptions,
  narrow,
  type OptionKind,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import { AddressSpace } from "@mem/flat";
import { Bus } from "../bus.js";
import { CopiedBytes } from "../inspect/copied-bytes.js";
import { MOST_BYTES, peekBytes } from "../inspect/peek-bytes.js";
import { MemoryRegionCache } from "../memory-region-cache.js";
import type { TxStatus } from "../tx-status.js";
import type { WordAccess } from "../word-access.js";

/**
 * The source of a view's bytes: in a cache, whose offsets count from its start, or on a bus. An
 * address space is wrapped in a {@link Bus} of its own; keep one where views are made often.
 * @see {@link defineLayout}
 */
export type LayoutSource = Bus | MemoryRegionCache | AddressSpace;

/**
 * Options of a view's accesses.
 * @see {@link defineLayout}
 */
export interface ViewOptions {
  /** Attributes of the bus master for each access; default: unspecified. */
  readonly attrs?: MemTxAttrs | undefined;
  /**
   * Receives how each access went; default: nobody is told. What takes many accesses
   * (`toObject`, `assign`, `toArray`) leaves the bits of all of them there.
   */
  readonly status?: TxStatus | undefined;
}

const SOURCE: OptionKind = {
  expects: "a Bus, a MemoryRegionCache or an AddressSpace",
  accepts: (value) => value instanceof Bus || value instanceof MemoryRegionCache,
};
const OPTIONS: OptionTable = {
  call: "layout.view",
  optional: { attrs: anyObject, status: anyObject },
};

/** The property under which a view keeps its {@link Place}: a symbol, so that no field has it. */
export const PLACE: unique symbol = Symbol("place");

/** The object that accessors find behind `this`. */
export interface Placed {
  readonly [PLACE]: Place;
}

/** The place of a view, and the way to its bytes. Parts of a view follow it. */
export class Place {
  readonly words: WordAccess<Address>;
  readonly attrs: MemTxAttrs | undefined;
  readonly status: TxStatus | undefined;
  readonly size: number;
  readonly #source: Bus | MemoryRegionCache | CopiedBytes;
  /** The source, where it is a cache. */
  readonly #cache: MemoryRegionCache | null;
  readonly #parent: Place | null;
  /** Bytes from the start of the parent. */
  #offset = 0;
  #base = 0;
  /** The base where it, or something behind it, is above 2^53. */
  #wide: bigint | null = null;
  #parts: Place[] | null = null;

  constructor(
    source: Bus | MemoryRegionCache | CopiedBytes,
    size: number,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
    parent: Place | null,
  ) {
    this.words = source;
    this.#source = source;
    this.#cache = source instanceof MemoryRegionCache ? source : null;
    this.size = size;
    this.attrs = attrs;
    this.status = status;
    this.#parent = parent;
  }

  /** The place of `size` bytes at an offset of a cache, or an address. */
  static of(source: LayoutSource, size: number, at: Address, options?: ViewOptions): Place {
    const words = source instanceof AddressSpace ? new Bus(source) : source;
    checkArgument(words, SOURCE, OPTIONS.call, "the source", refuseArgument);
    if (options !== undefined) checkOptions(options, OPTIONS, refuseArgument);
    const place = new Place(words, size, options?.attrs, options?.status, null);
    place.moveTo(at);
    return place;
  }

  /** The address of a byte, `offset` bytes behind the start. */
  at(offset: number): Address {
    return this.#wide === null ? this.#base + offset : addWrapped(this.#wide, offset);
  }

  /**
   * Moves it, and its parts with it.
   * @throws AddressError when it leaves the cache, or is no address; nothing has moved then.
   */
  moveTo(position: Address): void {
    const cache = this.#cache;
    if (
      typeof position === "number" &&
      Number.isSafeInteger(position) &&
      position >= 0 &&
      position <= (cache === null ? Number.MAX_SAFE_INTEGER : cache.length) - this.size
    ) {
      this.#wide = null;
      this.#base = position;
      if (this.#parts !== null) this.#moveParts();
      return;
    }
    this.#moveFar(position);
  }

  /** A place within this one, that follows it. */
  part(offset: number, size: number): Place {
    const part = new Place(this.#source, size, this.attrs, this.status, this);
    (this.#parts ??= []).push(part);
    part.shift(offset);
    return part;
  }

  /** Moves a part within its parent. */
  shift(offset: number): void {
    this.#offset = offset;
    this.#follow();
  }

  /** Reads bytes; the status is told. */
  read(offset: number, into: Uint8Array): void {
    const source = this.#source;
    const at = this.at(offset);
    const result =
      source instanceof Bus
        ? source.space.read(at, into, this.attrs)
        : source.read(Number(at), into);
    if (this.status) this.status.result = result;
  }

  /** Writes bytes; the status is told. */
  write(offset: number, from: Uint8Array): void {
    const source = this.#source;
    const at = this.at(offset);
    const result =
      source instanceof Bus
        ? source.space.write(at, from, this.attrs)
        : source.write(Number(at), from);
    if (this.status) this.status.result = result;
  }

  /**
   * A copy of the bytes, for texts about them, at a place of its own; `null` where memory in place
   * does not hold them all. Nobody is asked, and no access is made.
   */
  peek(): Place | null {
    const bytes = this.#peekBytes();
    return bytes && new Place(new CopiedBytes(bytes), this.size, undefined, undefined, null);
  }

  /** Its source and position: `0x100+0x10 of cpu`. */
  toString(): string {
    const source = this.#source instanceof Bus ? this.#source.space.name : String(this.#source);
    return `${hex(this.at(0))}+${hex(this.size)} of ${source}`;
  }

  #peekBytes(): Uint8Array | null {
    const source = this.#source;
    const at = this.at(0);
    if (source instanceof Bus) return peekBytes(source.space.flatView, BigInt(at), this.size);
    if (source instanceof CopiedBytes || source.bytes === null) return null;
    const from = Number(at);
    return this.size > MOST_BYTES ? null : source.bytes.slice(from, from + this.size);
  }

  /** Moves it to where a number may not do, or to where it cannot. */
  #moveFar(position: Address): void {
    const at = narrow(position);
    // Addresses from guest memory are bigints; most of them fit a number.
    if (typeof at === "number" && typeof position === "bigint") {
      this.moveTo(at);
      return;
    }
    const cache = this.#cache;
    if (cache !== null) {
      // A cache that has ended says so itself.
      const region = cache.region.describe();
      throw new AddressError(`a layout of ${this.size} bytes at ${at} leaves the cache ${cache}`, {
        rule: "layout-range",
        region,
        address: at,
      });
    }
    // What a guest can write into 64 bits is an address, also where the view wraps around.
    this.#wide = toAddress(at, "address of a layout");
    this.#moveParts();
  }

  #follow(): void {
    const parent = this.#parent;
    if (parent === null) return;
    if (parent.#wide === null) {
      this.#wide = null;
      this.#base = parent.#base + this.#offset;
    } else {
      this.#wide = BigInt.asUintN(64, parent.#wide + BigInt(this.#offset));
    }
    this.#moveParts();
  }

  #moveParts(): void {
    if (this.#parts === null) return;
    for (const part of this.#parts) part.#follow();
  }
}
