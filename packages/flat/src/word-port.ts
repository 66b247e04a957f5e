import {
  type Address,
  type Data64,
  fastMmioRead,
  fastMmioWrite,
  type MemOp,
  MemOp as Op,
  memOpSize,
  type MemoryRegion,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
  NOT_FAST,
} from "@mem/core";
import type { AccessWindow } from "./access-window.js";
import type { FlatView } from "./flat-view.js";
import { ScratchFrames } from "./scratch.js";
import { loadDataAt, loadView, storeDataAt, storeView } from "./word-access.js";

/** Addresses below this are small integers, which the host computes fastest with. */
const SMALL = 2 ** 31 - 1;
const PAGE_SHIFT = 12;
const PAGE = 1 << PAGE_SHIFT;
/** Bits of a page's entry that number the page within its run of host memory. */
const ENTRY_SHIFT = 19;
const ENTRY_MASK = (1 << ENTRY_SHIFT) - 1;
/** Offsets in a run that an entry can name are below this. */
const MAX_OFFSET = (ENTRY_MASK << PAGE_SHIFT) >>> 0;
const MAX_RUNS = 1 << (31 - ENTRY_SHIFT);
const MIN_PAGES = 1024;
/** How often the run in front has to change before pages are remembered one by one. */
const PATIENCE = 32;

/** What `#far` is to do, an OR of bits: store rather than load. */
const FAR_STORE = 1;
/** Access the device in front rather than an address. */
const FAR_DEVICE = 2;
/** The address is no whole number below 2^32. */
const FAR_WIDE = 4;

const NO_MEMORY = new DataView(new ArrayBuffer(0));
const NO_PAGES = new Int32Array(0);

/**
 * The loads and stores of an address space, made to be over in a few nanoseconds. What was found
 * last is kept laid out for that: a run of RAM at addresses that are small integers, one at any
 * other addresses, a device, and, once accesses change runs often, the pages of RAM that they
 * went to. All of it can be forgotten at any time: what is not found here is looked up in the
 * view. So what is to be observed, access by access, just has to be kept out of here.
 *
 * Only what cannot change without a commit is kept, so that it need not be asked again: the bytes
 * of RAM, which is always read directly, never those of ROM devices. Whether a store may go
 * straight there is the region's live `plainWrite`.
 */
export abstract class WordPort {
  /** How the last {@link load} went, {@link MemTxResult} bits. */
  lastResult: MemTxResult = MemTxResult.OK;

  // Fields rather than an object of their own: each step on the way to the bytes would be one
  // more read that the processor has to have in flight. The view begins at `start`.
  private start = 0;
  private length = 0;
  private run: DataView = NO_MEMORY;
  private region: MemoryRegion;
  private offset = 0;

  // The same for addresses that are no small integers. Fractions make the host keep these as
  // floating point from the start.
  private wideStart = 0.5;
  private wideLength = 0;
  private wideRun: DataView = NO_MEMORY;

  // Address `a` is offset `a - deviceBias` in the device's region.
  private deviceStart = 0.5;
  private deviceLast = -0.5;
  private deviceBias = 0.5;
  #device: MemoryRegion;

  // For each page below `pageCount`: -1, or the number of a run and that of a page within it.
  private pageCount = 0;
  private pages = NO_PAGES;
  private runs: DataView[] = [];
  private regions: MemoryRegion[] = [];
  private offsets: number[] = [];
  #changes = 0;

  readonly #memory: MemorySystem;
  readonly #frames: ScratchFrames;

  constructor(memory: MemorySystem) {
    this.#memory = memory;
    this.#frames = new ScratchFrames(memory);
    this.region = memory.unassigned;
    this.#device = memory.unassigned;
  }

  /** The present view. */
  abstract get flatView(): FlatView;

