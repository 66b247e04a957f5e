import {
  type Address,
  type Data64,
  type MemOp,
  MemOp as Op,
  memOpSize,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
  toAddress,
} from "@mem/core";
import {
  checkAddress,
  fastMmioRead,
  fastMmioWrite,
  internalsOf,
  isExactNumber,
  narrow,
  NOT_FAST,
  systemInternals,
} from "@mem/core/plumbing";
import type { AccessObserver } from "./access-observer.js";
import type { AccessWindow } from "../view/access-window.js";
import type { FlatView } from "../view/flat-view.js";
import { MemAccess } from "./mem-access.js";
import { performAccess } from "./perform-access.js";
import { ScratchStack } from "./scratch.js";
import { RecentWindows } from "./recent-windows.js";
import {
  checkAttrs,
  getWord,
  isInPage,
  isWordSize,
  offsetIn,
  putWord,
  refuseNoBigint,
  refuseNoNumber,
  refuseSize,
  runOf,
  wider,
} from "./words.js";
import { loadDataAt, storeDataAt } from "./word-access.js";

/** Request to `#slowPath`, an OR of bits: store rather than load. */
const SLOW_STORE = 1;
/** The address is no whole number below 2^32. */
const SLOW_WIDE = 2;

/**
 * The loads and stores of an address space, made to be over in a few nanoseconds where they go to
 * what was found last. What is to be observed, access by access, just has to be kept out of that.
 * @see {@link AddressSpace}, which is one
 */
export abstract class WordPort extends RecentWindows {
  /** Result of the last {@link load}, {@link MemTxResult} bits. */
  lastResult: MemTxResult = MemTxResult.OK;

  /** An address for `#slowPath`: it would be boxed if it were handed over. */
  private wideAddress = 0.5;

  /** Observer of accesses; only `forget` makes all of them follow a change of it. */
  protected observer: AccessObserver | null = null;

  readonly #accesses: ScratchStack<MemAccess>;
  readonly #splits: boolean;

