import { IommuAccess } from "@mem/core";
import { IommuNotifier, IommuNotifierFlag } from "@mem/iommu";

/** Somebody who keeps a copy of a table, and insists on hearing of no page twice. */
export class Mirror {
  readonly notifier: IommuNotifier;
  /** Input address of each page, and its size, output address and permission. */
  readonly pages = new Map<bigint, string>();
  readonly heard: string[] = [];

  constructor(options: { readonly iommuIdx?: number; readonly flags?: IommuNotifierFlag } = {}) {
    this.notifier = new IommuNotifier({
      flags: options.flags ?? IommuNotifierFlag.IOTLB_EVENTS,
      iommuIdx: options.iommuIdx ?? 0,
      notify: ({ iova, addrMask, translatedAddr, perm }) => {
        const last = iova | addrMask;
        const held = [...this.pages].filter(
          ([at, text]) => at <= last && at + BigInt(text.split(" ")[0] ?? 0) > iova,
        );
        if (perm === IommuAccess.NONE) {
          this.heard.push(`unmap ${iova.toString(16)}+${(addrMask + 1n).toString(16)}`);
          for (const [at] of held) this.pages.delete(at);
          return;
        }
        this.heard.push(`map ${iova.toString(16)}+${(addrMask + 1n).toString(16)}`);
        if (held.length > 0) throw new Error(`0x${iova.toString(16)} is mapped already`);
        this.pages.set(iova, `${addrMask + 1n} ${translatedAddr} ${perm}`);
      },
    });
  }

  /** The pages, ascending. */
  get sorted(): [bigint, string][] {
    return [...this.pages].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
}
