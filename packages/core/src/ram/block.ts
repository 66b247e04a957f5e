import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { hex, PAGE_SIZE, toAddress, toSize } from "../address.js";
import { anyObject, checkArgument } from "@mem/qom/plumbing";
import { checkBytes, checkSpan, refuseArgument } from "../arguments.js";
import { type CodeStored, CodeWatch } from "./code-watch.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { RamBlockError } from "../errors.js";
import type { RamBacking } from "./backing.js";
import type { RamSpan, RamStorage } from "./storage.js";

/**
 * Users of dirty page logging; a mask holds `1 << client`.
 *
 * @example
 * ram.setLog(true); // pages are marked for a display
 * snapshotAndClearDirty(ram, 0, 0x10000, DirtyClient.VGA);
 * space.store(0x3210, 1, 7);
 * console.log(countDirtyPages(ram, DirtyClient.VGA)); // prints: 1
 * @see the guide "Watching the map", "Which pages were written?"
 */
export const DirtyClient = {
  /** A display that redraws what changed. */
  VGA: 0,
  /** A translator that must drop stale code. */
  CODE: 1,
  /** Live migration. */
  MIGRATION: 2,
} as const;

/** One of {@link DirtyClient}. */
export type DirtyClient = (typeof DirtyClient)[keyof typeof DirtyClient];

const NO_WATCHES: readonly CodeWatch[] = [];

/** Stores into a block whose pages are not marked dirty yet. */
export interface DeferredMarks {
  /** Marks them. Must not ask what is dirty. */
  mark(): void;
}

/** Number of dirty clients. */
export const DIRTY_CLIENTS = 3;

/**
 * The memory behind a RAM, ROM or ROM device region (`RAMBlock`): its bytes, their used and
 * maximum length, and one dirty bitmap per client. Lengths are in bytes and whole pages.
 *
 * @example
 * const block = ram.ramBlock;
 * block?.write(0x100, Uint8Array.of(1, 2, 3));
 * console.log(block?.bytes(0x100, 3).join(" "), block?.usedLength); // prints: 1 2 3 65536
 * console.log(space.load(0x101, 2)); // prints: 770
 */
export class RamBlock {
  /** Name of the region, for messages. */
  readonly regionName: string;
  /** Name in a migration stream; empty unless {@link migratable}. */
  readonly name: string;
  /** Most bytes the block can have. */
  readonly maxLength: number;
  /** True if the block takes part in migration, and so in global dirty logging. */
  readonly migratable: boolean;
  /** Called after a resize, with the new size in bytes, not rounded. */
  readonly resized: ((name: string, newSize: bigint) => void) | null;
  /** True if its used length can change (`RAM_RESIZEABLE`). */
  readonly isResizeable: boolean;
  /** Address of the block in the system's numbering of all RAM, in bytes (`ram_addr_t`). */
  readonly ramAddress: bigint;
  /** The guest had best see the block at multiples of this many bytes. */
  readonly alignment: number;
  /** True if it is marked as out of reach for ordinary means such as DMA; that stops no access. */
  readonly isProtected: boolean;
  /** Backing of memory that the caller mapped. */
  readonly backing: RamBacking | null;

  /** Deferred dirty marks of the block, which are made when somebody asks. */
  protected readonly deferredMarks = new Set<DeferredMarks>();

  readonly #storage: RamStorage;
  readonly #dirty: readonly DirtyBitmap[];
  #usedLength: number;
  #isBackingOver = false;
  #renewViews: (() => void) | null = null;
  #codeWatches: readonly CodeWatch[] = NO_WATCHES;
  #onWatched: (() => void) | null = null;
  #onWatchError: (error: unknown) => void = () => undefined;

