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
import type { AccessHook } from "./access-hook.js";
import type { AccessWindow } from "../view/access-window.js";
import type { FlatView } from "../view/flat-view.js";
import { ScratchFrames } from "./scratch.js";
import { StoreMarks } from "./store-marks.js";
import { loadDataAt, loadView, storeDataAt, storeView } from "./word-access.js";

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
/** Spaces of at most this many bytes need no pages. */
const END_32 = 2 ** 32;

/** Runs and devices are kept up to this many bytes, so that counts are small integers. */
const MAX_SPAN = 2 ** 31 - 1;

/** What `#far` is to do, an OR of bits: store rather than load. */
const FAR_STORE = 1;
/** The address is no whole number below 2^32. */
const FAR_WIDE = 2;

const NO_MEMORY = new DataView(new ArrayBuffer(0));
const NO_NOTES = new Uint8Array(0);
const NO_PAGES = new Int32Array(0);

/**
 * The loads and stores of an address space, made to be over in a few nanoseconds. What was found
 * last is kept laid out for that: a run of RAM, a device, and, once accesses change runs often,
 * the pages of RAM that they went to; all below 4 GiB, where offsets are 32-bit numbers, and one
 * more run above. All of it can be forgotten at any time: what is not found here is looked up in
 * the view. So what is to be observed, access by access, just has to be kept out of here.
 *
 * Only what cannot change unnoticed is kept: `forget` is called at each commit, and when a
 * region becomes read-only or its stores are to be logged. The bytes of ROM devices are left out.
 * @see the README of `@mem/flat`, "For packages beside"
 */
export abstract class WordPort {
  /** How the last {@link load} went, {@link MemTxResult} bits. */
  lastResult: MemTxResult = MemTxResult.OK;

  // Fields rather than an object of their own: each step on the way to the bytes would be one
  // more read that the processor has to have in flight. The run begins at `start`, the low 32
  // bits of an address as a signed number; 4 bytes from less than `span` bytes on lie in it.
  private start = 0;
  private span = 0;
  private run: DataView = NO_MEMORY;
  // The same where stores are allowed: as much, or nothing. Where they are logged, the pages are
  // noted for those who log.
  private storeSpan = 0;
  private isNoting = false;
  private noted: Uint8Array = NO_NOTES;
  /** The notes of each run that was in front: changing runs costs no more where stores are logged. */
  readonly #marks = new Map<DataView, StoreMarks>();

  // For each page below `pageCount`: -1, or the number of a run and that of a page within it.
  private pageCount = 0;
  private pages = NO_PAGES;
  private storePages = NO_PAGES;
  private runs: DataView[] = [];
  #changes = 0;

  // Offset `deviceOffset` of the device's region is at `deviceStart`, likewise.
  private deviceStart = 0;
  private deviceSpan = 0;
  private deviceOffset = 0;
  #device: MemoryRegion;

  // A run above 4 GiB. Fractions make the host keep these as floating point from the start.
  private wideStart = 0.5;
  private wideSpan = -0.5;
  private wideRun: DataView = NO_MEMORY;
  /** An address for `#far`: it would be boxed if it were handed over. */
  private wideAddress = 0.5;

  /** Who observes accesses; only `forget` makes all of them follow a change of it. */
  protected hook: AccessHook | null = null;

  readonly #memory: MemorySystem;
  readonly #frames: ScratchFrames;

  constructor(memory: MemorySystem) {
    this.#memory = memory;
    this.#frames = new ScratchFrames(memory);
    this.#device = memory.unassigned;
  }

  /** The present view. */
  abstract get flatView(): FlatView;

