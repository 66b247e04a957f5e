/** IOMMU regions: translation of a device's addresses, and those who follow its changes. */
export { IommuRefusedError, NotAnIommuError } from "./errors.js";
export { cropEntry, type IommuEvent } from "./iommu-event.js";
export {
  IommuMemoryRegion,
  type IommuRegionOptions,
  TYPE_IOMMU_MEMORY_REGION,
} from "./iommu-memory-region.js";
export { IommuNotifier, IommuNotifierFlag, type IommuNotifierOptions } from "./iommu-notifier.js";
export { iommuOf, registerNotifier, unregisterNotifier } from "./iommu-of.js";
export { IommuAccess, type IommuTlbEntry, type IommuTranslator } from "@mem/core";
