import {
  type Address,
  type MemoryRegion,
  type MemorySystem,
  type MemTxAttrs,
  type MemTxResult,
} from "@mem/core";
import { internalsOf, type SystemInternals, systemInternals } from "@mem/core/plumbing";
import type { FlatView } from "../view/flat-view.js";
import { MapClients } from "./map-clients.js";
import { contiguousLength, Mapping, type MappingHome } from "./mapping.js";
import { Translation } from "../translation/translation.js";

/** The address space whose memory is mapped. */
export interface MappedSpace {
  readonly name: string;
  readonly system: MemorySystem;
  readonly flatView: FlatView;
  /** Bytes of bounce buffers that may be mapped at a time. */
  readonly maxBounceBufferSize: number;
  read(addr: Address, into: Uint8Array, attrs: MemTxAttrs): MemTxResult;
  write(addr: Address, from: Uint8Array): MemTxResult;
}

/** A transfer that wants memory mapped. */
export interface MapRequest {
  /** Bus address of the first byte. */
  readonly addr: Address;
  /** Bytes wanted. */
  readonly wanted: number;
  readonly isWrite: boolean;
  readonly attrs: MemTxAttrs;
}

/** The mappings that an address space gave out, and who waits for room for more bounce buffers. */
export class Mappings implements MappingHome {
  readonly #space: MappedSpace;
  readonly #clients: MapClients;
  readonly #live = new Set<Mapping>();
  readonly #ended: (mapping: Mapping, accessLength: number) => void;
  #bounceBytes = 0;

  /** @param ended called when a mapping has ended, of which `accessLength` bytes were accessed */
  constructor(space: MappedSpace, ended: (mapping: Mapping, accessLength: number) => void) {
    this.#space = space;
    this.#ended = ended;
    this.#clients = new MapClients(space.system, space.name);
  }

  get system(): SystemInternals {
    return systemInternals(this.#space.system);
  }

  /** Number of mappings that have not ended. */
  get size(): number {
    return this.#live.size;
  }

  /** Number of clients that wait to be called. */
  get clients(): number {
    return this.#clients.size;
  }

  /**
   * Maps what a translation found, as far as it goes on.
   * @returns `null` when there is no room for a bounce buffer
   */
  map(request: MapRequest, { region, xlat, length }: Translation): Mapping | null {
    const first = { region, xlat, length: Number(length) };
    const mapping = internalsOf(region).isDirect(request.isWrite, request.attrs)
      ? this.#mapDirect(request, first)
      : this.#mapBounce(request, first);
    if (mapping) this.#live.add(mapping);
    return mapping;
  }

  /** See `AddressSpace.addMapClient`. */
  addClient(client: () => void): Disposable {
    const registration = this.#clients.add(client);
    const isTold = this.#clients.isCalling && this.#bounceBytes > 0;
    const hasRoom = this.#bounceBytes < this.#space.maxBounceBufferSize;
    if (hasRoom && !isTold) this.#clients.notify();
    return registration;
  }

  /** Drops the clients; answers, for each mapping, what ends it. */
  unmapAll(): (() => void)[] {
    this.#clients.clear();
    return [...this.#live].map((mapping) => () => mapping.unmap(0));
  }

  write(addr: Address, from: Uint8Array): void {
    this.#space.write(addr, from);
  }

  finish(mapping: Mapping, accessLength: number): void {
    this.#live.delete(mapping);
    this.#ended(mapping, accessLength);
    if (!mapping.isBounce) return;
    this.#bounceBytes -= mapping.length;
    this.#clients.notify();
  }

  #mapDirect({ addr, wanted, isWrite, attrs }: MapRequest, first: FirstPiece): Mapping | null {
    const { region } = first;
    const block = region.ramBlock;
    if (!block) return null;
    const offset = Number(first.xlat);
    const { start, bytes } = block.span(offset);
    const room = bytes.byteLength - (offset - start);
    const translation = new Translation(this.#space.flatView).inDirection(isWrite, attrs);
    const run = contiguousLength(translation, addr, wanted, first);
    const mapped = block.bytes(offset, Math.min(run, room));
    return new Mapping(this, { region, addr, bytes: mapped, isWrite, offset, isBounce: false });
  }

  #mapBounce({ addr, isWrite, attrs }: MapRequest, first: FirstPiece): Mapping | null {
    const { region, xlat: offset, length } = first;
    const room = Math.min(length, this.#space.maxBounceBufferSize - this.#bounceBytes);
    if (room <= 0) return null;
    const bytes = new Uint8Array(room);
    const mapping = new Mapping(this, { region, addr, bytes, isWrite, offset, isBounce: true });
    this.#bounceBytes += room;
    if (!isWrite) this.#space.read(addr, bytes, attrs);
    return mapping;
  }
}

/** The first piece of what is mapped, as far as it translates alike. */
interface FirstPiece {
  readonly region: MemoryRegion;
  readonly xlat: Address;
  readonly length: number;
}
