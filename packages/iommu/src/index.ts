/** IOMMU regions: translation of a device's addresses, and those who follow its changes. */
export { IommuRefusedError, NotAnIommuError } from "./errors.js";
export { FaultLog, type FaultListener } from "./faults/fault-log.js";
export type { IommuFault, IommuFaultReason } from "./faults/iommu-fault.js";
export { ReportingIommu, type ReportingIommuOptions } from "./faults/reporting-iommu.js";
export { cropEntry, type IommuEvent } from "./iommu-event.js";
export {
  IommuMemoryRegion,
  type IommuRegionOptions,
  TYPE_IOMMU_MEMORY_REGION,
} from "./iommu-memory-region.js";
export { IommuNotifier, IommuNotifierFlag, type IommuNotifierOptions } from "./iommu-notifier.js";
export { iommuOf, registerNotifier, unregisterNotifier } from "./iommu-of.js";
export { Iotlb, type IotlbStatistics } from "./iotlb/iotlb.js";
export { DMA_FORMAT, type PageTableFormat, X86_FORMAT } from "./page-table/page-table-format.js";
export { PageTableIommu } from "./page-table/page-table-iommu.js";
export { ALL_PAGE_SIZES, type PageTableIommuOptions } from "./page-table/page-table-options.js";
export { MAX_REPLAY_STEPS } from "./replay.js";
export { IommuWindowError } from "./window-table/window-error.js";
export {
  WindowTableIommu,
  type WindowTableIommuOptions,
} from "./window-table/window-table-iommu.js";
export type { IommuWindow } from "./window-table/window.js";
export { IommuAccess, type IommuTlbEntry } from "@mem/core";
export { type IommuTranslator } from "@mem/core/plumbing";
