/** One mapping of a scripted IOMMU; addresses and sizes in bytes. */
export interface IommuMapping<Target> {
  readonly iova: bigint;
  readonly pa: bigint;
  readonly size: bigint;
  /** Bit 0: read, bit 1: write. */
  readonly perm: number;
  readonly target: Target;
}

/** The mappings of a scripted IOMMU, one list for each index. Of overlapping ones the oldest counts. */
export class IommuTable<Target> {
  readonly #byIndex = new Map<number, IommuMapping<Target>[]>();

  /** Adds a mapping. */
  add(index: number, mapping: IommuMapping<Target>): void {
    this.#byIndex.set(index, [...this.#at(index), mapping]);
  }

  /** Removes the mappings that overlap `[iova, iova + size)`; returns how many there were. */
  remove(index: number, iova: bigint, size: bigint): number {
    const before = this.#at(index);
    const kept = before.filter(
      (mapping) => mapping.iova >= iova + size || iova >= mapping.iova + mapping.size,
    );
    this.#byIndex.set(index, kept);
    return before.length - kept.length;
  }

  /** The mapping that contains `addr`, null when none does. */
  find(index: number, addr: bigint): IommuMapping<Target> | null {
    const contains = (mapping: IommuMapping<Target>) =>
      addr >= mapping.iova && addr < mapping.iova + mapping.size;
    return this.#at(index).find(contains) ?? null;
  }

  /** All mappings of an index by ascending input address. */
  ascending(index: number): IommuMapping<Target>[] {
    return this.#at(index).toSorted((a, b) => (a.iova < b.iova ? -1 : a.iova > b.iova ? 1 : 0));
  }

  #at(index: number): readonly IommuMapping<Target>[] {
    return this.#byIndex.get(index) ?? [];
  }
}
