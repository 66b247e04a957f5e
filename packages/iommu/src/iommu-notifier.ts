import { type Address, AddressError, hex, type IommuTlbEntry, toAddress } from "@mem/core";
import { checkOptions, refuseArgument } from "@mem/core/plumbing";
import type { AddressSpace } from "@mem/flat";
import { Inspectable, type Summary } from "@mem/flat/plumbing";
import { NOTIFIER_OPTIONS } from "./arguments.js";
import { flagNames, IommuNotifierFlag } from "./notifier-flags.js";

export { IommuNotifierFlag } from "./notifier-flags.js";

/**
 * Options of an {@link IommuNotifier}.
 * @see {@link IommuNotifier}
 */
export interface IommuNotifierOptions {
  /** Events wanted, {@link IommuNotifierFlag} bits; at least one. */
  readonly flags: IommuNotifierFlag;
  /** First input address of interest, in bytes within the region; default 0. */
  readonly start?: Address;
  /** Last one, inclusive; default 2^64 - 1. */
  readonly end?: Address;
  /** The translation table of interest; default 0. */
  readonly iommuIdx?: number;
  /**
   * Treatment of a `MAP` whose entry begins before the range: `"as-recorded"`, the default, as by
   * QEMU, leaves the output address that of the whole entry; `"exact"` moves it along with the
   * input address, as a mirror of the table needs it: `iova + n` leads to `translatedAddr + n`.
   */
  readonly cropping?: "as-recorded" | "exact";
  /** Called with each change; what it throws is logged. */
  readonly notify: (entry: IommuTlbEntry<AddressSpace>, notifier: IommuNotifier) => void;
}

/**
 * Somebody who follows the changes of an IOMMU's translations (`IOMMUNotifier`).
 *
 * @example
 * const { IOTLB_EVENTS } = IommuNotifierFlag;
 * const notify: IommuNotifierOptions["notify"] = (entry) => console.log(entry.iova, entry.perm);
 * const iommu = machine.adopt(
 *   new WindowTableIommu(machine, { name: "iommu", size: 2n ** 32n, target: space }),
 * );
 * using _following = iommu.registerNotifier(new IommuNotifier({ flags: IOTLB_EVENTS, notify }));
 * iommu.addWindow({ iova: 0x5000, length: 0x1000, target: 0 }); // prints: 20480n 3
 */
export class IommuNotifier extends Inspectable {
  /** Events wanted, an OR of {@link IommuNotifierFlag} bits. */
  readonly flags: IommuNotifierFlag;
  /** First input address of interest, in bytes within the region. */
  readonly start: bigint;
  /** Last input address of interest, in bytes within the region; inclusive. */
  readonly end: bigint;
  /** Index of the translation table of interest. */
  readonly iommuIdx: number;
  /** Cropping of entries to the range. */
  readonly cropping: "as-recorded" | "exact";
  readonly #notify: IommuNotifierOptions["notify"];

  /**
   * @throws AddressError for flags that name no event, an empty range, or an index that is none;
   *   ArgumentError for options that are missing, unknown or of the wrong kind.
   */
  constructor(options: IommuNotifierOptions) {
    super();
    checkOptions(options, NOTIFIER_OPTIONS, refuseArgument);
    this.flags = options.flags;
    this.start = toAddress(options.start ?? 0, "start of a notifier");
    this.end = toAddress(options.end ?? (1n << 64n) - 1n, "end of a notifier");
    this.iommuIdx = options.iommuIdx ?? 0;
    this.cropping = options.cropping ?? "as-recorded";
    this.#notify = options.notify;
    if ((this.flags & ~IommuNotifierFlag.ALL) !== 0 || this.flags === 0) {
      throw new AddressError(`flags ${this.flags} name no events`, { rule: "notifier-flags" });
    }
    if (this.start > this.end) {
      throw new AddressError(`a notifier from ${hex(this.start)} to ${hex(this.end)}`, {
        rule: "notifier-range",
        address: this.start,
      });
    }
    if (!Number.isInteger(this.iommuIdx) || this.iommuIdx < 0) {
      throw new AddressError(`${this.iommuIdx} is no index of a translation table`, {
        rule: "notifier-index",
      });
    }
  }

  protected override summarize(): Summary {
    const { flags, start, end, iommuIdx, cropping } = this;
    const range = `${hex(start)}-${hex(end)}`;
    const facts = [range, `table ${iommuIdx}`, cropping === "exact" && "exact"];
    return { kind: "IommuNotifier", name: flagNames(flags), facts };
  }

  /** Flags by name, range and table; addresses are texts such as `"0x10"`. */
  toJSON(): object {
    const { flags, start, end, iommuIdx, cropping } = this;
    return { flags: flagNames(flags), start: hex(start), end: hex(end), iommuIdx, cropping };
  }

  /** Calls back with an entry as it is; for IOMMUs that replay their table themselves. */
  notify(entry: IommuTlbEntry<AddressSpace>): void {
    this.#notify(entry, this);
  }
}
