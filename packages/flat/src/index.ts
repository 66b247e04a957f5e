/// <reference lib="esnext.disposable" preserve="true" />
/** Flat views, dispatch and address spaces over the region graph of `@mem/core`. */
export { AccessCounters } from "./trace/access-counters.js";
export type { AccessEvent, AccessType, TraceTarget } from "./trace/access-event.js";
export type { TraceFilter, TraceRange } from "./trace/access-filter.js";
export { AccessTrace, type BreakCondition } from "./trace/access-trace.js";
export { AccessEventStream } from "./trace/event-stream.js";
export { untraced } from "./trace/trace-state.js";
export { AccessWindow } from "./access-window.js";
export { AddressSpace } from "./address-space.js";
export type { AddressSpaceOptions, TranslationResult } from "./address-space-options.js";
export { AddressSpaces } from "./address-spaces.js";
export { CoalescedMmioQueue, type CoalescedMmioQueueOptions } from "./coalesced-queue.js";
export { DirtyLog, type DirtyLogStart, GlobalDirty } from "./dirty-log.js";
export { flushRomDevice, resetDirty, setDirty, snapshotAndClearDirty } from "./dirty-region.js";
export { countDirtyPages, type DirtyRange, type DirtyRun, dirtyRuns } from "./dirty-runs.js";
export { DirtySnapshot } from "./dirty-snapshot.js";
export type { AccessOutcome, AccessRefusal } from "./explain/access-outcome.js";
export type {
  AccessLimits,
  AccessRules,
  AccessTarget,
  DeviceRules,
  GuardState,
} from "./explain/access-rules.js";
export { explain, type ExplainOptions } from "./explain/explain.js";
export { Explanation, type Found, type TranslationOutcome } from "./explain/explanation.js";
export { formatExplanation } from "./explain/format.js";
export { MAX_EXPLAIN_VISITS } from "./explain/graph-search.js";
export type { HiddenReason, HiddenRegion } from "./explain/hidden.js";
export type { PathStep, StepEntry } from "./explain/path-step.js";
export {
  findSection,
  type FlatViewCallback,
  flatViewForEachRange,
  isPresent,
} from "./find-section.js";
export { FlatRange, type RangeAttributes } from "./flat-range.js";
export { FlatView } from "./flat-view.js";
export { ListenerRegistration } from "./listener-registration.js";
export { SystemListening } from "./system-listening.js";
export { Machine } from "./machine.js";
export { Mapping } from "./mapping.js";
export type { EventfdSection, MemoryListener } from "./memory-listener.js";
export { MemoryRegionSection, SectionCopy } from "./memory-region-section.js";
export { mtree, type MtreeOptions } from "./mtree.js";
export { type Interval, MAX_RENDER_VISITS } from "./render.js";
export { loadDataAt, loadHit, loadView, storeDataAt, storeHit, storeView } from "./word-access.js";
export { WordPort } from "./word-port.js";
export { type Frame, ScratchFrames } from "./scratch.js";
export { readView, writeView } from "./bulk-access.js";
export { MAX_IOMMU_HOPS, translate, Translation } from "./translation.js";
export { contiguousLength } from "./mapping.js";
export { effectiveRoot } from "./view-root.js";
export type { RenderStatistics } from "./view-cache.js";
export * from "@mem/core";
