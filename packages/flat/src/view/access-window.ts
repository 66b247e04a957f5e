import { type Address, type MemoryRegion } from "@mem/core";
import { internalsOf, narrow, REGION_ATTRIBUTES } from "@mem/core/plumbing";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { type Place, placeData, placeText, type RangeData } from "../inspect/range-text.js";
import { copyBytes } from "../access/copy-bytes.js";

const PAGE = 4096n;
const PAGE_BYTES = 4096;
/** Views are kept of at most so many pages of a run. */
const MAX_PAGES = 65536;
const MAX = Number.MAX_SAFE_INTEGER;

/**
 * Addresses that resolve alike: one dispatch section of a flat view, or a hole. Immutable, and
 * valid until the next commit; the region's live flags (`directRead`, `plainWrite`) must be
 * tested at each use. Addresses and offsets are in bytes.
 *
 * @example
 * const window = space.lookup(0x1234); // valid until the next commit
 * const { bytes, bias, region } = window;
 * if (bytes !== null && region.plainWrite) bytes[0x1234 - bias] = 7;
 * console.log(hex(window.start), space.load(0x1234, 1)); // prints: 0x0 7
 * @see the guide "Performance", "Which call for which job"
 */
export class AccessWindow {
  /** The region behind the window, or the system's unassigned one. */
  readonly region: MemoryRegion;
  /** First address, in bytes; meaningful while {@link exact}. */
  readonly start: number;
  /** Last address whose bytes {@link bytes} holds, or the last of the section. */
  readonly last: number;
  /** Last address of the section as a number, 2^53 - 1 at most. */
  readonly sectionLast: number;
  /** Offset of `start` within the region; meaningful while {@link exact}. */
  readonly offset: number;
  /** True if start, last and offset are exact numbers; otherwise only the exact fields hold. */
  readonly exact: boolean;
  /** Live bytes of the region's memory; `null` where there is none. */
  readonly bytes: Uint8Array | null;
  /** View of {@link bytes}. */
  readonly view: DataView | null;
  /** The byte at bus address `a` is `bytes[a - bias]`. */
  readonly bias: number;
  /** True if accesses are traced: then {@link bytes} is `null`, and each goes through dispatch. */
  readonly traced: boolean;
  /** Bits of the attributes of the region, or of something above it. */
  readonly #flags: number;
  #run: DataView | null = null;
  #pages: (Uint8Array | undefined)[] | null = null;
  /** First address of the section. */
  readonly exactStart: bigint;
  /** Last address of the section. */
  readonly exactLast: bigint;
  /** Offset of the section's first byte within the region. */
  readonly exactOffset: bigint;

  constructor(
    region: MemoryRegion,
    start: bigint,
    last: bigint,
    offset: bigint,
    flags = 0,
    span?: { from: bigint; to: bigint; traced?: boolean },
  ) {
    this.region = region;
    this.#flags = flags;
    this.exactStart = start;
    this.exactLast = last;
    this.exactOffset = offset;
    const from = span?.from ?? start;
    const to = span?.to ?? last;
    this.start = Number(from);
    this.last = Math.min(Number(to), MAX);
    this.sectionLast = Math.min(Number(last), MAX);
    this.offset = Number(offset + (from - start));
    this.exact = this.start <= MAX && this.offset + (this.last - this.start) <= MAX;
    this.traced = span?.traced ?? false;
    const block = this.exact && !this.traced ? region.ramBlock : null;
    if (block && this.offset < block.maxLength) {
      const { start: spanStart, bytes, view } = block.span(this.offset);
      this.bytes = bytes;
      this.view = view;
      this.bias = this.start - (this.offset - spanStart);
      this.last = Math.min(this.last, this.bias + bytes.byteLength - 1);
    } else {
      this.bytes = null;
      this.view = null;
      this.bias = 0;
    }
  }

