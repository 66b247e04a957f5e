import { type Address, type MemoryRegion, MemTxResult, toAddress } from "@mem/core";
import { type AddressSpace } from "@mem/flat";
import { memberOf, type Summary } from "@mem/flat/plumbing";
import { checkCacheCall } from "./arguments.js";
import { CachedSlowPath } from "./cached-slow-path.js";
import { CachedWords } from "./cached-words.js";
import { cacheData, cacheSummary, cacheText } from "./inspect/cache-text.js";
import {
  bytesInPlace,
  cachedLength,
  holdsNothing,
  isMoved,
  leavesCache,
  readOnlyCache,
  showsAlike,
} from "./cached-piece.js";

/** The largest integer that the host computes fastest with. */
const SMALL = 2 ** 31 - 1;

/**
 * Options of a cache, beyond QEMU's.
 * @see {@link MemoryRegionCache}
 */
export interface MemoryRegionCacheOptions {
  /**
   * True if the cache looks its piece up again when something else shows there, or what shows
   * allows other accesses: its length, its region and {@link MemoryRegionCache.bytes} may then be
   * others. Default: it stays with what it found. Until it is destroyed, it follows its space.
   */
  readonly renew?: boolean;
  /**
   * Called when what shows in the piece is another than before, at the end of the commit and before
   * listeners hear of that; the cache is renewed by then, if it does that. What it throws is logged.
   */
  readonly onChange?: (cache: MemoryRegionCache) => void;
  /**
   * True if stores through the cache mark pages dirty by themselves, those into
   * {@link MemoryRegionCache.bytes} excepted. Default: {@link MemoryRegionCache.invalidate} does.
   */
  readonly marksDirty?: boolean;
}

/**
 * A piece of an address space, looked up once and then accessed many times
 * (`MemoryRegionCache`): rings and descriptors that a device polls. Offsets are relative to the
 * start of the piece, in bytes, and must stay within {@link length}.
 *
 * RAM is held in place, as {@link bytes}. Anything else can be cached too and is then asked at
 * each access. The cache keeps its region alive, and everything else that was visible when it
 * was made; later changes of the map do not affect it, unless it is made to {@link
 * MemoryRegionCacheOptions.renew | renew} itself. Stores into {@link bytes}, or through a cache that
 * {@link isDirect}, mark nothing dirty: end a series of them with {@link invalidate}, or have the
 * cache {@link MemoryRegionCacheOptions.marksDirty | mark} its stores.
 *
 * @example
 * using ring = new MemoryRegionCache(space, 0x1000, 16 * 8, true); // looked up once
 * ring.st64le(8, 0x1234n); // offsets count from its start
 * console.log(hex(space.load(0x1008, 2)), ring.isDirect); // prints: 0x1234 true
 * @see the guide "Performance", "Which call for which job"
 */
export class MemoryRegionCache extends CachedWords implements Disposable {
  /** Bytes that are cached: at least 1, and perhaps fewer than asked for. 0 once it has ended. */
  get length(): number {
    return this.#length;
  }
  /** True if the cache may be written through. */
  readonly isWrite: boolean;

  #length = 0;
  #bytes: Uint8Array | null = null;
  #view: DataView | null = null;
  #target: CachedSlowPath | null = null;
  readonly #options: MemoryRegionCacheOptions;
  #following: Disposable | null = null;
  /** Belonging to the machine, which ends the cache at the latest. */
  #belonging: Disposable | null = null;