  /** Forgets what was found; to be called when the view is another one. */
  protected forget(): void {
    const { unassigned } = this.#memory;
    this.start = 0;
    this.length = 0;
    this.run = NO_MEMORY;
    this.region = unassigned;
    this.wideStart = 0.5;
    this.wideLength = 0;
    this.wideRun = NO_MEMORY;
    this.deviceStart = 0.5;
    this.deviceLast = -0.5;
    this.#device = unassigned;
    this.#changes = 0;
    if (this.pageCount === 0) return;
    this.pageCount = 0;
    this.pages = NO_PAGES;
    this.runs = [];
    this.regions = [];
    this.offsets = [];
  }

  /**
   * Loads 1, 2 or 4 bytes, little endian, as an unsigned number; {@link lastResult} tells how
   * it went. Parts that failed read as 0.
   * @param addr in bytes, 0 to 2^53 - 1.
   */
  load(addr: number, size: 1 | 2 | 4, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): number {
    if ((addr | 0) === addr) {
      const at = (addr - this.start) | 0;
      if (addr >= this.start && at <= ((this.length - size) | 0)) {
        const { run } = this;
        this.lastResult = 0;
        if (size === 4) return run.getUint32(at, true);
        return size === 1 ? run.getUint8(at) : run.getUint16(at, true);
      }
      const entry = this.#entryOf(addr, size);
      if (entry >= 0) {
        this.lastResult = 0;
        return getWord(this.runs[runOf(entry)] as DataView, offsetIn(entry, addr), size);
      }
    }
    if (addr >= this.deviceStart && addr <= this.deviceLast) {
      return this.#far(FAR_DEVICE, addr - this.deviceBias, size, 0, attrs) >>> 0;
    }
    const at = addr - this.wideStart;
    if (at >= 0 && at <= this.wideLength - size) {
      this.lastResult = 0;
      return getWord(this.wideRun, at, size);
    }
    return (
      (addr >>> 0 === addr
        ? this.#far(0, addr | 0, size, 0, attrs)
        : this.#far(FAR_WIDE, addr, size, 0, attrs)) >>> 0
    );
  }

  /** Stores 1, 2 or 4 bytes, little endian; the value is reduced to that size. */
  store(
    addr: number,
    size: 1 | 2 | 4,
    value: number,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if ((addr | 0) === addr) {
      const at = (addr - this.start) | 0;
      const { region } = this;
      if (
        addr >= this.start &&
        at <= ((this.length - size) | 0) &&
        (region.plainWrite || region.writeLoggers !== 0)
      ) {
        const { run } = this;
        if (size === 4) run.setUint32(at, value, true);
        else if (size === 1) run.setUint8(at, value);
        else run.setUint16(at, value, true);
        if (!region.plainWrite) markStored(region, this.offset + at, size);
        return 0;
      }
    }
    if (addr >= this.deviceStart && addr <= this.deviceLast) {
      return this.#far(FAR_DEVICE | FAR_STORE, addr - this.deviceBias, size, value | 0, attrs);
    }
    return addr >>> 0 === addr
      ? this.#far(FAR_STORE, addr | 0, size, value | 0, attrs)
      : this.#far(FAR_STORE | FAR_WIDE, addr, size, value | 0, attrs);
  }

  /** Loads 1 to 8 bytes in the order that `op` names into `data`, at any address. */
  loadData(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (typeof addr === "number" && (addr | 0) === addr) {
      const at = (addr - this.start) | 0;
      if (addr >= this.start && at <= ((this.length - (1 << (op & Op.SIZE_MASK))) | 0)) {
        loadDataAt(this.run, at, op, data);
        return MemTxResult.OK;
      }
    }
    return this.#farData(false, addr, op, data, attrs);
  }

  /** Stores 1 to 8 bytes in the order that `op` names from `data`, which it may change. */
  storeData(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (typeof addr === "number" && (addr | 0) === addr) {
      const at = (addr - this.start) | 0;
      if (
        addr >= this.start &&
        at <= ((this.length - (1 << (op & Op.SIZE_MASK))) | 0) &&
        this.region.plainWrite
      ) {
        storeDataAt(this.run, at, op, data);
        return MemTxResult.OK;
      }
    }
    return this.#farData(true, addr, op, data, attrs);
  }

  /** What is remembered of the page of an access within one page; -1 for nothing. */
  #entryOf(addr: number, size: number): number {
    const page = addr >>> 12;
    return page < this.pageCount && (addr & 4095) <= 4096 - size
      ? (this.pages[page] as number)
      : -1;
  }

