import type { Ioeventfd } from "@mem/core";
import {
  compareIoeventfds,
  firstIoeventfd,
  type IoeventfdChange,
  internalsOf,
} from "@mem/core/plumbing";
import type { FlatRange } from "../view/flat-range.js";
import type { FlatView } from "../view/flat-view.js";
import type { ListenerList } from "./list.js";
import type { EventfdSection } from "./memory-listener.js";

/** The write triggers that show in an address space, while anybody listens for them. */
export class ShownIoeventfds {
  #list: Ioeventfd[] = [];
  /** The view that they were collected from; `null` where that was not done since. */
  #view: FlatView | null = null;
  /** True if they ascend and each starts within its range: then one more has one place. */
  #isRegular = false;
  /** The place where the regions of the view show, once that was asked for. */
  #places: Map<object, FlatRange[]> | null = null;

  /** With bus addresses, range by range. */
  get all(): readonly Ioeventfd[] {
    return this.#list;
  }

  /** Has the triggers that show now at hand, telling nobody: nobody has heard of any. */
  collect(view: FlatView): void {
    if (this.#list.length === 0) this.#collect(view);
  }

  /**
   * Tells listeners what came and went.
   * @param change all that did, where it was one trigger: then the others are not looked at
   */
  update(view: FlatView, listeners: ListenerList, change: IoeventfdChange | null): void {
    if (!listeners.hasCallback("eventfdAdd", "eventfdDel")) {
      this.#view = null;
      return;
    }
    if (change !== null && this.#apply(view, listeners, change)) return;
    const before = this.#list;
    this.#collect(view);
    // A callback may have one more taken up, which it is told of by itself.
    notifyIoeventfds(listeners, before, [...this.#list]);
  }

  #collect(view: FlatView): void {
    const list: Ioeventfd[] = [];
    let isRegular = true;
    for (const range of view.ranges()) {
      for (const fd of internalsOf(range.region).watchers.ioeventfds) {
        const shown = shownIn(range, fd);
        if (shown === null) continue;
        const last = list.at(-1);
        if (shown.addr < range.start || (last && compareIoeventfds(last, shown) >= 0)) {
          isRegular = false;
        }
        list.push(shown);
      }
    }
    this.#list = list;
    this.#view = view;
    this.#places = null;
    this.#isRegular = isRegular;
  }

  /** Takes up one trigger, and tells of it; true if that could be done. */
  #apply(view: FlatView, listeners: ListenerList, change: IoeventfdChange): boolean {
    if (this.#view !== view || !this.#isRegular) return false;
    const { fd, added } = change;
    const places = (this.#places ??= placesOf(view)).get(change.region) ?? [];
    const [only, ...others] = places.flatMap((range) => {
      const shown = shownIn(range, fd);
      return shown === null ? [] : [{ shown, startsInside: shown.addr >= range.start }];
    });
    if (only === undefined) return true;
    if (others.length > 0 || !only.startsInside) return false;
    const { shown } = only;
    const at = firstIoeventfd(this.#list, (other) => compareIoeventfds(other, shown) >= 0);
    const there = this.#list[at];
    const isThere = there !== undefined && compareIoeventfds(there, shown) === 0;
    if (isThere === added) return false;
    if (added) {
      this.#list.splice(at, 0, shown);
      tellAdded(listeners, shown);
    } else {
      this.#list.splice(at, 1);
      tellRemoved(listeners, shown);
    }
    return true;
  }
}

/** The place where each region of a view shows. */
function placesOf(view: FlatView): Map<object, FlatRange[]> {
  const places = new Map<object, FlatRange[]>();
  for (const range of view.ranges()) {
    const known = places.get(range.region);
    if (known) known.push(range);
    else places.set(range.region, [range]);
  }
  return places;
}

/** A trigger of a range's region with its bus address, if it reaches into the range. */
function shownIn(range: FlatRange, fd: Ioeventfd): Ioeventfd | null {
  const addr = fd.addr + (range.start - range.offset);
  const end = addr + BigInt(fd.size);
  const startsInside = addr >= range.start && addr < range.end;
  const reachesIn = range.start >= addr && range.start < end;
  return startsInside || reachesIn ? { ...fd, addr } : null;
}

/** Tells listeners the difference between two lists: removals in order, additions in reverse. */
function notifyIoeventfds(
  listeners: ListenerList,
  before: readonly Ioeventfd[],
  after: readonly Ioeventfd[],
): void {
  let b = 0;
  let a = 0;
  while (b < before.length || a < after.length) {
    const old = before[b];
    const fresh = after[a];
    const order = !old ? 1 : !fresh ? -1 : compareIoeventfds(old, fresh);
    if (order < 0 && old) {
      tellRemoved(listeners, old);
      b++;
    } else if (order > 0 && fresh) {
      tellAdded(listeners, fresh);
      a++;
    } else {
      b++;
      a++;
    }
  }
}

function tellAdded(listeners: ListenerList, fd: Ioeventfd): void {
  const section = eventfdSection(fd);
  listeners.reverse((l) => l.eventfdAdd?.(section, fd.matchData, fd.data, fd.notifier));
}

function tellRemoved(listeners: ListenerList, fd: Ioeventfd): void {
  const section = eventfdSection(fd);
  listeners.forward((l) => l.eventfdDel?.(section, fd.matchData, fd.data, fd.notifier));
}

/** The place where a trigger shows. */
export function eventfdSection(fd: Ioeventfd): EventfdSection {
  return { offsetWithinAddressSpace: fd.addr, size: BigInt(fd.size) };
}
