import { internalsOf } from "@mem/core/plumbing";
import type { FlatRange } from "../view/flat-range.js";
import type { FlatView } from "../view/flat-view.js";
import type { ListenerList } from "./list.js";
import type { MemoryListener } from "./memory-listener.js";
import { MemoryRegionSection } from "../view/section.js";

/** A coalesced range of a region, in bytes from its start. */
export interface CoalescedRange {
  readonly addr: bigint;
  readonly size: bigint;
}

/** Part of a coalesced range that shows within a flat range, as bus addresses. */
function visiblePart(range: FlatRange, coalesced: CoalescedRange): CoalescedRange | null {
  const start = coalesced.addr + (range.start - range.offset);
  const end = start + coalesced.size;
  const low = start > range.start ? start : range.start;
  const high = end < range.end ? end : range.end;
  return low < high ? { addr: low, size: high - low } : null;
}

/** Tells all listeners that a coalesced range came (in order) or went (in reverse order). */
export function notifyCoalesced(
  listeners: ListenerList,
  view: FlatView,
  range: FlatRange,
  coalesced: CoalescedRange,
  added: boolean,
): void {
  const part = visiblePart(range, coalesced);
  if (!part) return;
  const section = MemoryRegionSection.ofRange(range, view);
  if (added) {
    listeners.forward((listener) => listener.coalescedIoAdd?.(section, part.addr, part.size));
  } else {
    listeners.reverse((listener) => listener.coalescedIoDel?.(section, part.addr, part.size));
  }
}

/** Tells one listener, as it registers or unregisters, about the coalesced part of a range. */
export function replayCoalesced(
  listener: MemoryListener,
  section: MemoryRegionSection,
  range: FlatRange,
  added: boolean,
): void {
  for (const coalesced of internalsOf(range.region).watchers.coalesced) {
    const part = visiblePart(range, coalesced);
    // Ranges after the first that does not show here are not reported, as in QEMU.
    if (!part) return;
    if (added) listener.coalescedIoAdd?.(section, part.addr, part.size);
    else listener.coalescedIoDel?.(section, part.addr, part.size);
  }
}
