import { compareIoeventfds, type Ioeventfd } from "@mem/core";
import type { FlatView } from "../view/flat-view.js";
import type { ListenerList } from "./list.js";
import type { EventfdSection } from "./memory-listener.js";

/** The write triggers that show in an address space, while anybody listens for them. */
export class ShownIoeventfds {
  #list: readonly Ioeventfd[] = [];

  /** With bus addresses, range by range. */
  get all(): readonly Ioeventfd[] {
    return this.#list;
  }

  /** Has the triggers that show now at hand, telling nobody: nobody has heard of any. */
  collect(view: FlatView): void {
    if (this.#list.length === 0) this.#list = collectIoeventfds(view);
  }

  /** Tells listeners what came and went. */
  update(view: FlatView, listeners: ListenerList): void {
    if (!listeners.hears("eventfdAdd", "eventfdDel")) return;
    const before = this.#list;
    this.#list = collectIoeventfds(view);
    notifyIoeventfds(listeners, before, this.#list);
  }
}

/** All write triggers that show in a view, with bus addresses, range by range. */
function collectIoeventfds(view: FlatView): Ioeventfd[] {
  const found: Ioeventfd[] = [];
  for (const range of view.ranges()) {
    for (const fd of range.region.ioeventfds) {
      const addr = fd.addr + (range.start - range.offset);
      const end = addr + BigInt(fd.size);
      const startsInside = addr >= range.start && addr < range.end;
      const reachesIn = range.start >= addr && range.start < end;
      if (startsInside || reachesIn) found.push({ ...fd, addr });
    }
  }
  return found;
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
      const section = eventfdSection(old);
      listeners.forward((l) => l.eventfdDel?.(section, old.matchData, old.data, old.notifier));
      b++;
    } else if (order > 0 && fresh) {
      const section = eventfdSection(fresh);
      listeners.reverse((l) =>
        l.eventfdAdd?.(section, fresh.matchData, fresh.data, fresh.notifier),
      );
      a++;
    } else {
      b++;
      a++;
    }
  }
}

/** Where a trigger shows. */
export function eventfdSection(fd: Ioeventfd): EventfdSection {
  return { offsetWithinAddressSpace: fd.addr, size: BigInt(fd.size) };
}
