/// <reference lib="esnext.disposable" preserve="true" />
/** The region graph of `@mem/core`: regions, RAM blocks, MMIO access rules, transactions. */
export * from "./address.js";
export { type CoalescedQueue, CoalescedQueues } from "./coalesced-queues.js";
export * from "./coalescing.js";
export { type DamageSink, MAX_RENDER_DEPTH } from "./damage.js";
export { Data64 } from "./data64.js";
export { DeviceObject, TYPE_DEVICE } from "./device.js";
export { DirtyBitmap } from "./dirty-bitmap.js";
export * from "./errors.js";
export { type EventCounter, EventIterator, LocalEventCounter } from "./event-counter.js";
export { EventNotifier, type EventNotifierOptions } from "./event-notifier.js";
export { SharedEventCounter } from "./shared-event-counter.js";
export * from "./ioeventfd.js";
export * from "./iommu-hook.js";
export type { MemoryLeak } from "./leaks.js";
export { joinErrors, ListenerError, type ListenerFailure } from "./listener-error.js";
export * from "./mem-op.js";
export * from "./mem-tx.js";
export { MemoryRegion, TYPE_MEMORY_REGION } from "./memory-region.js";
export {
  type LogCategory,
  MemorySystem,
  type MemorySystemOptions,
  type ViewLayer,
} from "./memory-system.js";
export { CALLBACK_THREW, fastMmioRead, fastMmioWrite, NOT_FAST } from "./mmio-fast.js";
export {
  enterRegion,
  leaveRegion,
  MAX_NESTED_CALLBACKS,
  MAX_REENTRIES,
  MAX_REENTRY_DEPTH,
  mayNest,
  refuseEntry,
} from "./mmio-guard.js";
export type {
  AccessSizes,
  MmioCallbacks,
  MmioOps,
  ResolvedMmioOps,
  ValidAccess,
  WideMmioOps,
} from "./mmio-ops.js";
export { accessChunk } from "./mmio-valid.js";
export { DIRTY_CLIENTS, DirtyClient, RamBlock, type StoreNotes } from "./ram-block.js";
export type { SuppliedMemory } from "./ram-memory.js";
export { RAM_CHUNK_BYTES, type RamSource } from "./ram-sparse.js";
export type { RamSpan, RamStorage } from "./ram-storage.js";
export type { GrowingMemory } from "./ram-wasm.js";
export { type RamBacking, syncRam } from "./ram-backing.js";
export { Reclaimer } from "./reclaimer.js";
export { MAX_ALIAS_CHAIN } from "./region-checks.js";
export * from "./region-eventfds.js";
export * from "./region-options.js";
export { RegionIdentity } from "./region-identity.js";
export type { RegionKind, RegionSpec } from "./region-spec.js";
export { type CommitHandler, MAX_COMMIT_ROUNDS, Transactions } from "./transactions.js";