  constructor(options: {
    regionName: string;
    storage: RamStorage;
    usedLength: number;
    maxLength: number;
    migratable: boolean;
    isResizeable: boolean;
    resized: ((name: string, newSize: bigint) => void) | null;
    ramAddress: bigint;
    alignment: number;
    isProtected: boolean;
    backing: RamBacking | null;
  }) {
    checkArgument(options, anyObject, "new RamBlock", "the description", refuseArgument);
    this.regionName = options.regionName;
    this.name = options.migratable ? options.regionName : "";
    this.#storage = options.storage;
    this.#usedLength = options.usedLength;
    this.maxLength = options.maxLength;
    this.migratable = options.migratable;
    this.resized = options.resized;
    this.isResizeable = options.isResizeable;
    this.ramAddress = options.ramAddress;
    this.alignment = options.alignment;
    this.isProtected = options.isProtected;
    this.backing = options.backing;
    const pages = Math.ceil(options.maxLength / PAGE_SIZE);
    this.#dirty = Array.from(
      { length: DIRTY_CLIENTS },
      () => new DirtyBitmap(pages, true, () => this.#applyDeferredMarks()),
    );
  }

  /** The host's handle of the file behind the memory, -1 without. */
  get fd(): number {
    return this.backing?.fd ?? -1;
  }

  /** Bytes in use, whole pages; at most {@link maxLength}. */
  get usedLength(): number {
    return this.#usedLength;
  }
  /** Notes the bytes in use, whole pages. */
  protected setUsedLength(length: number): void {
    this.#usedLength = length;
  }

  /** Notes what makes rendered views let go of bytes that this block no longer holds. */
  protected onRenewed(renewViews: () => void): void {
    this.#renewViews = renewViews;
  }

  /** Has somebody told when the block gets its first watch or loses its last, or one throws. */
  protected onCodeWatched(changed: () => void, onError: (error: unknown) => void): void {
    this.#onWatched = changed;
    this.#onWatchError = onError;
  }

