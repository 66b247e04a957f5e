import { MiB } from "@mem/core";
import { type AddressSpace, Machine, type MemoryRegionSection } from "@mem/flat";
import {
  DiscardInhibitor,
  DiscardStatus,
  getRamDiscardManager,
  type RamDiscardListener,
  VirtioMem,
  type VirtioMemOptions,
} from "@mem/ramdiscard";

/** Where the guest sees the memory device. */
export const BASE = 0x1_0000_0000;
/** Bytes in a block of the memory device. */
export const BLOCK = 2 * MiB;
/** Not enough memory (-ENOMEM). */
const NO_ROOM = -12;

/** A machine with 16 blocks that can be plugged, in memory that is allocated as it is touched. */
export function makePluggable({
  blocks = 16,
  ...options
}: Partial<VirtioMemOptions> & { blocks?: number } = {}) {
  const log: string[] = [];
  const machine = new Machine({ log: (category, message) => log.push(`${category}: ${message}`) });
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const memory = machine.addressSpace(system, "memory");
  const size = blocks * BLOCK;
  const region = machine.ram({ name: "vmem0", size, sparse: true });
  const device = new VirtioMem({
    region,
    address: BASE,
    blockSize: BLOCK,
    requestedSize: 8 * BLOCK,
    usableExtent: 4 * BLOCK,
    ...options,
  });
  system.addSubregion(BASE, region);
  const at = (block: number) => BASE + block * BLOCK;
  return { machine, system, memory, region, device, log, at, block: region.ramBlock };
}

/** Stores 32 bits, least byte first. */
export function store(space: AddressSpace, address: number, value: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  space.write(address, bytes);
}

/** Loads what {@link store} stores. */
export function load(space: AddressSpace, address: number): number {
  const bytes = new Uint8Array(4);
  space.read(address, bytes);
  return new DataView(bytes.buffer).getUint32(0, true);
}

/**
 * Who gives a physical device access to all RAM of an address space without an IOMMU: maps each
 * block of what is populated, at most `limit` of them at a time.
 */
export class Passthrough implements Disposable {
  /** Where a mapping starts, and how long it is. */
  readonly mappings = new Map<bigint, bigint>();
  limit: number;
  readonly #followed = new Map<
    string,
    { listener: RamDiscardListener; section: MemoryRegionSection }
  >();
  readonly #registration: Disposable;
  readonly #inhibitor: DiscardInhibitor;

  constructor(space: AddressSpace, limit: number) {
    this.limit = limit;
    this.#inhibitor = DiscardInhibitor.of(space.system);
    if (this.#inhibitor.uncoordinatedDisable(true)) throw new Error("discards are required");
    this.#registration = space.listen({
      regionAdd: (section) => this.#add(section),
      regionDel: (section) => this.#remove(section),
    });
  }

  [Symbol.dispose](): void {
    this.#registration[Symbol.dispose]();
    this.#inhibitor.uncoordinatedDisable(false);
  }

  /** The blocks of the memory device that are mapped. */
  get blocks(): number[] {
    return [...this.mappings.keys()]
      .map((iova) => (Number(iova) - BASE) / BLOCK)
      .sort((a, b) => a - b);
  }

  #add(section: MemoryRegionSection): void {
    const manager = getRamDiscardManager(section.region);
    if (!manager) return;
    const grain = manager.getMinGranularity(section.region);
    const listener: RamDiscardListener = {
      notifyPopulate: (part) => this.#map(part, grain),
      notifyDiscard: (part) => this.#unmap(part, grain),
    };
    this.#followed.set(`${section}`, { listener, section });
    manager.registerListener(listener, section);
  }

  #remove(section: MemoryRegionSection): void {
    const followed = this.#followed.get(`${section}`);
    if (!followed) return;
    this.#followed.delete(`${section}`);
    getRamDiscardManager(section.region)?.unregisterListener(followed.listener);
  }

  #map(part: MemoryRegionSection, grain: bigint): DiscardStatus {
    const start = part.offsetWithinAddressSpace;
    for (let at = start; at < start + part.size; at += grain) {
      if (this.mappings.size >= this.limit) {
        for (let undone = start; undone < at; undone += grain) this.mappings.delete(undone);
        return NO_ROOM;
      }
      if (this.mappings.has(at)) throw new Error(`${at} is mapped twice`);
      this.mappings.set(at, grain);
    }
    return DiscardStatus.OK;
  }

  #unmap(part: MemoryRegionSection, grain: bigint): void {
    const start = part.offsetWithinAddressSpace;
    for (let at = start; at < start + part.size; at += grain) {
      if (!this.mappings.delete(at)) throw new Error(`${at} is not mapped`);
    }
  }
}
