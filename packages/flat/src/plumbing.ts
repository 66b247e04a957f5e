/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Parts that packages beside this one build on, and nobody else: ways of their own to memory, checks of
 * arguments, texts for `console.log`. It may change with any version. `docs/PLUMBING.md` has a
 * section about it.
 */
export { aMachine, anAddressSpace, checkMachine, checkSpace } from "./arguments.js";
export type { AccessKind, AccessObserver, EndedPiece } from "./access/access-observer.js";
export { MAX_IOMMU_HOPS } from "./translation/ask-iommu.js";
export { checkIommuAnswer } from "./translation/iommu-answer.js";
export { IOMMU_WALK } from "./translation/iommu-walk.js";
export { contiguousLength } from "./mapping/mapping.js";
export { type AccessInitiator, MemAccess } from "./access/mem-access.js";
export { performAccess } from "./access/perform-access.js";
export { ScratchStack } from "./access/scratch.js";
export { translate, Translation } from "./translation/translation.js";
export { loadDataAt, storeDataAt } from "./access/word-access.js";
export { refuseNoBigint, refuseNoNumber } from "./access/words.js";
export { MAX_EXPLAIN_VISITS } from "./explain/graph-search.js";
export {
  dataOf,
  Inspectable,
  inspectSummary,
  type Summary,
  summaryLine,
} from "./inspect/summary.js";
export { memberOf } from "./space/address-space.js";
export { AddressSpaces } from "./space/address-spaces.js";
export { SpaceMember } from "./space/member.js";
export { MAX_RENDER_VISITS } from "./view/render.js";
export { effectiveRoot } from "./view/view-root.js";