  /**
   * `address_space_cache_init`.
   * @param addr bus address of the first byte.
   * @param length bytes wanted; what lies beyond the end of the memory, or of the section of
   *   what is not memory, is left out.
   * @param isWrite true if it will be written; RAM that is cached for writing can be read too.
   * @throws AddressError when the length is 0 or above 2^53, or the address is not one; ArgumentError
   *   for what is no address space, direction or option.
   */
  constructor(
    space: AddressSpace,
    addr: Address,
    length: Address,
    isWrite: boolean,
    options?: MemoryRegionCacheOptions,
  );
  /** A cache of nothing; see {@link invalid}. */
  constructor(space: null);
  constructor(
    space: AddressSpace | null,
    addr: Address = 0,
    length: Address = 1,
    isWrite = false,
    options: MemoryRegionCacheOptions = {},
  ) {
    super();
    checkCacheCall(space, isWrite, options);
    this.isWrite = isWrite;
    this.#options = options;
    if (space === null) return;
    const start = toAddress(addr, "address of a cache");
    const wanted = cachedLength(start, length);
    this.#init(space, start, wanted);
    const follows = options.renew || options.marksDirty || options.onChange;
    const follow = (): void => (follows ? this.#follow(space, start, wanted) : this.#limitStores());
    if (follows || isWrite) this.#following = memberOf(space).follow(follow);
    this.#belonging = space.system.own(this);
  }

  /** A cache of nothing, for a field that is filled later (`MEMORY_REGION_CACHE_INVALID`). */
  static invalid(): MemoryRegionCache {
    return new MemoryRegionCache(null);
  }

  /** True if there is something to access: not {@link invalid}, and not ended. */
  get isValid(): boolean {
    return this.#target !== null;
  }

  /** True if nothing shows at the first byte: accesses find a hole, whatever {@link length} is. */
  get isUnassigned(): boolean {
    const target = this.#target;
    return target !== null && target.region === target.system.unassigned;
  }

  /** True if accesses go straight to memory. */
  get isDirect(): boolean {
    return this.#view !== null;
  }

  /** The guest's own bytes where the cache {@link isDirect}, otherwise `null`. */
  get bytes(): Uint8Array | null {
    return this.#bytes;
  }

  /** View of {@link bytes}. */
  override get view(): DataView | null {
    return this.#view;
  }

  /**
   * Region that is cached; the region of the translating device for a piece behind an IOMMU.
   * @throws LifecycleError when the cache is not valid.
   */
  get region(): MemoryRegion {
    return this.target("ask for the region of").region;
  }

  // ---- blocks ---------------------------------------------------------------------------

  /**
   * Reads `into.length` bytes (`address_space_read_cached`); bytes that failed are 0.
   * @throws AddressError when they leave the cache.
   */
  read(offset: number, into: Uint8Array): MemTxResult {
    this.check(offset, into.length);
    if (this.#bytes === null) return this.target("read from").read(offset, into);
    into.set(this.#bytes.subarray(offset, offset + into.length));
    return MemTxResult.OK;
  }

  /**
   * Writes bytes (`address_space_write_cached`).
   * @throws AddressError when they leave the cache; LifecycleError when it is for reading only.
   */
  write(offset: number, from: Uint8Array): MemTxResult {
    this.checkWrite(offset, from.length);
    if (this.#bytes === null) return this.target("write to").write(offset, from);
    this.#bytes.set(from, offset);
    if (from.length > 0) this.mark(offset, from.length);
    return MemTxResult.OK;
  }

  /**
   * Ends a series of stores: tells the dirty clients of memory that `length` bytes from `offset`
   * were written (`address_space_cache_invalidate`). Nothing to do where there is no memory.
   * @throws AddressError when they leave the cache; LifecycleError when it is for reading only.
   */
  invalidate(offset: number, length: number): void {
    this.checkWrite(offset, length);
    const target = this.target("invalidate");
    if (this.isDirect) target.markWritten(offset, length);
  }

  /** Lets everything go (`address_space_cache_destroy`); does nothing when it has ended. */
  destroy(): void {
    const target = this.#target;
    if (target === null) return;
    this.#following?.[Symbol.dispose]();
    this.#belonging?.[Symbol.dispose]();
    this.#drop();
    target.release();
  }

  /** Holds nothing any more; what it held is the caller's to release. */
  #drop(): void {
    this.#target = null;
    this.#bytes = null;
    this.#view = null;
    this.#length = 0;
    this.dropBytes();
  }

  /** {@link destroy}. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  /** E.g. `0x1000+0x40 ram@0x1000 (direct)`. */
  override toString(): string {
    return cacheText(this, this.#target);
  }

  protected override summarize(): Summary {
    return cacheSummary(this, this.#target);
  }

  /** Data of the cache: its place and its memory; addresses are texts such as `"0x10"`. */
  toJSON(): object {
    return cacheData(this, this.#target);
  }

  /** The map, or what regions allow, may have changed. */
  #follow(space: AddressSpace, start: bigint, wanted: number): void {
    const before = this.#target;
    if (before === null) return;
    const { renew, onChange } = this.#options;
    const { flatView: view } = before;
    const isDirect = before.isDirect(this.isWrite);
    const isOther =
      !showsAlike(view, space.flatView, start, wanted) || isMoved(before, this.#bytes);
    if (renew && (view !== space.flatView || isDirect !== this.isDirect || isOther)) {
      this.#drop();
      this.#init(space, start, wanted);
      before.release();
    }
    this.#limitStores();
    if (!isOther && (!renew || isDirect === (this.#view !== null))) return;
    try {
      onChange?.(this);
    } catch (error) {
      before.logCallbackError(error);
    }
  }

  /** Stores that are to be marked, for somebody, do not go the shortest way. */
  #limitStores(): void {
    const isMarking = this.#target?.tellsStores(this.#options.marksDirty === true);
    this.writable = this.isWrite && !isMarking ? this.readable : 0;
  }

  protected override mark(offset: number, length: number): void {
    this.#target?.stored(offset, length, this.#options.marksDirty === true);
  }

  #init(space: AddressSpace, start: bigint, wanted: number): void {
    const view = space.flatView;
    const splits = space.crossSections === "split";
    // Held from the start: finding out how far memory goes may ask an IOMMU, which may do anything.
    const target = new CachedSlowPath(view, start, splits).retain();
    const { region } = target;
    this.#length = target.sectionLength(wanted);
    if (region.ramBlock !== null && target.isDirect(this.isWrite)) {
      const bytes = bytesInPlace(target, region.ramBlock, wanted, this.#length, this.isWrite);
      this.#length = bytes.length;
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      this.memory = this.#view;
      this.readable = Math.min(Math.max(this.#length - 3, 0), SMALL);
    }
    this.#target = target;
    this.#limitStores();
  }

  protected override target(action: string): CachedSlowPath {
    if (this.#target !== null) return this.#target;
    throw holdsNothing(action);
  }

  protected override check(offset: number, size: number): void {
    // Offsets that fit 32 bits, which is nearly all, are told to be integers most cheaply so.
    if (typeof offset === "number" && offset >>> 0 === offset && offset + size <= this.#length)
      return;
    this.#checkWide(offset, size);
  }

  protected override checkWrite(offset: number, size: number): void {
    this.check(offset, size);
    if (!this.isWrite) throw readOnlyCache(this, this.target("write to").region);
  }

  #checkWide(offset: number, size: number): void {
    if (Number.isSafeInteger(offset) && offset >= 0 && offset + size <= this.#length) return;
    throw leavesCache(this, this.target("access").region, offset, size);
  }
}
