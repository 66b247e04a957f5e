import type { IommuTlbEntry, MemTxAttrs, RegionOptions } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { IommuMemoryRegion, type IommuNotifier } from "@mem/iommu";
import { hex } from "../format-number.js";
import type { Journal } from "../journal.js";
import type { OpFields } from "../op-fields.js";
import { IommuTable, type IommuMapping } from "./iommu-table.js";

/** What a refused call returns (-EINVAL). */
const EINVAL = -22;

/** An IOMMU of a script: its table is edited by operations, its callbacks are logged. */
export type ScriptedIommu = MinimalIommu;

/** Creates the IOMMU region that an operation describes; it has yet to be adopted. */
export function scriptedIommu(
  harness: Journal,
  options: RegionOptions,
  op: OpFields,
): ScriptedIommu {
  const kind = op.text("class", "ms-iommu");
  switch (kind) {
    case "ms-iommu":
      return new FullIommu(harness, options, op);
    case "ms-iommu-min":
      return new MinimalIommu(harness, options, op);
    case "ms-iommu-replay":
      return new ReplayingIommu(harness, options, op);
    default:
      throw new TypeError(`unknown class of IOMMU "${kind}"`);
  }
}

/** `ms-iommu-min`: implements nothing but the translation. */
export class MinimalIommu extends IommuMemoryRegion {
  readonly table = new IommuTable<AddressSpace>();
  protected readonly harness: Journal;
  protected readonly page: bigint;
  protected readonly scriptId: string;

  constructor(harness: Journal, options: RegionOptions, op: OpFields) {
    super(harness.machine, { ...options, type: op.text("class", "ms-iommu") });
    this.harness = harness;
    this.scriptId = op.text("id");
    this.page = op.address("page", 0x1000n);
  }

  override translate(addr: bigint, flag: number, idx: number): IommuTlbEntry<AddressSpace> {
    const found = this.table.find(idx, addr);
    const entry = found === null ? this.#unmapped(addr) : entryOf(found);
    this.harness.record({
      cb: "translate",
      mr: this.scriptId,
      addr: hex(addr),
      flag,
      idx,
      iova: hex(entry.iova),
      xlat: hex(entry.translatedAddr),
      mask: hex(entry.addrMask),
      perm: entry.perm,
      target: this.harness.idOf(entry.targetAs),
    });
    return entry;
  }

  #unmapped(addr: bigint): IommuTlbEntry<AddressSpace> {
    const addrMask = this.page - 1n;
    const targetAs = this.harness.spaces.get("memory");
    return { targetAs, iova: addr & ~addrMask, translatedAddr: 0n, addrMask, perm: 0 };
  }
}

/** `ms-iommu`: several tables, a page size of its own, and a say in what may be notified. */
class FullIommu extends MinimalIommu {
  readonly #indexes: number;
  readonly #indexBy: string | null;
  readonly #refuse: number;

  constructor(harness: Journal, options: RegionOptions, op: OpFields) {
    super(harness, options, op);
    this.#indexes = op.integer("indexes", 1);
    this.#indexBy = op.textOrNull("idx_by");
    this.#refuse = op.integer("refuse", 0);
  }

  override getMinPageSize(): bigint {
    return this.page;
  }

  override numIndexes(): number {
    return this.#indexes;
  }

  override attrsToIndex(attrs: MemTxAttrs): number {
    if (this.#indexBy === "secure") return Number(attrs.secure) % this.#indexes;
    if (this.#indexBy === "rid") return attrs.requesterId % this.#indexes;
    return 0;
  }

  override notifyFlagChanged(oldFlags: number, newFlags: number): string | void {
    const ret = (newFlags & this.#refuse) === 0 ? 0 : EINVAL;
    this.harness.record({
      cb: "flag_changed",
      mr: this.scriptId,
      old: oldFlags,
      new: newFlags,
      ret,
    });
    return ret === 0 ? undefined : "flags refused";
  }
}

/** `ms-iommu-replay`: tells its whole table when asked to replay. */
class ReplayingIommu extends FullIommu {
  override replay(notifier: IommuNotifier): void {
    this.harness.record({ cb: "replay", mr: this.scriptId, idx: notifier.iommuIdx });
    for (const mapping of this.table.ascending(notifier.iommuIdx))
      notifier.notify(entryOf(mapping));
  }
}

function entryOf(mapping: IommuMapping<AddressSpace>): IommuTlbEntry<AddressSpace> {
  return {
    targetAs: mapping.target,
    iova: mapping.iova,
    translatedAddr: mapping.pa,
    addrMask: mapping.size - 1n,
    perm: mapping.perm,
  };
}
