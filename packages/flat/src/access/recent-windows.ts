import { type MemorySystem } from "@mem/core";
import { internalsOf, type RegionInternals } from "@mem/core/plumbing";
import type { AccessWindow } from "../view/access-window.js";
import { DeferredDirtyMarks } from "./deferred-dirty-marks.js";
import { entryOf, grown, MAX_RUNS, pageInRun } from "./words.js";

/** Number of changes of the run in front after which pages are remembered one by one. */
const PATIENCE = 32;
const END_32 = 2 ** 32;
/** Runs and devices are kept up to this many bytes, so that counts are small integers. */
const MAX_SPAN = 2 ** 31 - 1;

const NO_MEMORY = new DataView(new ArrayBuffer(0));
const NO_DEFERRED = new Uint8Array(0);
const NO_PAGES = new Int32Array(0);

/**
 * Findings of the last accesses of an address space (`mru_section`), laid out for the next ones: a run of
 * RAM, a device, and, once accesses change runs often, the pages of RAM that they went to; all below
 * 4 GiB, where offsets are 32-bit numbers, and one more run above. All of it can be forgotten at any
 * time: what is not found here is looked up in the view.
 *
 * Only what cannot change unnoticed is kept: {@link forget} is called at each commit, and when a
 * region becomes read-only or its stores are to be logged. The bytes of ROM devices are left out.
 *
 * Fields rather than an object of their own: each step on the way to the bytes would be one more read
 * that the processor has to have in flight.
 */
export abstract class RecentWindows {
  // The run begins at `start`, the low 32 bits of an address as a signed number; 4 bytes from less
  // than `span` bytes on lie in it.
  protected start = 0;
  protected span = 0;
  protected run: DataView = NO_MEMORY;
  // The same where stores are allowed: as much, or nothing. Where they are logged, the pages are
  // marked later, by those who log.
  protected storeSpan = 0;
  protected isDeferring = false;
  protected deferredPages: Uint8Array = NO_DEFERRED;
  /** The deferred marks of each run that was in front: changing runs costs no more where stores are logged. */
  readonly #marks = new Map<DataView, DeferredDirtyMarks>();

  // For each page below `pageCount`: -1, or the number of a run and that of a page within it.
  protected pageCount = 0;
  protected pages = NO_PAGES;
  protected storePages = NO_PAGES;
  protected runs: DataView[] = [];
  #changes = 0;

  // Offset `deviceOffset` of the device's region is at `deviceStart`, likewise.
  protected deviceStart = 0;
  protected deviceSpan = 0;
  protected deviceOffset = 0;
  protected device: RegionInternals;

  // A run above 4 GiB. Fractions make the host keep these as floating point from the start.
  protected wideStart = 0.5;
  protected wideSpan = -0.5;
  protected wideRun: DataView = NO_MEMORY;

  constructor(system: MemorySystem) {
    this.device = internalsOf(system.unassigned);
  }

  /** The system that it belongs to. */
  abstract readonly system: MemorySystem;

  /** Forgets what was found: the view is another one, or regions allow other accesses. */
  protected forget(): void {
    this.start = 0;
    this.span = 0;
    this.run = NO_MEMORY;
    this.storeSpan = 0;
    this.isDeferring = false;
    this.deferredPages = NO_DEFERRED;
    for (const marks of this.#marks.values()) marks.end();
    this.#marks.clear();
    this.deviceSpan = 0;
    this.device = internalsOf(this.system.unassigned);
    this.wideSpan = -0.5;
    this.wideStart = 0.5;
    this.wideRun = NO_MEMORY;
    this.#changes = 0;
    if (this.pageCount === 0) return;
    this.pageCount = 0;
    this.pages = this.storePages = NO_PAGES;
    this.runs = [];
  }

  /** Keeps the memory of a window, which `addr` lies in. */
  protected remember(window: AccessWindow, addr: number): void {
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
    const marks = DeferredDirtyMarks.of(this.#marks, region, window.offset, run);
    // From now on the marks of stores to this run are deferred, or there are none to defer.
    this.deferredPages = marks?.pages ?? NO_DEFERRED;
    this.isDeferring = marks !== null;
    this.storeSpan = region.plainWrite || this.isDeferring ? span : 0;
    if (++this.#changes > PATIENCE) this.#enterPage(window, addr);
  }

  /**
   * Keeps the device of a window.
   * @param splits true if words that cross its end are split there
   */
  protected rememberDevice(window: AccessWindow, splits: boolean): void {
    if (window.last >= END_32) return;
    this.deviceStart = window.start | 0;
    // Words that may be split go here only where they end in the section.
    const room = window.last - window.start + (splits ? -2 : 1);
    this.deviceSpan = Math.min(Math.max(room, 0), MAX_SPAN);
    this.deviceOffset = window.offset;
    this.device = internalsOf(window.region);
  }

  /** Keeps the place of a page. */
  #enterPage(window: AccessWindow, addr: number): void {
    const page = addr >>> 12;
    const at = pageInRun(window, page);
    const { view } = window;
    if (at < 0 || view === null) return;
    let run = this.runs.indexOf(view);
    if (run < 0) {
      if (this.runs.length === MAX_RUNS) return;
      run = this.runs.push(view) - 1;
    }
    if (page >= this.pageCount) this.#growTo(page + 1);
    const entry = entryOf(run, at);
    this.pages[page] = entry;
    if (window.region.plainWrite) this.storePages[page] = entry;
  }

  #growTo(count: number): void {
    this.pages = grown(this.pages, count);
    this.storePages = grown(this.storePages, count);
    this.pageCount = this.pages.length;
  }
}
