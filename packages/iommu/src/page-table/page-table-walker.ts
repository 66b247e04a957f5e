import { IommuAccess } from "@mem/core";
import type { IommuFaultReason } from "../faults/iommu-fault.js";
import { levelShift, type PageTableShape } from "./page-table-format.js";
import type { TableMemory } from "./table-memory.js";

const TWO_TO_32 = 2 ** 32;
const ENTRIES = 512;

/** Receiver of what {@link PageTableWalker.visit} finds. */
export interface MappingVisitor {
  /** A page of 2^shift bytes at `iova` leads to `base`; `false` ends the visit. */
  page(iova: number, base: number, shift: number, perm: IommuAccess): boolean;
}

/** A visit of the pages that touch the input addresses `first` to `last`. */
interface Visit {
  readonly first: number;
  readonly last: number;
  readonly visitor: MappingVisitor;
}

/** Entries that one visit reads; those that are slow to read count more. */
const MAX_VISIT_COST = 1 << 25;

/**
 * Walks page tables in memory. The number of levels bounds a walk, whatever the tables hold, so
 * one that leads back to itself ends too. After {@link walk} the fields describe the page.
 */
export class PageTableWalker {
  /** Output address of the page. */
  base = 0;
  /** The page has 2^shift bytes. */
  shift = 0;
  /** The permissions that all entries on the way allow. */
  perm: IommuAccess = IommuAccess.NONE;
  /** True if the page is marked dirty. */
  isDirty = false;
  /** A walk is under way. */
  isBusy = false;

  readonly #memory: TableMemory;
  readonly #shape: PageTableShape;
  /** Bits of an entry's upper half that no output address may have. */
  readonly #reservedHigh: number;
  readonly #entryAddresses = new Float64Array(5);
  readonly #entryLows = new Uint32Array(5);

  constructor(memory: TableMemory, shape: PageTableShape) {
    this.#memory = memory;
    this.#shape = shape;
    const usable = shape.addressBits >= 52 ? 0xfffff : 2 ** (shape.addressBits - 32) - 1;
    this.#reservedHigh = 0xfffff & ~usable;
  }

  /**
   * Looks for the page of an input address; `null` when it was found. Permissions are the
   * caller's to check.
   * @param root address of the top table.
   */
  walk(root: number, iova: number): IommuFaultReason | null {
    let table = root;
    let perm: IommuAccess = IommuAccess.RW;
    for (let level: number = this.#shape.levels; level > 0; level--) {
      const shift = levelShift(level);
      const at = table + (Math.floor(iova / 2 ** shift) % ENTRIES) * 8;
      if (!this.#memory.read(at)) return "table-access";
      const reason = this.#check(level);
      if (reason !== null) return reason;
      const { lo } = this.#memory;
      this.#entryAddresses[level] = at;
      this.#entryLows[level] = lo;
      perm &= this.#permOf(lo);
      table = this.#address();
      if (this.#isPage(level)) {
        this.base = Math.floor(table / 2 ** shift) * 2 ** shift;
        this.shift = shift;
        this.perm = perm;
        this.isDirty = (lo & this.#shape.format.dirty) !== 0;
        return null;
      }
    }
    return "not-mapped";
  }

  /**
   * Marks the entries of the last walk as used, and the page as dirty.
   * @returns `false` when a table cannot be written.
   */
  markUsed(isWrite: boolean): boolean {
    const { accessed, dirty } = this.#shape.format;
    for (let level: number = this.#shape.levels; level > 0; level--) {
      const isLeaf = levelShift(level) === this.shift;
      const lo = this.#entryLows[level] ?? 0;
      const marked = (lo | accessed | (isLeaf && isWrite ? dirty : 0)) >>> 0;
      if (marked !== lo && !this.#memory.writeLow(this.#entryAddresses[level] ?? 0, marked)) {
        return false;
      }
      if (isLeaf) break;
    }
    if (isWrite) this.isDirty = true;
    return true;
  }

  /**
   * Tells each page that touches the input addresses `first` to `last` and allows something,
   * ascending. Entries that a walk would refuse are passed over.
   * @returns the address from where on nothing was told, because that was too much to read or
   *   the visitor ended it; `null` when all was.
   */
  visit(root: number, first: number, last: number, visitor: MappingVisitor): number | null {
    this.#memory.cost = 0;
    const visit = { first, last, visitor };
    return this.#visitTable(visit, root, this.#shape.levels, 0, IommuAccess.RW);
  }

  #visitTable(
    visit: Visit,
    table: number,
    level: number,
    start: number,
    above: IommuAccess,
  ): number | null {
    const { first, last, visitor } = visit;
    const size = 2 ** levelShift(level);
    const from = Math.max(0, Math.floor((first - start) / size));
    const to = Math.min(ENTRIES - 1, Math.floor((last - start) / size));
    for (let i = from; i <= to; i++) {
      const iova = start + i * size;
      if (this.#memory.cost > MAX_VISIT_COST) return iova;
      if (!this.#memory.read(table + i * 8) || this.#check(level) !== null) continue;
      const perm = above & this.#permOf(this.#memory.lo);
      if (perm === IommuAccess.NONE) continue;
      const target = this.#address();
      if (this.#isPage(level)) {
        const base = Math.floor(target / size) * size;
        if (!visitor.page(iova, base, levelShift(level), perm)) return iova;
      } else {
        const missed = this.#visitTable(visit, target, level - 1, iova, perm);
        if (missed !== null) return missed;
      }
    }
    return null;
  }

  /** The fault of the entry that was read, as one of `level`. */
  #check(level: number): IommuFaultReason | null {
    const { lo, hi } = this.#memory;
    const { format, pageSizes } = this.#shape;
    if ((lo & format.present) === 0) return "not-mapped";
    if ((hi & this.#reservedHigh) !== 0) return "reserved-bit";
    if (!this.#isPage(level)) return null;
    const shift = levelShift(level);
    if (shift > 30 || (pageSizes & (1 << shift)) === 0) return "page-size";
    const low = (2 ** shift - 1) & ~0xfff & ~format.ignoredInLarge;
    return (lo & low) === 0 ? null : "reserved-bit";
  }

  #isPage(level: number): boolean {
    return level === 1 || (this.#memory.lo & this.#shape.format.large) !== 0;
  }

  #permOf(lo: number): IommuAccess {
    const { read, write } = this.#shape.format;
    return (
      ((lo & read) !== 0 ? IommuAccess.RO : IommuAccess.NONE) |
      ((lo & write) !== 0 ? IommuAccess.WO : IommuAccess.NONE)
    );
  }

  #address(): number {
    const { lo, hi } = this.#memory;
    return (hi & 0xfffff) * TWO_TO_32 + ((lo & ~0xfff) >>> 0);
  }
}
