/// <reference lib="esnext.disposable" preserve="true" />
/** The region graph of `@mem/core`: regions, RAM blocks, MMIO access rules, transactions. */
export * from "./address.js";
export { anOwner, aRegion, refuseArgument, refuseRegionOptions } from "./arguments.js";
export { CallbackEntry, CallbackList } from "./events/callback-list.js";
export { type CoalescedQueue, CoalescedQueues } from "./events/coalesced-queues.js";
export * from "./events/coalescing.js";
export { MAX_RENDER_DEPTH } from "./tree/damage.js";
export type { DamageSink } from "./tree/damage-sink.js";
export { Data64 } from "./access/data64.js";
export { DeviceObject, TYPE_DEVICE } from "./mmio/device.js";
export type { DeviceClass, DeviceInit, DeviceOptions } from "./mmio/make-device.js";
export { DirtyBitmap } from "./ram/dirty-bitmap.js";
export * from "./errors.js";
export {
  checkArgument,
  checkOptions,
  MemError,
  type MemErrorDetails,
  option,
  type OptionKind,
  type OptionRefusal,
  type OptionRule,
  type OptionTable,
} from "@mem/qom";
export { type EventCounter, EventIterator, LocalEventCounter } from "./events/counter.js";
export {
  EventNotifier,
  type EventNotifierOptions,
  type SignalOptions,
  type SignalQueue,
} from "./events/notifier.js";
export { SharedEventCounter } from "./events/shared-counter.js";
export * from "./mmio/ioeventfd.js";
export * from "./region/iommu-hook.js";
export { attemptAll } from "./system/belongings.js";
export { type BottomHalfOptions, MAX_BOTTOM_HALVES } from "./system/bottom-halves.js";
export type { MemoryLeak } from "./system/leaks.js";
export { joinErrors, ListenerError, type ListenerFailure } from "./system/listener-error.js";
export * from "./access/mem-op.js";
export * from "./access/mem-tx.js";
export { MemoryRegion, TYPE_MEMORY_REGION } from "./region/memory-region.js";
export { type LogCategory, type LoggedCauses, MAX_LOGGED_CAUSES } from "./log.js";
export { MemorySystem, type MemorySystemOptions } from "./system/memory-system.js";
export { CALLBACK_THREW, fastMmioRead, fastMmioWrite, NOT_FAST } from "./mmio/fast-path.js";
export {
  enterRegion,
  leaveRegion,
  MAX_NESTED_CALLBACKS,
  MAX_REENTRIES,
  MAX_REENTRY_DEPTH,
  mayNest,
  refuseEntry,
} from "./mmio/guard.js";
export type {
  AccessSizes,
  MmioCallbacks,
  MmioOps,
  ValidAccess,
  WideMmioOps,
} from "./mmio/callbacks.js";
export type { ResolvedMmioOps } from "./mmio/resolved-ops.js";
export { accessChunk } from "./mmio/rules.js";
export { DIRTY_CLIENTS, DirtyClient, RamBlock, type StoreNotes } from "./ram/block.js";
export type { SuppliedMemory } from "./ram/supplied.js";
export { RAM_CHUNK_BYTES, type RamSource } from "./ram/sparse.js";
export type { RamSpan, RamStorage } from "./ram/storage.js";
export type { GrowingMemory } from "./ram/wasm.js";
export type { RamBacking } from "./ram/backing.js";
export { syncRam } from "./ram/sync.js";
export type { PlaceOptions } from "./tree/node.js";
export { Reclaimer } from "./system/reclaimer.js";
export { MAX_ALIAS_CHAIN } from "./region/checks.js";
export * from "./events/region-eventfds.js";
export * from "./region/options.js";
export { RegionIdentity } from "./region/identity.js";
export type { RegionKind, RegionSpec } from "./region/spec.js";
export {
  assertSynchronous,
  isThenable,
  runSynchronously,
  whenRejected,
} from "./system/synchronous.js";
export { SystemServices } from "./system/services.js";
export type { ViewLayer } from "./system/view-layer.js";
export { type CommitHandler, MAX_COMMIT_ROUNDS, Transactions } from "./system/transactions.js";