  /** @internal Forgets what was found: the view is another one, or regions allow other accesses. */
  forget(): void {
    this.start = 0;
    this.span = 0;
    this.run = NO_MEMORY;
    this.storeSpan = 0;
    this.isNoting = false;
    this.noted = NO_NOTES;
    for (const marks of this.#marks.values()) marks.end();
    this.#marks.clear();
    this.deviceSpan = 0;
    this.#device = this.#memory.unassigned;
    this.wideSpan = -0.5;
    this.wideStart = 0.5;
    this.wideRun = NO_MEMORY;
    this.#changes = 0;
    if (this.pageCount === 0) return;
    this.pageCount = 0;
    this.pages = NO_PAGES;
    this.storePages = NO_PAGES;
    this.runs = [];
  }

  /**
   * Loads 1, 2 or 4 bytes, little endian, as an unsigned number; {@link lastResult} tells how
   * it went. Parts that failed read as 0.
   * @param addr in bytes, 0 to 2^53 - 1.
   */
  load(addr: number, size: 1 | 2 | 4, attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED): number {
    if (addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (at < this.span >>> 0) {
        this.lastResult = 0;
        const { run } = this;
        if (size === 4) return run.getUint32(at, true);
        return size === 1 ? run.getUint8(at) : run.getUint16(at, true);
      }
      const page = addr >>> 12;
      if (page < this.pageCount && (addr & 4095) <= 4096 - size) {
        const entry = this.pages[page] as number;
        if (entry >= 0) {
          this.lastResult = 0;
          return getWord(this.runs[runOf(entry)] as DataView, offsetIn(entry, addr), size);
        }
      }
      return this.#far(0, addr | 0, size, 0, attrs) >>> 0;
    }
    const at = addr - this.wideStart;
    if (at >= 0 && at < this.wideSpan && Math.floor(at) === at) {
      this.lastResult = 0;
      return getWord(this.wideRun, at, size);
    }
    this.wideAddress = addr;
    return this.#far(FAR_WIDE, 0, size, 0, attrs) >>> 0;
  }

  /** Stores 1, 2 or 4 bytes, little endian; the value is reduced to that size. */
  store(
    addr: number,
    size: 1 | 2 | 4,
    value: number,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    if (addr >>> 0 === addr) {
      const at = (addr - this.start) >>> 0;
      if (at < this.storeSpan >>> 0) {
        const { run } = this;
        if (size === 4) run.setUint32(at, value, true);
        else if (size === 1) run.setUint8(at, value);
        else run.setUint16(at, value, true);
        if (this.isNoting) {
          const { noted } = this;
          noted[at >>> 12] = 1;
          if ((at & 4095) > 4096 - size) noted[(at >>> 12) + 1] = 1;
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
      return this.#far(FAR_STORE, addr | 0, size, value | 0, attrs) | 0;
    }
    this.wideAddress = addr;
    return this.#far(FAR_STORE | FAR_WIDE, 0, size, value | 0, attrs) | 0;
  }

  /** Loads 1 to 8 bytes in the order that `op` names into `data`, at any address. */
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
    return this.#farData(false, addr, op, data, attrs);
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
      if (!this.isNoting && at + wider(op) < this.storeSpan >>> 0) {
        storeDataAt(this.run, at, op, data);
        return MemTxResult.OK;
      }
    }
    return this.#farData(true, addr, op, data, attrs);
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
  #far(kind: number, low: number, size: 1 | 2 | 4, value: number, attrs: MemTxAttrs): number {
    const isStore = (kind & FAR_STORE) !== 0;
    const isWide = (kind & FAR_WIDE) !== 0;
    const addr = isWide ? this.wideAddress : low >>> 0;
    const at = (low - this.deviceStart) >>> 0;
    let region = this.#device;
    let offset = at + this.deviceOffset;
    let isDevice = !isWide && at < this.deviceSpan >>> 0;
    if (!isDevice) {
      const window = this.#find(addr);
      const { view, bias, start, last } = window;
      region = window.region;
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
      isDevice = window.exact && !(isStore ? region.isRomDevice && attrs.debug : region.directRead);
    }
    const { ops } = region;
    if (isDevice && ops !== null) {
      if (isStore) {
        const reduced = size === 4 ? value >>> 0 : size === 1 ? value & 0xff : value & 0xffff;
        const answer = fastMmioWrite(region, ops, offset, reduced, size, attrs);
        if (answer !== NOT_FAST) return answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
      } else {
        const answer = fastMmioRead(region, ops, offset, size, attrs);
        if (answer !== NOT_FAST) {
          this.lastResult = answer < 0 ? MemTxResult.ERROR : MemTxResult.OK;
          return answer < 0 ? 0 : answer | 0;
        }
      }
    }
    const { data } = this.#frames.current;
    if (isStore) {
      data.value = value;
      return this.#general(true, addr, size >>> 1, data, attrs, true);
    }
    this.lastResult = this.#general(false, addr, size >>> 1, data, attrs, true);
    return data.lo | 0;
  }

  /** Looks an address up in the view, and remembers what it found for the next access. */
  #find(addr: number): AccessWindow {
    const { hook } = this;
    const window = hook === null ? this.flatView.lookup(addr) : hook.wordWindow(addr);
    const { region } = window;
    if (!window.exact || region.isRomDevice) return window;
    if (region.directRead) this.#remember(window, addr);
    else if (region.ops !== null && window.last < END_32) {
      this.deviceStart = window.start | 0;
      this.deviceSpan = Math.min(window.last - window.start + 1, MAX_SPAN);
      this.deviceOffset = window.offset;
      this.#device = region;
    }
    return window;
  }

