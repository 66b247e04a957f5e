/// <reference lib="esnext.disposable" preserve="true" />
/** Flat views, dispatch and address spaces over the region graph of `@mem/core`. */
export { AccessCounters } from "./trace/access-counters.js";
export type { AccessEvent, AccessType, TraceTarget } from "./trace/access-event.js";
export type { TraceFilter, TraceRange } from "./trace/access-filter.js";
export { AccessTrace, type BreakCondition } from "./trace/access-trace.js";
export { AccessEventStream } from "./trace/event-stream.js";
export { untraced } from "./trace/trace-state.js";
export { AccessWindow } from "./view/access-window.js";
export { AddressSpace } from "./space/address-space.js";
export type { AddressSpaceOptions, CrossSections, TranslationResult } from "./space/options.js";
export { CoalescedMmioQueue, type CoalescedMmioQueueOptions } from "./coalesced/queue.js";
export { DirtyLog, type DirtyLogStart, GlobalDirty } from "./dirty/log.js";
export {
  clearDirtyBitmap,
  flushRomDevice,
  resetDirty,
  setDirty,
  snapshotAndClearDirty,
} from "./dirty/region.js";
export { countDirtyPages, type DirtyRange, type DirtyRun, dirtyRuns } from "./dirty/runs.js";
export { DirtySnapshot } from "./dirty/snapshot.js";
export type { AccessOutcome, AccessRefusal } from "./explain/access-outcome.js";
export type {
  AccessLimits,
  AccessRules,
  AccessTarget,
  DeviceRules,
  GuardState,
} from "./explain/access-rules.js";
export { explain, type ExplainOptions } from "./explain/explain.js";
export { Explanation } from "./explain/explanation.js";
export type { ExplanationFields, LookupOutcome, TranslationOutcome } from "./explain/found.js";
export { formatExplanation } from "./explain/format.js";
export type { HiddenReason, HiddenRegion } from "./explain/hidden.js";
export type { PathStep, PathStepEntry } from "./explain/path-step.js";
export {
  findSection,
  type FlatViewCallback,
  flatViewForEachRange,
  isPresent,
} from "./space/find-section.js";
export { FlatRange, type RangeAttributes } from "./view/flat-range.js";
export { FlatView } from "./view/flat-view.js";
export { ListenerRegistration } from "./listeners/registration.js";
export { SystemListening } from "./listeners/system-listening.js";
export { Machine } from "./machine.js";
export { Mapping } from "./mapping/mapping.js";
export type { EventfdSection, MemoryListener } from "./listeners/memory-listener.js";
export { MemoryRegionSection, SectionCopy } from "./view/section.js";
export { mtree } from "./mtree/mtree.js";
export type { MtreeOptions } from "./mtree/options.js";
export type { RangeData } from "./inspect/range-text.js";
export type { WordPort } from "./access/word-port.js";
export type { RenderStatistics } from "./view/view-cache.js";
export * from "@mem/core";
