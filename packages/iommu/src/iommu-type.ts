import { type MemorySystem, RegionOptionsError, TYPE_MEMORY_REGION } from "@mem/core";
import type { ObjectInit } from "@mem/qom";

/** QOM type name of IOMMU regions. */
export const TYPE_IOMMU_MEMORY_REGION = "iommu-memory-region";

/**
 * The arguments that an object of an IOMMU type is made with. A type that is not known yet is registered as
 * one derived from {@link TYPE_IOMMU_MEMORY_REGION}.
 * @throws RegionOptionsError for a known type that is derived from another
 */
export function iommuInit(system: MemorySystem, type: string): ObjectInit {
  const { types } = system.objects;
  if (!types.has(TYPE_IOMMU_MEMORY_REGION)) {
    types.register({ name: TYPE_IOMMU_MEMORY_REGION, parent: TYPE_MEMORY_REGION });
  }
  if (!types.has(type)) types.register({ name: type, parent: TYPE_IOMMU_MEMORY_REGION });
  const klass = types.get(type);
  if (!klass.isA(TYPE_IOMMU_MEMORY_REGION)) {
    throw new RegionOptionsError(`type ${type} is not an ${TYPE_IOMMU_MEMORY_REGION}`, {
      rule: "iommu-type",
    });
  }
  return { objects: system.objects, klass };
}
