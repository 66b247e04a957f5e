import type { MemoryRegion } from "@mem/core";
import type { SpaceRegistry } from "../space/registry.js";
import { rangesOf } from "../view/flat-view.js";
import { MemoryRegionSection } from "../view/section.js";

/** Asks listeners to bring dirty bitmaps up to date, of one region or of all. */
export function syncDirtyLog(
  spaces: SpaceRegistry,
  region: MemoryRegion | null,
  lastStage: boolean,
): void {
  spaces.tellListeners((listener, entry) => {
    if (!listener.logSync) {
      listener.logSyncGlobal?.(lastStage);
      return;
    }
    const view = entry.addressSpace.flatView;
    for (const range of region ? rangesOf(view, region) : view.ranges()) {
      if (range.dirtyMask === 0) continue;
      listener.logSync(MemoryRegionSection.ofRange(range, view));
    }
  });
}
