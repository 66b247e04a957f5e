/// <reference lib="esnext.disposable" preserve="true" />
/** RAM that is populated in part: who decides it, who follows it, and who must not have it. */
export { BitmapRamDiscardManager } from "./bitmap/bitmap-manager.js";
export { BitmapRamDiscardSource, type BlockRange } from "./bitmap/bitmap-source.js";
export { DiscardInhibitor } from "./discard-inhibitor.js";
export { DiscardStatus } from "./discard-status.js";
export type { RamDiscardListener } from "./ram-discard-listener.js";
export { RamDiscardManager, type RamDiscardManagerOptions } from "./ram-discard-manager.js";
export type {
  AnnounceOptions,
  RamDiscardAnnouncer,
  RamDiscardSource,
  ReplayRamSection,
} from "./ram-discard-source.js";
export {
  addRamDiscardSource,
  getRamDiscardManager,
  hasRamDiscardManager,
  removeRamDiscardSource,
  setRamDiscardManager,
} from "./region-manager.js";
export { type IotlbTarget, translateIotlb } from "./translate-iotlb.js";
export {
  VirtioMemRequest,
  VirtioMemResponse,
  VirtioMemState,
  type VirtioMemStateAnswer,
} from "./virtio-mem/answers.js";
export type { VirtioMemListener } from "./virtio-mem/listeners.js";
export type { VirtioMemOptions } from "./virtio-mem/options.js";
export {
  handleVirtioMemRequest,
  VIRTIO_MEM_CONFIG_BYTES,
  VIRTIO_MEM_REQUEST_BYTES,
  VIRTIO_MEM_RESPONSE_BYTES,
  virtioMemConfig,
} from "./virtio-mem/protocol.js";
export type { VirtioMemSnapshot } from "./virtio-mem/snapshot.js";
export { VirtioMem } from "./virtio-mem/virtio-mem.js";
