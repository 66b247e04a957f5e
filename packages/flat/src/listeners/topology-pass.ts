import { internalsOf } from "@mem/core/plumbing";
import { notifyCoalesced } from "./coalesced-io.js";
import type { FlatRange } from "../view/flat-range.js";
import type { FlatView } from "../view/flat-view.js";
import type { ListenerCallback } from "./callbacks.js";
import type { ListenerList } from "./list.js";
import { MemoryRegionSection } from "../view/section.js";
import { compareViews } from "../view/difference.js";

/** Tells the listeners of an address space how its view changed: first what went, then the rest. */
export function notifyViewChange(listeners: ListenerList, before: FlatView, after: FlatView): void {
  if (!listeners.hasCallback(...ABOUT_RANGES)) return;
  const everything = listeners.hasCallback("regionNop");
  const { gone, present } = compareViews(before, after, everything);
  for (const range of gone) announceRemoval(listeners, range, before);
  for (const { before: old, after: range } of present) {
    if (old) announceKept(listeners, old, range, after);
    else announceAddition(listeners, range, after);
  }
}

/** Callbacks for which views have to be compared. */
const ABOUT_RANGES = [
  "regionAdd",
  "regionDel",
  "regionNop",
  "logStart",
  "logStop",
  "coalescedIoAdd",
  "coalescedIoDel",
] as const satisfies readonly ListenerCallback[];

function announceRemoval(listeners: ListenerList, range: FlatRange, view: FlatView): void {
  if (listeners.hasCallback("coalescedIoDel")) {
    for (const coalesced of internalsOf(range.region).watchers.coalesced) {
      notifyCoalesced(listeners, view, range, coalesced, false);
    }
  }
  if (!listeners.hasCallback("regionDel")) return;
  const section = MemoryRegionSection.ofRange(range, view);
  listeners.reverse((listener) => listener.regionDel?.(section));
}

function announceKept(
  listeners: ListenerList,
  before: FlatRange,
  after: FlatRange,
  view: FlatView,
): void {
  const section = MemoryRegionSection.ofRange(after, view);
  listeners.forward((listener) => listener.regionNop?.(section));
  const [oldMask, newMask] = [before.dirtyMask, after.dirtyMask];
  if (newMask & ~oldMask) {
    listeners.forward((listener) => listener.logStart?.(section, oldMask, newMask));
  }
  if (oldMask & ~newMask) {
    listeners.reverse((listener) => listener.logStop?.(section, oldMask, newMask));
  }
}

function announceAddition(listeners: ListenerList, range: FlatRange, view: FlatView): void {
  if (listeners.hasCallback("regionAdd")) {
    const section = MemoryRegionSection.ofRange(range, view);
    listeners.forward((listener) => listener.regionAdd?.(section));
  }
  if (!listeners.hasCallback("coalescedIoAdd")) return;
  for (const coalesced of internalsOf(range.region).watchers.coalesced) {
    notifyCoalesced(listeners, view, range, coalesced, true);
  }
}