  /** Looks an address up in the view, and remembers what it found for the next access. */
  #find(addr: number): AccessWindow {
    const window = this.flatView.lookup(addr);
    const { region } = window;
    if (!window.exact || region.isRomDevice) return window;
    if (region.directRead) this.#remember(window, addr);
    else if (region.ops !== null) {
      this.deviceStart = window.start;
      this.deviceLast = window.last;
      this.deviceBias = window.start - window.offset;
      this.#device = region;
    }
    return window;
  }

  #remember(window: AccessWindow, addr: number): void {
    const run = window.run;
    if (run === null) return;
    if (window.last >= SMALL) {
      this.wideStart = window.start;
      this.wideLength = run.byteLength;
      this.wideRun = run;
      return;
    }
    this.start = window.start;
    this.length = run.byteLength;
    this.run = run;
    this.region = window.region;
    this.offset = window.offset;
    if (++this.#changes > PATIENCE) this.#enterPage(window, addr);
  }

  /** Remembers where the page of an address is. */
  #enterPage(window: AccessWindow, addr: number): void {
    const { view, bias } = window;
    const page = addr >> PAGE_SHIFT;
    const first = page * PAGE;
    const at = first - bias;
    const isWhole = first >= window.start && first + PAGE - 1 <= window.last;
    if (view === null || !isWhole || at % PAGE !== 0 || at > MAX_OFFSET) return;
    let run = this.runs.indexOf(view);
    if (run < 0) {
      if (this.runs.length === MAX_RUNS) return;
      run = this.runs.push(view) - 1;
      this.regions.push(window.region);
      this.offsets.push(window.offset - (window.start - bias));
    } else if (this.regions[run] !== window.region) return;
    if (page >= this.pageCount) this.#growTo(page + 1);
    this.pages[page] = (run << ENTRY_SHIFT) | (at / PAGE);
  }

  #growTo(count: number): void {
    let size = Math.max(MIN_PAGES, this.pageCount);
    while (size < count) size *= 2;
    const pages = new Int32Array(size).fill(-1, this.pageCount);
    pages.set(this.pages);
    this.pages = pages;
    this.pageCount = size;
  }

  /**
   * A load or store that does not go to the run in front. A load answers the value as a signed
   * number, and leaves in {@link lastResult} how it went; a store answers how it went.
   *
   * In one piece on purpose: the host's compiler does not inline a function that is this long, so
   * that those that call it stay short enough to be inlined themselves. Likewise numbers that
   * come in and go out are small integers where they can be: others would be boxed.
   *
   * @param place an offset in the device in front; or an address, below 2^32 its low 32 bits as
   *   a signed number.
   */
  #far(kind: number, place: number, size: 1 | 2 | 4, value: number, attrs: MemTxAttrs): number {
    const isStore = (kind & FAR_STORE) !== 0;
    let region = this.#device;
    let offset = place;
    let addr = 0;
    if ((kind & FAR_DEVICE) === 0) {
      addr = (kind & FAR_WIDE) === 0 ? place >>> 0 : place;
      let run: DataView | null = null;
      let at = 0;
      let block = 0;
      if ((place | 0) === place && place >= 0 && (kind & FAR_WIDE) === 0) {
        if (place >= this.start && place - this.start <= this.length - size) {
          run = this.run;
          at = place - this.start;
          region = this.region;
          block = this.offset;
        } else {
          const entry = this.#entryOf(place, size);
          if (entry >= 0) {
            run = this.runs[runOf(entry)] as DataView;
            at = offsetIn(entry, place);
            region = this.regions[runOf(entry)] as MemoryRegion;
            block = this.offsets[runOf(entry)] as number;
          }
        }
      }
      if (run === null) {
        const window = this.#find(addr);
        region = window.region;
        offset = window.exact ? addr - window.start + window.offset : -1;
        if (region.directRead && addr + size - 1 <= window.last) {
          run = window.view;
          at = addr - window.bias;
          block = offset - at;
        }
      }
      if (run !== null) {
        if (!isStore) {
          this.lastResult = MemTxResult.OK;
          if (size === 4) return run.getInt32(at, true);
          return size === 1 ? run.getUint8(at) : run.getUint16(at, true);
        }
        const { writeLoggers } = region;
        if (writeLoggers !== 0 || region.plainWrite) {
          if (size === 4) run.setUint32(at, value, true);
          else if (size === 1) run.setUint8(at, value);
          else run.setUint16(at, value, true);
          if (writeLoggers !== 0) markStored(region, block + at, size);
          return MemTxResult.OK;
        }
      }
    }
    const { ops } = region;
    const isMemory = isStore ? region.isRomDevice && attrs.debug : region.directRead;
    if (ops !== null && offset >= 0 && !isMemory) {
      if (!isStore) {
        const answer = fastMmioRead(region, ops, offset, size, attrs);
        if (answer !== NOT_FAST) {
          this.lastResult = answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
          return answer < 0 ? 0 : answer | 0;
        }
      } else {
        const reduced = size === 4 ? value >>> 0 : size === 1 ? value & 0xff : value & 0xffff;
        const answer = fastMmioWrite(region, ops, offset, reduced, size, attrs);
        if (answer !== NOT_FAST) return answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
      }
    }
    if ((kind & FAR_DEVICE) !== 0) addr = offset + this.deviceBias;
    const { data } = this.#frames.current;
    if (isStore) {
      data.value = value;
      return this.#general(true, addr, size >>> 1, data, attrs);
    }
    this.lastResult = this.#general(false, addr, size >>> 1, data, attrs);
    return data.lo | 0;
  }

  /** An access with a carrier that does not go to the run in front. */
  #farData(
    isStore: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
  ): MemTxResult {
    if (typeof addr === "number" && Number.isInteger(addr) && addr >= 0 && addr < 2 ** 53) {
      const window = this.#find(addr);
      const { view, region } = window;
      if (view !== null && addr + memOpSize(op) - 1 <= window.last) {
        if (!isStore && region.directRead) {
          loadDataAt(view, addr - window.bias, op, data);
          return MemTxResult.OK;
        }
        if (isStore && (region.plainWrite || region.writeLoggers !== 0)) {
          storeDataAt(view, addr - window.bias, op, data);
          const offset = addr - window.start + window.offset;
          if (region.writeLoggers !== 0) markStored(region, offset, memOpSize(op));
          return MemTxResult.OK;
        }
      }
    }
    return this.#general(isStore, addr, op, data, attrs);
  }

  /** An access of 1 to 8 bytes by the general rules. */
  #general(
    isStore: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
  ): MemTxResult {
    const { hit } = this.#frames.current;
    const { reclaimer } = this.#memory;
    reclaimer.enter();
    try {
      return isStore
        ? storeView(this.flatView, addr, op, data, attrs, hit)
        : loadView(this.flatView, addr, op, data, attrs, hit);
    } finally {
      reclaimer.exit();
    }
  }
}

/** Tells the dirty clients of a region of a store. */
const markStored = (region: MemoryRegion, offset: number, size: number): void => {
  region.ramBlock?.markStored(offset, size, region.writeLoggers);
};

/** The run that an entry of a page names. */
const runOf = (entry: number): number => entry >>> 19;

/** Where in its run an address is. */
const offsetIn = (entry: number, addr: number): number => ((entry & 0x7ffff) << 12) | (addr & 4095);

const getWord = (view: DataView, at: number, size: 1 | 2 | 4): number => {
  if (size === 4) return view.getUint32(at, true);
  return size === 1 ? view.getUint8(at) : view.getUint16(at, true);
};
