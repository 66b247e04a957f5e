import { LifecycleError } from "@mem/core";
import { replayCoalesced } from "./coalesced-io.js";
import type { FlatView } from "../view/flat-view.js";
import { eventfdSection } from "./ioeventfd-list.js";
import { listenerName } from "./callbacks.js";
import type { ListenerEntry } from "./entry.js";
import { MemoryRegionSection } from "../view/section.js";

/**
 * Tells a listener that joins of everything there is.
 * @param withLogging true if it is to be told of global dirty logging too
 * @throws ListenerError when it throws; LifecycleError when it refuses global dirty logging
 */
export function replayAdditions(entry: ListenerEntry, withLogging: boolean): void {
  const { addressSpace } = entry;
  const listener = entry.throwing();
  listener.begin?.();
  if (withLogging && addressSpace.system.globalDirtyLog !== 0) {
    const refusal = listener.logGlobalStart?.();
    if (typeof refusal === "string") {
      throw new LifecycleError(`${listenerName(entry.listener)}: ${refusal}`, {
        rule: "log-global-start",
      });
    }
  }
  const view = addressSpace.flatView;
  if (listener.regionAdd ?? listener.logStart ?? listener.coalescedIoAdd) {
    for (const range of view.ranges()) {
      const section = MemoryRegionSection.ofRange(range, view);
      listener.regionAdd?.(section);
      if (listener.coalescedIoAdd) replayCoalesced(listener, section, range, true);
      if (range.dirtyMask !== 0) listener.logStart?.(section, 0, range.dirtyMask);
    }
  }
  if (listener.eventfdAdd) {
    if (entry.listener.hearsPresentEventfds === true) addressSpace.ioeventfds.collect(view);
    for (const fd of addressSpace.ioeventfds.all) {
      listener.eventfdAdd(eventfdSection(fd), fd.matchData, fd.data, fd.notifier);
    }
  }
  listener.commit?.();
}

/**
 * Tells a listener that leaves of everything in a view as removed; all of it, even if the listener
 * throws.
 */
export function replayRemovals(entry: ListenerEntry, view: FlatView): void {
  const listener = entry.noting();
  listener.begin?.();
  if (listener.regionDel ?? listener.logStop ?? listener.coalescedIoDel) {
    for (const range of view.ranges()) {
      const section = MemoryRegionSection.ofRange(range, view);
      if (range.dirtyMask !== 0) listener.logStop?.(section, range.dirtyMask, 0);
      if (listener.coalescedIoDel) replayCoalesced(listener, section, range, false);
      listener.regionDel?.(section);
    }
  }
  if (listener.eventfdDel) {
    for (const fd of entry.addressSpace.ioeventfds.all) {
      listener.eventfdDel(eventfdSection(fd), fd.matchData, fd.data, fd.notifier);
    }
  }
  listener.commit?.();
}
