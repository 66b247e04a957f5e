/** Pages of memory that units were made from, by the bytes themselves: aliases show the same page. */
import type { Unit } from "../unit.js";

/** One page with units. */
export interface CodePageRecord {
  readonly key: number;
  /** Units by mode and offset, see {@link unitKey}. */
  readonly units: Map<number, Unit>;
  /** Units of other pages, or of this one, the last instruction of which ends here. */
  readonly ends: Set<Unit>;
  /** Offsets of instructions that were seen to access a device, or other memory beside the TLB. */
  readonly ofDevices: Set<number>;
  /** Attempts to find a unit here that are still refused. */
  rest: number;
  /** Number of times that units of the page were dropped. */
  drops: number;
}

const PAGE_BYTES = 4096;
/** Room for one buffer in the numbering of bytes. */
const BUFFER_BYTES = 2 ** 36;

/** All pages with units of one translator. */
export class CodePages {
  /** Numbers of buffers, which stay: what holds one may be entered after all has been forgotten. */
  readonly #buffers = new WeakMap<ArrayBufferLike, number>();
  #bufferCount = 0;
  /** The window that was asked for last, and the number of its first byte: most questions are of the same one. */
  #window: Uint8Array | null = null;
  #first = 0;
  readonly #pages = new Map<number, CodePageRecord>();

  /** A number for the page of a buffer that holds byte `at` of a window. */
  key(bytes: Uint8Array, at: number): number {
    if (bytes !== this.#window) {
      this.#window = bytes;
      this.#first = this.#bufferNumber(bytes) * BUFFER_BYTES + bytes.byteOffset;
    }
    return Math.floor((this.#first + at) / PAGE_BYTES);
  }
  #bufferNumber(bytes: Uint8Array): number {
    let buffer = this.#buffers.get(bytes.buffer);
    if (buffer === undefined) {
      buffer = this.#bufferCount++;
      this.#buffers.set(bytes.buffer, buffer);
    }
    return buffer;
  }
  /** The page, if it has a record. */
  find(key: number): CodePageRecord | undefined {
    return this.#pages.get(key);
  }
  /** The page's record, made if there is none. */
  record(key: number): CodePageRecord {
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = { key, units: new Map(), ends: new Set(), ofDevices: new Set(), rest: 0, drops: 0 };
      this.#pages.set(key, page);
    }
    return page;
  }
  /** Enters a unit in its page, and in the next one if it ends there. */
  add(unit: Unit): void {
    this.record(unit.page).units.set(unit.key, unit);
    if (unit.end !== null) this.record(unit.end.page).ends.add(unit);
  }
  /** Takes it out again. */
  remove(unit: Unit): void {
    this.find(unit.page)?.units.delete(unit.key);
    if (unit.end !== null) this.find(unit.end.page)?.ends.delete(unit);
  }
  /** Does the page hold units, or the end of one? */
  hasUnits(key: number): boolean {
    const page = this.#pages.get(key);
    return page !== undefined && page.units.size + page.ends.size > 0;
  }
  /** Every page that has a record. */
  all(): Iterable<CodePageRecord> {
    return this.#pages.values();
  }
  /** Forgets all pages. */
  clear(): void {
    this.#pages.clear();
  }
}