  /**
   * Watches stores to code, for a translator: `stored` is called after bytes of a page that the watch
   * marked were stored, by whomever and at once: a load and store, a transfer, a cache,
   * {@link write}, {@link discard}, or changed by the file behind the memory that is loaded anew. A
   * mapping tells when it ends. Stores into views that were handed out ({@link bytes}) are their
   * owner's to announce, by `MemoryRegion.markWritten`. What it throws is logged.
   * @throws ArgumentError unless it is given a function
   */
  watchCode(stored: CodeStored): CodeWatch {
    const watch = new CodeWatch(
      {
        maxLength: this.maxLength,
        check: (offset, length) => this.#check(offset, length),
        ended: (ended) => this.#endWatch(ended),
      },
      stored,
    );
    this.#codeWatches = [...this.#codeWatches, watch];
    if (this.#codeWatches.length === 1) this.#onWatched?.();
    return watch;
  }

  #endWatch(watch: CodeWatch): void {
    if (!this.#codeWatches.includes(watch)) return;
    this.#codeWatches = this.#codeWatches.filter((other) => other !== watch);
    if (this.#codeWatches.length === 0) this.#onWatched?.();
  }

  /** True while somebody watches stores to code. */
  protected get isCodeWatched(): boolean {
    return this.#codeWatches.length > 0;
  }

  /** Tells those who watch code of a store. */
  protected codeStored(offset: number, length: number): void {
    for (const watch of this.#codeWatches) {
      try {
        watch.tell(offset, length);
      } catch (error) {
        this.#onWatchError(error);
      }
    }
  }

  /** Bytes of host memory that the block holds at present; sparse blocks hold what was touched. */
  get allocatedBytes(): number {
    return this.#storage.allocatedBytes;
  }

  /** Lets go of what stands behind the memory, once; what that throws goes to `onError`. */
  protected endBacking(onError: (error: unknown) => void): void {
    if (this.#isBackingOver) return;
    this.#isBackingOver = true;
    try {
      this.backing?.end?.();
    } catch (error) {
      onError(error);
    }
  }

  /**
   * The runs of host memory that the block holds within `[offset, offset + length)`, ascending.
   * @throws RamBlockError when the range leaves the block
   */
  allocated(offset: number, length: number): IterableIterator<RamSpan> {
    this.#check(offset, length);
    return this.#storage.allocated(offset, offset + length);
  }

  /**
   * Makes `length` bytes from `offset` on read as 0 again (`ram_block_discard_range`). Whole
   * chunks of sparse memory go back to the host, unless it is shared; the rest is zeroed. Views
   * on the bytes stay good: they read 0, and a store through them still reaches the block.
   * Marks nothing dirty.
   * @throws RamBlockError when the range leaves the block, or is not made of whole pages.
   */
  discard(offset: number, length: number): void {
    this.#check(offset, length);
    const to = offset + length;
    if (offset % PAGE_SIZE !== 0 || (to % PAGE_SIZE !== 0 && to !== this.maxLength)) {
      throw new RamBlockError(
        `${this.regionName}: bytes ${hex(offset)}+${hex(length)} to discard are not whole pages`,
        { rule: "discard-alignment", region: this.regionName, address: offset },
      );
    }
    if (this.#storage.discard(offset, to)) this.#renewViews?.();
    this.codeStored(offset, length);
  }

  /**
   * Follows a `WebAssembly.Memory` that grew: its bytes moved to another buffer, and all views
   * taken before have ended. Call it before the next access; the end of a transaction does the
   * same. Does nothing when the bytes are where they were.
   */
  refresh(): void {
    if (this.#storage.refresh()) this.#renewViews?.();
  }

  /** True if the bytes live in a `SharedArrayBuffer`, which workers can share. */
  get isShared(): boolean {
    return this.#storage.shared;
  }

  /**
   * The contiguous run of host memory around `offset`, as far as it is this block's: never more,
   * whatever else the buffer holds.
   * @throws RamBlockError for an offset outside the block, AddressError for one that is no whole
   * number.
   */
  span(offset: number): RamSpan {
    this.#check(offset, 1);
    return this.#storage.span(offset);
  }

  /**
   * A view on `length` live bytes from `offset`.
   * @throws RamBlockError when they leave the block, or are not contiguous in host memory.
   */
  bytes(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    const { start, bytes } = this.#storage.span(offset);
    if (offset - start + length > bytes.byteLength) {
      throw new RamBlockError(
        `${this.regionName}: bytes ${hex(offset)}+${hex(length)} are not contiguous in host memory`,
        { rule: "ram-contiguous", region: this.regionName, address: offset },
      );
    }
    return bytes.subarray(offset - start, offset - start + length);
  }

  /** Offset of a view's first byte within the block; -1 when the view is on other memory. */
  offsetOf(bytes: Uint8Array): number {
    checkBytes(bytes, "ramBlock.offsetOf");
    return this.#storage.offsetOf(bytes);
  }

  /**
   * Copies bytes out, across runs of host memory where needed.
   * @throws RamBlockError when they leave the block
   */
  read(offset: number, into: Uint8Array): void {
    checkBytes(into, "ramBlock.read");
    this.#check(offset, into.length);
    this.#copy(offset, into, false);
  }

  /**
   * Copies bytes in; marks nothing dirty, but those who watch code are told.
   * @throws RamBlockError when they leave the block
   */
  write(offset: number, data: Uint8Array): void {
    checkBytes(data, "ramBlock.write");
    this.copyIn(offset, data);
    this.codeStored(offset, data.length);
  }

  /**
   * {@link write}, of which its caller tells.
   * @throws RamBlockError when they leave the block
   */
  protected copyIn(offset: number, data: Uint8Array): void {
    this.#check(offset, data.length);
    this.#copy(offset, data, true);
  }

  #copy(offset: number, data: Uint8Array, isWrite: boolean): void {
    for (let done = 0; done < data.length;) {
      const { start, bytes } = this.#storage.span(offset + done);
      const from = offset + done - start;
      const run = bytes.subarray(from, from + data.length - done);
      if (isWrite) run.set(data.subarray(done, done + run.length));
      else data.set(run, done);
      done += run.length;
    }
  }

  /**
   * Marks the pages that `[offset, offset + length)` touches dirty for the clients in `mask`.
   * @throws RamBlockError for a client that there is not
   * @throws ArgumentError unless offset and length are numbers from 0 on
   */
  markDirty(offset: number, length: number, mask: number): void {
    checkSpan(offset, length, "block.markDirty");
    const from = Math.floor(offset / PAGE_SIZE);
    const to = Math.ceil((offset + length) / PAGE_SIZE);
    for (let client = 0; client < DIRTY_CLIENTS; client++) {
      if ((mask >>> client) & 1) this.dirtyBitmap(client).set(from, Math.max(to, from));
    }
  }

  /**
   * {@link markDirty} of 1 to 8 bytes, for stores.
   * @throws RamBlockError for a client that there is not
   */
  protected markStored(offset: number, size: number, mask: number): void {
    const last = offset + size - 1;
    const page = Math.floor(offset / PAGE_SIZE);
    const crosses = last % PAGE_SIZE < size - 1;
    for (let client = 0, left = mask; left !== 0; client++, left >>>= 1) {
      if ((left & 1) === 0) continue;
      if (client === DirtyClient.CODE) {
        this.codeStored(offset, size);
        continue;
      }
      const bitmap = this.dirtyBitmap(client);
      bitmap.mark(page);
      if (crosses) bitmap.mark(page + 1);
    }
  }

  #applyDeferredMarks(): void {
    for (const marks of this.deferredMarks) marks.mark();
  }

  /**
   * The bitmap of one client; page 0 is the block's first.
   * @throws RamBlockError for a client that there is not.
   */
  dirtyBitmap(client: number): DirtyBitmap {
    const bitmap = this.#dirty[client];
    if (!bitmap) {
      throw new RamBlockError(`${this.regionName}: no dirty client ${String(client)}`, {
        rule: "dirty-client",
        region: this.regionName,
      });
    }
    return bitmap;
  }

  /** `RAM of NAME, N bytes`. */
  toString(): string {
    return `RAM of ${this.regionName}, ${hex(this.#usedLength)} bytes`;
  }

  /** Lengths, place and marks; `allocatedBytes` are the bytes of the host that it takes. */
  toJSON(): object {
    const { regionName, usedLength, maxLength, ramAddress, allocatedBytes } = this;
    const { isShared, isResizeable, migratable, isProtected } = this;
    return {
      region: regionName,
      usedLength,
      maxLength,
      allocatedBytes,
      ramAddress: hex(ramAddress),
      isShared,
      isResizeable,
      migratable,
      isProtected,
      hasFile: this.backing !== null,
    };
  }

  /** Text for `console.log`: whose memory it is, its length and marks. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const { usedLength, maxLength } = this;
        const most = usedLength === maxLength ? "" : ` of ${ink(hex(maxLength), "number")}`;
        const marks = [
          this.isShared ? ", shared" : "",
          this.backing === null ? "" : ", in a file",
          this.migratable ? ", migratable" : "",
        ];
        const length = `${ink(hex(usedLength), "number")}${most} bytes`;
        return `RamBlock ${ink(this.regionName, "name")} (${length}${marks.join("")})`;
      },
    });
  }

  #check(offset: number, length: number): void {
    const isExact = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
    if (!isExact || offset < 0 || length < 0 || offset + length > this.maxLength) {
      if (!isExact) {
        toAddress(offset, "offset", this.regionName);
        toSize(length, "length", this.regionName);
      }
      throw new RamBlockError(
        `${this.regionName}: bytes ${hex(offset)}+${hex(length)} leave the block of ${hex(this.maxLength)}`,
        { rule: "ram-range", region: this.regionName, address: offset },
      );
    }
  }
}

/**
 * A block as this package and those beside it work with it: the same object, with the members that
 * are nobody else's business.
 */
export declare abstract class BlockInternals extends RamBlock {
  readonly deferredMarks: Set<DeferredMarks>;
  setUsedLength(length: number): void;
  onRenewed(renewViews: () => void): void;
  endBacking(onError: (error: unknown) => void): void;
  markStored(offset: number, size: number, mask: number): void;
  onCodeWatched(changed: () => void, onError: (error: unknown) => void): void;
  get isCodeWatched(): boolean;
  codeStored(offset: number, length: number): void;
  copyIn(offset: number, data: Uint8Array): void;
}

/** The inside of a block. It is the block itself: the call costs nothing. */
export function blockInternals(block: RamBlock): BlockInternals {
  return block as BlockInternals;
}
