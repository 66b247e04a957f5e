import { IommuAccess, MemoryRegion, type MemTxAttrs, TYPE_MEMORY_REGION } from "@mem/core";
import type { AddressSpace, Machine } from "@mem/flat";
import { IOMMU_WALK } from "@mem/flat/plumbing";

/** How a region is to translate. */
export interface TranslatingOptions {
  readonly name: string;
  readonly size: bigint;
  /** What `translate` answers, of whatever kind. */
  readonly translate: (addr: bigint, flag: IommuAccess) => unknown;
  readonly attrsToIndex?: (attrs: MemTxAttrs) => number;
}

/** A region that translates as it is told. */
export function translating(machine: Machine, options: TranslatingOptions): MemoryRegion {
  const { name, size, translate, attrsToIndex = () => 0 } = options;
  class Translating extends MemoryRegion {
    override get iommu() {
      return { attrsToIndex, translate: translate as () => never, walk: IOMMU_WALK };
    }
  }
  const init = { objects: machine.objects, klass: machine.objects.types.get(TYPE_MEMORY_REGION) };
  const spec = { kind: "iommu", name, owner: null, size } as const;
  return machine.adopt(new Translating(init, machine, spec));
}

/** Pages of 4 KiB that are translated by a table, which may change at any time. */
export function pagedIommu(machine: Machine, target: AddressSpace, pages: number) {
  const table: (number | null)[] = new Array<number | null>(pages).fill(null);
  const region = translating(machine, {
    name: "iommu",
    size: BigInt(pages) * 0x1000n,
    translate: (addr) => {
      const page = table[Number(addr >> 12n)] ?? null;
      return {
        targetAs: page === null ? null : target,
        iova: addr & ~0xfffn,
        translatedAddr: BigInt(page ?? 0) << 12n,
        addrMask: 0xfffn,
        perm: page === null ? IommuAccess.NONE : IommuAccess.RW,
      };
    },
  });
  return { table, region };
}
