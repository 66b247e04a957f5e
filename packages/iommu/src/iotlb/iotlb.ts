import { type IommuTlbEntry, RegionOptionsError } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { Inspectable, type Summary } from "@mem/flat/plumbing";

/** Slots that one page may be in. */
const WAYS = 4;
const DEFAULT_CAPACITY = 1024;
const MAX_CAPACITY = 1 << 20;
/** No page size: the slot is free. */
const FREE = 0;

/**
 * Number of times that an {@link Iotlb} was asked, and with what luck.
 * @see {@link Iotlb}
 */
export interface IotlbStatistics {
  /** Look-ups that found an entry. */
  hits: number;
  /** Look-ups that found none. */
  misses: number;
  /** Entries that made room for others. */
  evictions: number;
}

/**
 * A cache of translations, keyed by page and table (an IOTLB). It holds pages of several sizes,
 * is bounded, and its look-up allocates nothing. Input addresses are numbers, below 2^53.
 */
export class Iotlb extends Inspectable {
  /** Entries that fit at most. */
  readonly capacity: number;
  /** Counts of look-ups since the cache was made. */
  readonly statistics: IotlbStatistics = { hits: 0, misses: 0, evictions: 0 };
  readonly #setMask: number;
  readonly #pages: Float64Array;
  readonly #indexes: Int32Array;
  readonly #shifts: Uint8Array;
  readonly #dirty: Uint8Array;
  readonly #entries: (IommuTlbEntry<AddressSpace> | null)[];
  /** For each set, the way that is replaced next. */
  readonly #victims: Uint8Array;
  /** Page sizes that came up, as exponents and in bytes, and the number of entries that have each. */
  readonly #sizes: number[] = [];
  readonly #bytes: number[] = [];
  readonly #live = new Int32Array(64);
  #size = 0;

  /**
   * @param capacity a power of two from 4 to 2^20; default 1024.
   * @throws RegionOptionsError for any other.
   */
  constructor(capacity = DEFAULT_CAPACITY) {
    super();
    const isPower = Number.isSafeInteger(capacity) && (capacity & (capacity - 1)) === 0;
    if (!isPower || capacity < WAYS || capacity > MAX_CAPACITY) {
      throw new RegionOptionsError(`an IOTLB of ${capacity} entries: a power of two is needed`, {
        rule: "iotlb-capacity",
      });
    }
    this.capacity = capacity;
    this.#setMask = capacity / WAYS - 1;
    this.#pages = new Float64Array(capacity);
    this.#indexes = new Int32Array(capacity);
    this.#shifts = new Uint8Array(capacity);
    this.#dirty = new Uint8Array(capacity);
    this.#entries = new Array<IommuTlbEntry<AddressSpace> | null>(capacity).fill(null);
    this.#victims = new Uint8Array(capacity / WAYS);
  }

  /** Entries that are held. */
  get size(): number {
    return this.#size;
  }

  protected override summarize(): Summary {
    const { hits, misses, evictions } = this.statistics;
    const used = `${this.#size} of ${this.capacity} entries`;
    const luck = [`${hits} hit(s)`, `${misses} miss(es)`, `${evictions} eviction(s)`];
    return { kind: "Iotlb", facts: [used, ...luck] };
  }

  /** Number of entries, and statistics. */
  toJSON(): object {
    return { capacity: this.capacity, size: this.#size, ...this.statistics };
  }

  /**
   * The entry for an input address, `null` when none is held.
   * @param forWrite only one whose page is known to be marked dirty.
   */
  lookup(iova: number, iommuIdx: number, forWrite = false): IommuTlbEntry<AddressSpace> | null {
    for (let i = 0; i < this.#sizes.length; i++) {
      const shift = this.#sizes[i] ?? 0;
      if (this.#live[shift] === 0) continue;
      const page = Math.floor(iova / (this.#bytes[i] ?? 1));
      const slot = this.#find(page, shift, iommuIdx);
      if (slot < 0 || (forWrite && this.#dirty[slot] === 0)) continue;
      this.statistics.hits++;
      return this.#entries[slot] ?? null;
    }
    this.statistics.misses++;
    return null;
  }

  /**
   * Holds an entry, in the place of another where there is no room.
   * @param iova any address of the page.
   * @param shift the page's size is 2^shift bytes, 1 to 52.
   * @param isDirty true if its page is marked dirty.
   */
  insert(
    iova: number,
    shift: number,
    iommuIdx: number,
    entry: IommuTlbEntry<AddressSpace>,
    isDirty = true,
  ): void {
    const page = Math.floor(iova / 2 ** shift);
    let slot = this.#find(page, shift, iommuIdx);
    if (slot < 0) slot = this.#room(this.#setOf(page, iommuIdx));
    this.#drop(slot);
    if (!this.#sizes.includes(shift)) {
      this.#sizes.push(shift);
      this.#bytes.push(2 ** shift);
    }
    this.#pages[slot] = page;
    this.#indexes[slot] = iommuIdx;
    this.#shifts[slot] = shift;
    this.#dirty[slot] = isDirty ? 1 : 0;
    this.#entries[slot] = entry;
    this.#live[shift] = (this.#live[shift] ?? 0) + 1;
    this.#size++;
  }

  /** Drops everything. */
  invalidateAll(): void {
    for (let slot = 0; slot < this.capacity; slot++) this.#drop(slot);
  }

  /** Drops what is held of one table. */
  invalidateIndex(iommuIdx: number): void {
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.#indexes[slot] === iommuIdx) this.#drop(slot);
    }
  }

  /** Drops the pages of one table that touch the addresses `first` to `last`. */
  invalidateRange(iommuIdx: number, first: number, last: number): void {
    for (let slot = 0; slot < this.capacity; slot++) {
      const shift = this.#shifts[slot] ?? FREE;
      if (shift === FREE || this.#indexes[slot] !== iommuIdx) continue;
      const page = this.#pages[slot] ?? 0;
      if (page * 2 ** shift <= last && (page + 1) * 2 ** shift > first) this.#drop(slot);
    }
  }

  #setOf(page: number, iommuIdx: number): number {
    // The upper bits join in, so that tables which map alike at a distance do not share sets.
    const folded = (page ^ (page / 0x10000) ^ Math.imul(iommuIdx, 0x9e3779b1)) >>> 0;
    return folded & this.#setMask;
  }

  #find(page: number, shift: number, iommuIdx: number): number {
    const first = this.#setOf(page, iommuIdx) * WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (
        this.#pages[slot] === page &&
        this.#shifts[slot] === shift &&
        this.#indexes[slot] === iommuIdx
      ) {
        return slot;
      }
    }
    return -1;
  }

  #room(set: number): number {
    const first = set * WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#shifts[slot] === FREE) return slot;
    }
    const way = this.#victims[set] ?? 0;
    this.#victims[set] = (way + 1) % WAYS;
    this.statistics.evictions++;
    return first + way;
  }

  #drop(slot: number): void {
    const shift = this.#shifts[slot] ?? FREE;
    if (shift === FREE) return;
    this.#shifts[slot] = FREE;
    this.#entries[slot] = null;
    this.#live[shift] = (this.#live[shift] ?? 1) - 1;
    this.#size--;
  }
}
