/** RAM that is populated in part: who decides it, who follows it, and who must not have it. */
export { BitmapRamDiscardManager } from "./bitmap-manager.js";
export { DiscardInhibitor } from "./discard-inhibitor.js";
export { DiscardStatus } from "./discard-status.js";
export type {
  RamDiscardListener,
  RamDiscardManager,
  ReplayRamSection,
} from "./ram-discard-manager.js";
export {
  getRamDiscardManager,
  hasRamDiscardManager,
  setRamDiscardManager,
} from "./region-manager.js";
export { type IotlbTarget, translateIotlb } from "./translate-iotlb.js";
