/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Entry for the packages beside this one, and for nobody else: hooks for views and dispatch, parts
 * of device accesses, checks of arguments. It may change with any version. `docs/PLUMBING.md` has a
 * section about it.
 */
export { loadPart, storePart } from "./access/data64.js";
export { addWrapped, checkAddress, isExactNumber, narrow, pageAlign } from "./address.js";
export {
  anOwner,
  aRegion,
  checkBytes,
  checkRegion,
  refuseArgument,
  refuseRegionOptions,
} from "./arguments.js";
export { errorText } from "./errors.js";
export { CallbackEntry, CallbackList } from "./events/callback-list.js";
export { type CoalescedQueue, CoalescedQueues } from "./events/coalesced-queues.js";
export type { LoggedCauses } from "./log.js";
export { dispatchRead, dispatchWrite } from "./mmio/dispatch.js";
export { CALLBACK_THREW, fastMmioRead, fastMmioWrite, NOT_FAST } from "./mmio/fast-path.js";
export { beginCallback, endCallback, mayNest, refuseReentry } from "./mmio/guard.js";
export { compareIoeventfds, firstIoeventfd, type IoeventfdChange } from "./mmio/ioeventfd.js";
export { accessChunk } from "./mmio/rules.js";
export {
  type BlockInternals,
  blockInternals,
  DIRTY_CLIENTS,
  type DeferredMarks,
} from "./ram/block.js";
export { RegionIdentity } from "./region/identity.js";
export type { IommuTranslator, IommuWalk } from "./region/iommu-hook.js";
export {
  attributeRows,
  attributeWords,
  INHERITED_ATTRIBUTES,
  REGION_ATTRIBUTES,
  type RegionAttribute,
  type RegionAttributeName,
  SHOWN_ATTRIBUTES,
} from "./region/attributes.js";
export { internalsOf, type RegionInternals } from "./region/memory-region.js";
export type { RegionSpec } from "./region/spec.js";
export { attemptAll } from "./system/belongings.js";
export { joinErrors } from "./system/listener-error.js";
export { type SystemInternals, systemInternals } from "./system/memory-system.js";
export { Reclaimer } from "./system/reclaimer.js";
export { SystemServices } from "./system/services.js";
export { isThenable, runSynchronously, whenRejected } from "./system/synchronous.js";
export { type CommitHandler, Transactions } from "./system/transactions.js";
export type { ViewLayer } from "./system/view-layer.js";
export { MAX_RENDER_DEPTH } from "./tree/damage.js";
export type { DamageSink } from "./tree/damage-sink.js";
export {
  aBigint,
  aFlag,
  aFunction,
  aList,
  anAddress,
  anInstance,
  aNumber,
  anyObject,
  anything,
  aText,
  checkArgument,
  checkOptions,
  described,
  oneOf,
  type OptionKind,
  type OptionRefusal,
  type OptionTable,
  orNull,
  someBytes,
} from "@mem/qom/plumbing";