  /** @param splits true if words go to each side of a boundary that they cross. */
  constructor(system: MemorySystem, splits = false) {
    super(system);
    this.#splits = splits;
    this.#accesses = new ScratchStack(
      systemInternals(system).reclaimer,
      () => new MemAccess(this, splits),
    );
  }

  /** The present view. */
  abstract get flatView(): FlatView;

  /**
   * Loads 1, 2 or 4 bytes, little endian, as an unsigned number; {@link lastResult} tells how
   * it went. Parts that failed read as 0. {@link load64} loads 8 bytes.
   * @param addr in bytes; a `bigint` above 2^53.
   * @throws AddressError for an address that is no integer of 64 bits, or another size. One that
   *   `| 0` made negative is such: write `>>> 0`.
   */
  load(addr: Address, size: 1 | 2 | 4, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): number {
    if (typeof addr !== "number") return this.#loadOther(addr, size, attrs);
    if (addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (at < this.span >>> 0) {
        this.lastResult = 0;
        const { run } = this;
        if (size === 4) return run.getUint32(at, true);
        if (size === 1) return run.getUint8(at);
        if (size === 2) return run.getUint16(at, true);
      }
      const page = addr >>> 12;
      if (page < this.pageCount && isInPage(addr, size)) {
        const entry = this.pages[page] as number;
        if (entry >= 0) {
          this.lastResult = 0;
          return getWord(this.runs[runOf(entry)] as DataView, offsetIn(entry, addr), size);
        }
      }
      return this.#slowPath(0, addr | 0, size, 0, attrs) >>> 0;
    }
    const at = addr - this.wideStart;
    if (at >= 0 && at < this.wideSpan && Math.floor(at) === at && isWordSize(size)) {
      this.lastResult = 0;
      return getWord(this.wideRun, at, size);
    }
    this.wideAddress = addr;
    return this.#slowPath(SLOW_WIDE, 0, size, 0, attrs) >>> 0;
  }

  /**
   * Stores 1, 2 or 4 bytes, little endian; the value is reduced to that size. {@link store64} stores
   * 8 bytes.
   * @throws as {@link load} does; ArgumentError for a value that is no number
   */
  store(
    addr: Address,
    size: 1 | 2 | 4,
    value: number,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (typeof value !== "number") return refuseNoNumber(value, "addressSpace.store");
    if (typeof addr === "number" && addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (at < this.storeSpan >>> 0) {
        const { run } = this;
        if (size === 4) run.setUint32(at, value, true);
        else if (size === 1) run.setUint8(at, value);
        else if (size === 2) run.setUint16(at, value, true);
        else return refuseSize(size);
        if (this.isDeferring) {
          const { deferredPages } = this;
          // Looked at before: the processor has room for fewer stores under way than loads.
          if (deferredPages[at >>> 12] === 0) deferredPages[at >>> 12] = 1;
          if ((at & 4095) > 4096 - size) deferredPages[(at >>> 12) + 1] = 1;
        }
        return 0;
      }
      const page = addr >>> 12;
      if (page < this.pageCount && (addr & 4095) <= 4096 - size) {
        const entry = this.storePages[page] as number;
        if (entry >= 0) {
          putWord(this.runs[runOf(entry)] as DataView, offsetIn(entry, addr), size, value);
          return 0;
        }
      }
      return this.#slowPath(SLOW_STORE, addr | 0, size, value | 0, attrs) | 0;
    }
    return this.#storeOther(addr, size, value | 0, attrs);
  }

  /** Loads 8 bytes, little endian, as {@link load} does. */
  load64(addr: Address, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): bigint {
    if (typeof addr === "number" && addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (at + 4 < this.span >>> 0) {
        this.lastResult = 0;
        return this.run.getBigUint64(at, true);
      }
    }
    const { ownData: data } = this.#accesses.current;
    this.lastResult = this.#slowPathData(false, addr, Op.SIZE_64, data, attrs);
    return data.value64;
  }

  /** Stores 8 bytes, little endian, as {@link store} does. */
  store64(addr: Address, value: bigint, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): MemTxResult {
    if (typeof value !== "bigint") refuseNoBigint(value, "addressSpace.store64");
    if (typeof addr === "number" && addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (!this.isDeferring && at + 4 < this.storeSpan >>> 0) {
        this.run.setBigUint64(at, value, true);
        return 0;
      }
    }
    const { ownData: data } = this.#accesses.current;
    data.value64 = value;
    return this.#slowPathData(true, addr, Op.SIZE_64, data, attrs);
  }

  /** Loads 1 to 8 bytes in the order that `op` names into `data`, at any address; see {@link load}. */
  loadData(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (typeof addr === "number" && addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (at + wider(op) < this.span >>> 0) {
        loadDataAt(this.run, at, op, data);
        return MemTxResult.OK;
      }
    }
    return this.#slowPathData(false, addr, op, data, attrs);
  }

  /** Stores 1 to 8 bytes in the order that `op` names from `data`, which it may change. */
  storeData(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (typeof addr === "number" && addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (!this.isDeferring && at + wider(op) < this.storeSpan >>> 0) {
        storeDataAt(this.run, at, op, data);
        return MemTxResult.OK;
      }
    }
    return this.#slowPathData(true, addr, op, data, attrs);
  }

  /**
   * A load or store that does not go to a run or page at hand. A load answers the value as a
   * signed number, and leaves in {@link lastResult} how it went; a store answers how it went.
   *
   * In one piece on purpose: the host's compiler does not inline a function that is this long, so
   * that those that call it stay short enough to be inlined themselves. Likewise the numbers that
   * come in and go out are small integers: others would be boxed.
   *
   * @param low the low 32 bits of the address, as a signed number; all of it is in `wideAddress`,
   *   if `kind` says so.
   */
  #slowPath(kind: number, low: number, size: 1 | 2 | 4, value: number, attrs: MemTxAttrs): number {
    const isStore = (kind & SLOW_STORE) !== 0;
    const isWide = (kind & SLOW_WIDE) !== 0;
    const addr = isWide ? this.wideAddress : low >>> 0;
    if (isWide) checkAddress(addr);
    if (!isWordSize(size)) refuseSize(size);
    if (typeof attrs !== "object" || attrs === null) checkAttrs(attrs);
    const at = (low - this.deviceStart) >>> 0;
    let region = this.device;
    let offset = at + this.deviceOffset;
    let isDevice = !isWide && at < this.deviceSpan >>> 0;
    if (!isDevice) {
      const window = this.#find(addr);
      const { view, bias, start, last } = window;
      region = internalsOf(window.region);
      offset = addr - start + window.offset;
      const isInside = view !== null && addr + size - 1 <= last;
      if (isInside && !isStore && region.directRead) {
        this.lastResult = MemTxResult.OK;
        if (size === 4) return view.getInt32(addr - bias, true);
        return size === 1 ? view.getUint8(addr - bias) : view.getUint16(addr - bias, true);
      }
      if (isInside && isStore && (region.plainWrite || region.writeLoggers !== 0)) {
        if (size === 4) view.setUint32(addr - bias, value, true);
        else if (size === 1) view.setUint8(addr - bias, value);
        else view.setUint16(addr - bias, value, true);
        const { writeLoggers } = region;
        if (writeLoggers !== 0) region.ramBlock?.markStored(offset, size, writeLoggers);
        return MemTxResult.OK;
      }
      const isOneSide = !this.#splits || addr + size - 1 <= window.sectionLast;
      isDevice =
        isOneSide &&
        window.exact &&
        !(isStore ? region.isRomDevice && attrs.debug : region.directRead);
    }
    if (isDevice) {
      if (isStore) {
        const reduced = size === 4 ? value >>> 0 : size === 1 ? value & 0xff : value & 0xffff;
        const answer = fastMmioWrite(region, offset, reduced, size, attrs);
        if (answer !== NOT_FAST) return answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
      } else {
        const answer = fastMmioRead(region, offset, size, attrs);
        if (answer !== NOT_FAST) {
          this.lastResult = answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
          return answer < 0 ? 0 : answer | 0;
        }
      }
    }
    const { ownData: data } = this.#accesses.current;
    if (isStore) {
      data.value = value;
      return this.#dispatch(true, addr, size >>> 1, data, attrs);
    }
    this.lastResult = this.#dispatch(false, addr, size >>> 1, data, attrs);
    return data.lo | 0;
  }

  /** A load from an address that is no number. */
  #loadOther(addr: bigint, size: 1 | 2 | 4, attrs: MemTxAttrs): number {
    const at = narrow(toAddress(addr, "address"));
    if (typeof at === "number") return this.load(at, size, attrs);
    if (!isWordSize(size)) refuseSize(size);
    const { ownData: data } = this.#accesses.current;
    this.lastResult = this.#dispatch(false, at, size >>> 1, data, attrs);
    return data.lo;
  }

  #storeOther(addr: Address, size: 1 | 2 | 4, value: number, attrs: MemTxAttrs): MemTxResult {
    if (typeof addr === "number") {
      this.wideAddress = addr;
      return this.#slowPath(SLOW_STORE | SLOW_WIDE, 0, size, value, attrs);
    }
    const at = narrow(toAddress(addr, "address"));
    if (typeof at === "number") return this.store(at, size, value, attrs);
    if (!isWordSize(size)) refuseSize(size);
    const { ownData: data } = this.#accesses.current;
    data.value = value;
    return this.#dispatch(true, at, size >>> 1, data, attrs);
  }

  /** Looks an address up in the view, and remembers what it found for the next access. */
  #find(addr: number): AccessWindow {
    const { observer } = this;
    const window = observer === null ? this.flatView.lookup(addr) : observer.wordWindow(addr);
    const { region } = window;
    if (!window.exact || internalsOf(region).isRomDevice) return window;
    if (region.directRead) this.remember(window, addr);
    else if (internalsOf(region).ops !== null) this.rememberDevice(window, this.#splits);
    return window;
  }

  /** An access with a carrier that does not go to the run in front. */
  #slowPathData(
    isStore: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
  ): MemTxResult {
    if (!isExactNumber(addr)) {
      checkAddress(addr);
    } else {
      const window = this.#find(addr);
      const { view } = window;
      const region = internalsOf(window.region);
      if (view !== null && addr + memOpSize(op) - 1 <= window.last) {
        if (!isStore && region.directRead) {
          loadDataAt(view, addr - window.bias, op, data);
          return MemTxResult.OK;
        }
        if (isStore && (region.plainWrite || region.writeLoggers !== 0)) {
          storeDataAt(view, addr - window.bias, op, data);
          const offset = addr - window.start + window.offset;
          if (region.writeLoggers !== 0) {
            region.ramBlock?.markStored(offset, memOpSize(op), region.writeLoggers);
          }
          return MemTxResult.OK;
        }
      }
    }
    return this.#dispatch(isStore, addr, op, data, attrs);
  }

  /** An access that no fast path answered begins. */
  protected beginAccess(): MemAccess {
    return this.#accesses.current.begin(this.observer);
  }

  /** Performs an access of 1 to 8 bytes that no fast path answered. */
  #dispatch(
    isStore: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
  ): MemTxResult {
    const kind = isStore ? "store" : "load";
    return performAccess(this.beginAccess().word(kind, addr, op, data, attrs));
  }
}