  #remember(window: AccessWindow, addr: number): void {
    const { run, region } = window;
    if (run === null) return;
    const span = Math.min(Math.max(run.byteLength - 3, 0), MAX_SPAN);
    if (window.last >= END_32) {
      this.wideStart = window.start;
      this.wideSpan = span;
      this.wideRun = run;
      return;
    }
    this.start = window.start | 0;
    this.span = span;
    this.run = run;
    this.#note(region.writeLoggers === 0 ? null : this.#marksOf(region, window.offset, run));
    this.storeSpan = region.plainWrite || this.isNoting ? span : 0;
    if (++this.#changes > PATIENCE) this.#enterPage(window, addr);
  }

  /** Notes stores to the run in front from now on, for those who log them, or does not. */
  #note(marks: StoreMarks | null): void {
    this.noted = marks === null ? NO_NOTES : marks.pages;
    this.isNoting = marks !== null;
  }

  #marksOf(region: MemoryRegion, offset: number, run: DataView): StoreMarks | null {
    const marks = this.#marks.get(run) ?? StoreMarks.of(region, offset, run);
    if (marks !== null) this.#marks.set(run, marks);
    return marks;
  }

  /** Remembers where the page of an address is. */
  #enterPage(window: AccessWindow, addr: number): void {
    const { view, bias } = window;
    const page = addr >>> PAGE_SHIFT;
    const first = page * PAGE;
    const at = first - bias;
    const isWhole = first >= window.start && first + PAGE - 1 <= window.last;
    if (view === null || !isWhole || at % PAGE !== 0 || at > MAX_OFFSET) return;
    let run = this.runs.indexOf(view);
    if (run < 0) {
      if (this.runs.length === MAX_RUNS) return;
      run = this.runs.push(view) - 1;
    }
    if (page >= this.pageCount) this.#growTo(page + 1);
    const entry = (run << ENTRY_SHIFT) | (at / PAGE);
    this.pages[page] = entry;
    if (window.region.plainWrite) this.storePages[page] = entry;
  }

  #growTo(count: number): void {
    let size = Math.max(MIN_PAGES, this.pageCount);
    while (size < count) size *= 2;
    this.pages = grown(this.pages, size);
    this.storePages = grown(this.storePages, size);
    this.pageCount = size;
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
          if (region.writeLoggers !== 0) {
            region.ramBlock?.markStored(offset, memOpSize(op), region.writeLoggers);
          }
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
    isWord = false,
  ): MemTxResult {
    if (this.hook !== null) return this.hook.access(isStore, addr, op, data, attrs, isWord);
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

/** The run that an entry of a page names. */
const runOf = (entry: number): number => entry >>> 19;

/** Where in its run an address is. */
const offsetIn = (entry: number, addr: number): number => ((entry & 0x7ffff) << 12) | (addr & 4095);

const getWord = (view: DataView, at: number, size: 1 | 2 | 4): number => {
  if (size === 4) return view.getUint32(at, true);
  return size === 1 ? view.getUint8(at) : view.getUint16(at, true);
};

const putWord = (view: DataView, at: number, size: 1 | 2 | 4, value: number): void => {
  if (size === 4) view.setUint32(at, value, true);
  else if (size === 1) view.setUint8(at, value);
  else view.setUint16(at, value, true);
};

/** By how many bytes an access is longer than 4. */
const wider = (op: MemOp): number => ((op & Op.SIZE_MASK) === Op.SIZE_64 ? 4 : 0);

const grown = (pages: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> => {
  const all = new Int32Array(size).fill(-1, pages.length);
  all.set(pages);
  return all;
};
