import type { MemoryRegion } from "@mem/core";
import { checkRegion, internalsOf } from "@mem/core/plumbing";
import { NotAnIommuError } from "./errors.js";
import { IommuMemoryRegion } from "./iommu-memory-region.js";
import type { IommuNotifier } from "./iommu-notifier.js";

/**
 * The IOMMU that a region is, or is an alias of; `null` for others (`memory_region_get_iommu`).
 *
 * @example
 * const iommu = machine.adopt(
 *   new WindowTableIommu(machine, { name: "iommu", size: 0x10000, target: space }),
 * );
 * const alias = machine.alias({ name: "alias", size: 0x1000, target: iommu });
 * console.log(iommuOf(alias) === iommu, iommuOf(ram)); // prints: true null
 */
export function iommuOf(region: MemoryRegion): IommuMemoryRegion | null {
  checkRegion(region, "iommuOf");
  const { iommu } = internalsOf(region);
  return iommu instanceof IommuMemoryRegion ? iommu : null;
}

/**
 * {@link IommuMemoryRegion.registerNotifier}, also through aliases.
 * @throws NotAnIommuError when the region does not translate.
 */
export function registerNotifier(region: MemoryRegion, notifier: IommuNotifier): Disposable {
  checkRegion(region, "registerNotifier");
  return need(region).registerNotifier(notifier);
}

/**
 * {@link IommuMemoryRegion.unregisterNotifier}, also through aliases.
 * @throws NotAnIommuError when the region does not translate.
 */
export function unregisterNotifier(region: MemoryRegion, notifier: IommuNotifier): void {
  checkRegion(region, "unregisterNotifier");
  need(region).unregisterNotifier(notifier);
}

function need(region: MemoryRegion): IommuMemoryRegion {
  const iommu = iommuOf(region);
  if (iommu === null) throw new NotAnIommuError(region.describe());
  return iommu;
}