  /**
   * True if the range is read-only, by the region's own attribute or one above it. The data path
   * follows the region alone, as QEMU's does; a processor must drop stores to such a window.
   */
  get readonly(): boolean {
    return (this.#flags & REGION_ATTRIBUTES.readonly.bit) !== 0;
  }

  /**
   * The region's `plainWrite` as it would be if nobody watched the block for code, for a translator: it keeps
   * stores to the pages that it has marked from going straight to the block by itself (`notdirty_write` is left
   * to it). A live flag: the object is the same for ever.
   * @see RamBlock.watchCode
   */
  get besideCode(): { readonly plainWrite: boolean } {
    return internalsOf(this.region).besideCode;
  }

  /** The bytes at `start` to `last`, and no others; `null` where {@link view} is. */
  get run(): DataView | null {
    if (this.#run === null && this.view !== null) {
      const from = this.view.byteOffset + this.start - this.bias;
      this.#run = new DataView(this.view.buffer, from, this.last - this.start + 1);
    }
    return this.#run;
  }

  /**
   * Copies bytes from `at`, an index in {@link bytes}, on. A whole page is copied through a view
   * of it that is kept, so that reading pages allocates nothing.
   */
  copyTo(into: Uint8Array, at: number): void {
    const { bytes } = this;
    if (bytes === null) return;
    if (into.length !== PAGE_BYTES || at % PAGE_BYTES !== 0) {
      copyBytes(bytes, at, into);
      return;
    }
    const page = at / PAGE_BYTES;
    if (page >= MAX_PAGES) {
      copyBytes(bytes, at, into);
      return;
    }
    this.#pages ??= new Array(Math.min(Math.ceil(bytes.length / PAGE_BYTES), MAX_PAGES));
    into.set((this.#pages[page] ??= bytes.subarray(at, at + PAGE_BYTES)));
  }

  /** E.g. `0x8000-0xbfff rom game @0x14000`; of a hole, the addresses. */
  toString(): string {
    return placeText(this.#place(), (text) => text);
  }

  /** The section as data, addresses as texts in hexadecimal. */
  toJSON(): RangeData {
    return placeData(this.#place());
  }

  /** The text that `console.log` shows: the addresses of the section, and what they resolve to. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    const trace = this.traced ? ", traced" : "";
    const head = (ink: Ink): string =>
      `${ink("AccessWindow", "kind")} ${placeText(this.#place(), ink)}${trace}`;
    return outlined(depth, options, { head });
  }

  #place(): Place {
    const { region, exactStart: start, exactLast: last, exactOffset: offset } = this;
    return { region, start, last, offset, flags: this.#flags };
  }

  /** True if an address of the section lies outside the run of host memory of this window. */
  misses(addr: number): boolean {
    return addr < this.start || addr > this.last;
  }

  /** Window of this section on the run of host memory that holds `addr`. */
  around(addr: number): AccessWindow {
    const at = BigInt(addr);
    const block = this.region.ramBlock;
    if (!block) return this;
    const offset = Number(at - this.exactStart + this.exactOffset);
    const span = block.span(offset);
    const from = at - BigInt(offset - span.start);
    return this.part({ from: from > this.exactStart ? from : this.exactStart, to: this.exactLast });
  }

  /**
   * Window of this section on a part of it.
   * @param span its first and last address, in bytes, and true if accesses there are traced
   */
  part(span: { from: bigint; to: bigint; traced?: boolean }): AccessWindow {
    const { region, exactStart, exactLast, exactOffset } = this;
    return new AccessWindow(region, exactStart, exactLast, exactOffset, this.#flags, span);
  }

  /** The place where a bus address of the section lies within the region. */
  xlat(addr: Address): Address {
    if (this.exact && typeof addr === "number") return addr - this.start + this.offset;
    return narrow(BigInt.asUintN(64, BigInt(addr) - this.exactStart + this.exactOffset));
  }

  /** Bytes from `addr` to the end of the section. */
  remaining(addr: Address): bigint {
    return this.exactLast - BigInt(addr) + 1n;
  }
}

/** The section that windows are cut from. */
export interface WindowedRange {
  /** The region that shows. */
  readonly region: MemoryRegion;
  /** First address, in bytes. */
  readonly start: bigint;
  /** One past the last address. */
  readonly end: bigint;
  /** Offset of `start` within the region, in bytes. */
  readonly offset: bigint;
}

/**
 * The sections of a range: its head up to the first page boundary when it starts within a page,
 * the whole pages, and the tail that does not fill a page. An access never spans two of them.
 * @param flags bits of the attributes of the range
 */
export function splitIntoWindows(range: WindowedRange, flags: number): readonly AccessWindow[] {
  const { start, end } = range;
  const cuts = [start];
  const head = ((start + PAGE - 1n) / PAGE) * PAGE;
  if (head > start && head < end) cuts.push(head);
  const tail = (end / PAGE) * PAGE;
  if (tail > head && tail < end) cuts.push(tail);
  cuts.push(end);
  const windows: AccessWindow[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i] ?? start;
    const to = cuts[i + 1] ?? end;
    const offset = range.offset + (from - start);
    windows.push(new AccessWindow(range.region, from, to - 1n, offset, flags));
  }
  return windows;
}
