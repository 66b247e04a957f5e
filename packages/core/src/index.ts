/// <reference lib="esnext.disposable" preserve="true" />
/** The region graph of `@mem/core`: regions, RAM blocks, MMIO access rules, transactions. */
export { Data64 } from "./access/data64.js";
export * from "./access/mem-op.js";
export * from "./access/mem-tx.js";
export {
  type Address,
  ADDRESS_MAX,
  ADDRESS_SPACE_END,
  GiB,
  hex,
  KiB,
  MiB,
  PAGE_SIZE,
  TiB,
  toAddress,
  toSize,
} from "./address.js";
export {
  AddressError,
  ArgumentError,
  LifecycleError,
  type MemoryErrorDetails,
  MemoryModelError,
  NotifierError,
  RamBlockError,
  RegionOptionsError,
  TopologyError,
  TransactionError,
} from "./errors.js";
export * from "./events/coalescing.js";
export { type EventCounter, EventIterator, LocalEventCounter } from "./events/counter.js";
export {
  EventNotifier,
  type EventNotifierOptions,
  type SignalOptions,
  type SignalQueue,
} from "./events/notifier.js";
export * from "./events/region-eventfds.js";
export { SharedEventCounter } from "./events/shared-counter.js";
export { type LogCategory, MAX_LOGGED_CAUSES } from "./log.js";
export type {
  AccessSizes,
  MmioCallbacks,
  MmioOps,
  ValidAccess,
  WideMmioOps,
} from "./mmio/callbacks.js";
export { DeviceObject, TYPE_DEVICE } from "./mmio/device.js";
export { MAX_NESTED_CALLBACKS, MAX_REENTRIES, MAX_REENTRY_DEPTH } from "./mmio/guard.js";
export type { Ioeventfd } from "./mmio/ioeventfd.js";
export type { DeviceClass, DeviceInit, DeviceOptions } from "./mmio/make-device.js";
export type { ResolvedMmioOps } from "./mmio/resolved-ops.js";
export type { RamBacking } from "./ram/backing.js";
export { DirtyClient, RamBlock } from "./ram/block.js";
export { type CodeStored, CodeWatch } from "./ram/code-watch.js";
export { DirtyBitmap } from "./ram/dirty-bitmap.js";
export { RAM_CHUNK_BYTES, type RamSource } from "./ram/sparse.js";
export type { RamSpan, RamStorage } from "./ram/storage.js";
export type { SuppliedMemory } from "./ram/supplied.js";
export type { GrowingMemory } from "./ram/wasm.js";
export { MAX_ALIAS_CHAIN } from "./region/checks.js";
export { IommuAccess, type IommuTlbEntry } from "./region/iommu-hook.js";
export { MemoryRegion, TYPE_MEMORY_REGION } from "./region/memory-region.js";
export * from "./region/options.js";
export type { RegionSystem } from "./region/host.js";
export type { RegionKind } from "./region/spec.js";
export { type BottomHalfOptions, MAX_BOTTOM_HALVES } from "./system/bottom-halves.js";
export type { MemoryLeak } from "./system/leaks.js";
export { ListenerError, type ListenerFailure } from "./system/listener-error.js";
export { MemorySystem, type MemorySystemOptions } from "./system/memory-system.js";
export { MAX_COMMIT_ROUNDS } from "./system/transactions.js";
export type { PlaceOptions } from "./tree/node.js";
export { MemError, type MemErrorDetails } from "@mem/qom";
