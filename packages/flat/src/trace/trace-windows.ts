import type { MemorySystem } from "@mem/core";
import { AccessWindow } from "../view/access-window.js";
import { type FlatView, treeOf } from "../view/flat-view.js";
import { WindowCache } from "../view/window-cache.js";
import type { TraceZones } from "./trace-zones.js";

const SLOTS = 1024;
const BEYOND_NUMBERS = 0x1000_0000_0000_0000n;

/** The windows of an address space that is traced: none is both in and out of a traced zone. */
export class TraceWindows {
  readonly #zones: TraceZones;
  readonly #nothing: AccessWindow;
  readonly #view: FlatView;
  readonly #cache: WindowCache;

  constructor(system: MemorySystem, view: FlatView, zones: TraceZones) {
    this.#view = view;
    this.#zones = zones;
    // Not exact, and so of no use to whoever would go on from it.
    this.#nothing = new AccessWindow(system.unassigned, BEYOND_NUMBERS, BEYOND_NUMBERS, 0n);
    const last = Number(treeOf(view).final?.high ?? 0);
    this.#cache = new WindowCache(last + 1, SLOTS);
  }

  /** True if these are the windows of a view. */
  areOf(view: FlatView): boolean {
    return this.#view === view;
  }

  /** A window for words: nothing where they are traced. */
  wordWindow(addr: number): AccessWindow {
    return this.#zones.holds(addr) ? this.#nothing : this.lookup(addr);
  }

  /** A window to hand out: without bytes where accesses are traced. */
  lookup(addr: number): AccessWindow {
    const cached = this.#cache.get(addr);
    if (cached && addr >= cached.start && addr <= cached.last) return cached;
    const whole = this.#view.lookup(addr);
    if (!whole.exact) return whole;
    const window = this.#cut(whole, addr);
    this.#cache.put(addr, window);
    return window;
  }

  #cut(whole: AccessWindow, addr: number): AccessWindow {
    const traced = this.#zones.holds(addr);
    const { first, last } = this.#zones.around(addr);
    const from = Math.max(first, whole.start);
    const to = Math.min(last, whole.last);
    if (!traced && from === whole.start && to === whole.last) return whole;
    return whole.part({ from: BigInt(from), to: BigInt(to), traced });
  }
}
