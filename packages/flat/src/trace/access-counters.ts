import { type MemoryRegion, MemTxResult } from "@mem/core";
import { TYPE_BITS } from "./access-event.js";
import type { AccessRecord } from "./access-record.js";

/**
 * Counts of the accesses to a region.
 * @see {@link AccessTrace}, whose `counters` these are
 */
export class AccessCounters {
  /** Number of reads. */
  reads = 0;
  /** Number of writes. */
  writes = 0;
  /** Number of fetches of instructions. */
  fetches = 0;
  /** Mappings that were made; what is done with their bytes is not seen. */
  maps = 0;
  /** Bytes that were read or fetched. */
  bytesRead = 0;
  /** Bytes that were written. */
  bytesWritten = 0;
  /** Accesses that did not end in `MemTxResult.OK`; what they ended in is counted below. */
  failed = 0;
  /** Accesses with the result bit `MemTxResult.ERROR`. */
  errors = 0;
  /** Accesses with the result bit `MemTxResult.DECODE_ERROR`. */
  decodeErrors = 0;
  /** Accesses with the result bit `MemTxResult.ACCESS_ERROR`. */
  accessErrors = 0;

  /** All reads, writes and fetches. */
  get accesses(): number {
    return this.reads + this.writes + this.fetches;
  }

  /** E.g. `3 reads, 2 writes`. */
  toString(): string {
    const { reads, writes, fetches, maps, failed } = this;
    const counts = Object.entries({ reads, writes, fetches, maps, failed });
    const told = counts.filter(([, count]) => count > 0);
    return told.map(([what, count]) => `${count} ${what}`).join(", ") || "no accesses";
  }
}

/** Counts one access. */
function count(counters: AccessCounters, { typeBit, size, result }: AccessRecord): void {
  if (typeBit === TYPE_BITS.write) {
    counters.writes++;
    counters.bytesWritten += size;
  } else if (typeBit === TYPE_BITS.map) {
    counters.maps++;
  } else if (typeBit !== TYPE_BITS.unmap) {
    if (typeBit === TYPE_BITS.fetch) counters.fetches++;
    else counters.reads++;
    counters.bytesRead += size;
  }
  if (result === MemTxResult.OK) return;
  counters.failed++;
  if (result & MemTxResult.ERROR) counters.errors++;
  if (result & MemTxResult.DECODE_ERROR) counters.decodeErrors++;
  if (result & MemTxResult.ACCESS_ERROR) counters.accessErrors++;
}

/** The counters of all regions that were accessed. */
export class RegionCounters {
  readonly #byRegion = new Map<MemoryRegion, AccessCounters>();
  #lastRegion: MemoryRegion | null = null;
  #last = new AccessCounters();

  /** By region, in the order of their first access. */
  get all(): ReadonlyMap<MemoryRegion, AccessCounters> {
    return this.#byRegion;
  }

  count(record: AccessRecord): void {
    const { region } = record;
    if (region !== this.#lastRegion) {
      let counters = this.#byRegion.get(region);
      if (counters === undefined) {
        counters = new AccessCounters();
        this.#byRegion.set(region, counters);
      }
      this.#last = counters;
      this.#lastRegion = region;
    }
    count(this.#last, record);
  }

  reset(): void {
    this.#byRegion.clear();
    this.#lastRegion = null;
  }
}
