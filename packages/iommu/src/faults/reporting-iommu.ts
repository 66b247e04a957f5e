import {
  hex,
  IommuAccess,
  type IommuTlbEntry,
  type MemorySystem,
  type MemTxAttrs,
  RegionOptionsError,
} from "@mem/core";
import { checkOptions, refuseRegionOptions, internalsOf } from "@mem/core/plumbing";
import type { AddressSpace } from "@mem/flat";
import type { Ink } from "@mem/qom";
import { IOMMU_OPTIONS } from "../arguments.js";
import { accessWord } from "../texts.js";
import { IommuMemoryRegion, type IommuRegionOptions } from "../iommu-memory-region.js";
import { FaultLog } from "./fault-log.js";
import type { IommuFaultReason } from "./iommu-fault.js";

const MAX_INDEXES = 0x7fff_ffff;

/**
 * Options of a {@link ReportingIommu}.
 * @see {@link ReportingIommu}
 */
export interface ReportingIommuOptions extends IommuRegionOptions {
  /** Translation tables, 1 to 2^31 - 1; default 1. */
  readonly indexes?: number;
  /**
   * The table that the attributes of a transaction choose; default: table 0 for all. An answer
   * that names no table makes the translation a fault, `no-table`.
   */
  readonly attrsToIndex?: (attrs: MemTxAttrs) => number;
  /** Fault records to keep, 1 to 65536; default 16. */
  readonly faultRecords?: number;
}

/**
 * An IOMMU that records why it refused a translation. A subclass answers with {@link refuse}
 * where it finds nothing, and with {@link refuseMapped} where a permission is missing.
 */
export abstract class ReportingIommu extends IommuMemoryRegion {
  /** Translations that were refused. */
  readonly faults: FaultLog;
  readonly #indexes: number;
  readonly #attrsToIndex: ((attrs: MemTxAttrs) => number) | undefined;

  /** @throws RegionOptionsError for a number of tables or fault records that is none. */
  constructor(system: MemorySystem, options: ReportingIommuOptions) {
    checkOptions(options, IOMMU_OPTIONS, refuseRegionOptions);
    const { indexes = 1 } = options;
    if (!Number.isSafeInteger(indexes) || indexes < 1 || indexes > MAX_INDEXES) {
      throw new RegionOptionsError(`an IOMMU with ${indexes} translation tables`, {
        rule: "iommu-indexes",
        region: options.name ?? undefined,
      });
    }
    super(system, options);
    this.#indexes = indexes;
    this.#attrsToIndex = options.attrsToIndex;
    this.faults = new FaultLog(options.faultRecords, (error) => this.logCallbackError(error));
  }

  override numIndexes(): number {
    return this.#indexes;
  }

  override attrsToIndex(attrs: MemTxAttrs): number {
    return this.#attrsToIndex?.(attrs) ?? 0;
  }

  /** Data of the region, with the number of tables and {@link faults}. */
  override toJSON(): object {
    return { ...super.toJSON(), indexes: this.#indexes, faults: this.faults.toJSON() };
  }

  protected override *outlineLines(ink: Ink): Generator<string> {
    yield* super.outlineLines(ink);
    yield `${ink("tables", "faint")} ${this.#indexes}`;
    yield `${ink("faults", "faint")} ${String(this.faults)}`;
  }

  /**
   * Records a fault, and logs it if it is the first of its cause. A question, which wants no
   * permission (`NONE`), is no access and faults not.
   */
  protected fault(
    iova: bigint,
    access: IommuAccess,
    iommuIdx: number,
    reason: IommuFaultReason,
  ): void {
    if (access === IommuAccess.NONE) return;
    this.system.logOnce(
      `iommu-fault:${this.id}:${reason}:${access}`,
      "guest_error",
      `${this.describe()}: ${accessWord(access)} at ${hex(iova)} refused: ` +
        `${reason}, table ${iommuIdx}; faults like it are recorded and not logged`,
      internalsOf(this),
    );
    this.faults.record({ iova, access, iommuIdx, reason });
  }

  /** Records a fault; the answer is an entry for the smallest page that allows nothing. */
  protected refuse(
    iova: bigint,
    access: IommuAccess,
    iommuIdx: number,
    reason: IommuFaultReason,
  ): IommuTlbEntry<AddressSpace> {
    this.fault(iova, access, iommuIdx, reason);
    const addrMask = this.getMinPageSize() - 1n;
    return {
      targetAs: null,
      iova: iova & ~addrMask,
      translatedAddr: 0n,
      addrMask,
      perm: IommuAccess.NONE,
    };
  }

  /** The entry itself; a permission that it lacks is recorded as a fault. */
  protected refuseMapped(
    entry: IommuTlbEntry<AddressSpace>,
    iova: bigint,
    access: IommuAccess,
    iommuIdx: number,
  ): IommuTlbEntry<AddressSpace> {
    if ((access & ~entry.perm) !== 0) this.fault(iova, access, iommuIdx, "permission");
    return entry;
  }

  /** @throws RegionOptionsError when there is no such table. */
  protected checkIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.numIndexes()) return;
    throw new RegionOptionsError(`${this.describe()}: table ${index} of ${this.numIndexes()}`, {
      rule: "iommu-index",
      region: this.describe(),
    });
  }
}
