import { type Address, AddressError, hex, LifecycleError, type MemoryRegion } from "@mem/core";
import { addWrapped, internalsOf } from "@mem/core/plumbing";
import { Inspectable, type Summary } from "../inspect/summary.js";
import { translate, type Translation } from "../translation/translation.js";

const MAPPING = "mapping";

/** The mappings of an address space, as one of them sees the others. */
export interface MappingHome {
  readonly system: { readonly reclaimer: { drain(): void }; runPending(): unknown };
  /** Writes a bounce buffer back. */
  write(addr: Address, from: Uint8Array): void;
  /** Called when a mapping has ended, with the number of its bytes that were accessed. */
  finish(mapping: Mapping, accessLength: number): void;
}

/** Parts of a mapping; see the fields of {@link Mapping}. */
export interface MappingParts {
  readonly region: MemoryRegion;
  readonly addr: Address;
  readonly bytes: Uint8Array;
  readonly isWrite: boolean;
  readonly offset: Address;
  readonly isBounce: boolean;
}

/**
 * Guest memory mapped for a device's bulk transfer (`address_space_map`). RAM is mapped in
 * place; anything else through a bounce buffer, which is read when the mapping is made or
 * written back when it ends. Keeps the region alive until {@link unmap}.
 *
 * @example
 * {
 *   using mapping = space.map(0x1000, 16, { isWrite: true });
 *   mapping?.bytes.fill(0x20); // the guest's own bytes
 * }
 * console.log(hex(space.load(0x100c, 4))); // prints: 0x20202020
 */
export class Mapping extends Inspectable implements Disposable {
  /** The mapped bytes: the guest's own, or the bounce buffer. */
  readonly bytes: Uint8Array;
  /** True if {@link bytes} is a copy. */
  readonly isBounce: boolean;
  /** True if the device writes to the guest. */
  readonly isWrite: boolean;
  /** Bus address of the first byte. */
  readonly addr: Address;
  /** The region that the first byte belongs to. */
  readonly region: MemoryRegion;
  /** Offset in it of that byte. */
  readonly offset: Address;
  readonly #home: MappingHome;
  #mapped = true;

  /** Address spaces make mappings: see `AddressSpace.map`. */
  constructor(home: MappingHome, parts: MappingParts) {
    super();
    const { region } = parts;
    this.#home = home;
    this.region = region;
    this.addr = parts.addr;
    this.bytes = parts.bytes;
    this.isWrite = parts.isWrite;
    this.isBounce = parts.isBounce;
    this.offset = parts.offset;
    internalsOf(region).assertCountable("map");
    region.refUse(MAPPING);
  }

  /** Bytes that were mapped; may be fewer than asked for. */
  get length(): number {
    return this.bytes.length;
  }

  protected override summarize(): Summary {
    const { addr, isBounce, isWrite, length, offset, region } = this;
    const name = `${hex(addr)}+${hex(length)} ${region.name}@${hex(offset)}`;
    const facts = [isWrite ? "write" : "read", isBounce && "bounce", !this.#mapped && "ended"];
    return { kind: "Mapping", name, facts };
  }

  /** Data of the mapping, addresses as texts in hexadecimal; not the bytes. */
  toJSON(): object {
    const { addr, isBounce, isWrite, length, offset, region } = this;
    const place = { addr: hex(addr), length, region: region.name, offset: hex(offset) };
    return { ...place, isWrite, isBounce, active: this.#mapped };
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
      if (this.isBounce) this.#home.write(this.addr, this.bytes.subarray(0, accessLength));
      else this.region.markWritten(Number(this.offset), accessLength);
    }
    this.#home.finish(this, accessLength);
    const { system } = this.#home;
    try {
      this.region.unrefUse(MAPPING);
      system.reclaimer.drain();
    } finally {
      system.runPending();
    }
  }

  /**
   * Ends the mapping as a whole; does nothing when it has ended.
   * @throws what a finalizer throws that waited for it, as {@link unmap} does
   */
  [Symbol.dispose](): void {
    if (this.#mapped) this.unmap();
  }
}

/**
 * Length of the run of one region that starts with a first piece: over section boundaries and
 * adjacent ranges while region and offset continue.
 * @param translation view to look in, and direction of the accesses
 * @param addr bus address of the first byte
 * @param wanted bytes, at most
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function contiguousLength(
  translation: Translation,
  addr: Address,
  wanted: number,
  first: { readonly region: MemoryRegion; readonly xlat: Address; readonly length: number },
): number {
  let done = Math.min(first.length, wanted);
  while (done < wanted) {
    translate(translation, addWrapped(addr, done), wanted - done);
    if (translation.region !== first.region || translation.xlat !== addWrapped(first.xlat, done))
      break;
    done += Number(translation.length);
  }
  return Math.min(done, wanted);
}
