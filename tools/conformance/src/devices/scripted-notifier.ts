import type { IommuTlbEntry, MemoryRegion } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { IommuNotifier, registerNotifier, type IommuMemoryRegion } from "@mem/iommu";
import { hex } from "../format-number.js";
import type { Journal } from "../journal.js";
import type { OpFields } from "../op-fields.js";

/** An IOMMU notifier of a script: logs what it is told. */
export class ScriptedNotifier {
  readonly iommu: IommuMemoryRegion;
  readonly notifier: IommuNotifier;
  readonly #harness: Journal;
  readonly #id: string;
  #registration: Disposable | null = null;
  #unmappingRange = false;

  /** @param iommu the IOMMU that it will be registered with, behind any aliases. */
  constructor(harness: Journal, iommu: IommuMemoryRegion, op: OpFields) {
    this.#harness = harness;
    this.#id = op.text("id");
    this.iommu = iommu;
    this.notifier = new IommuNotifier({
      flags: op.integer("flags"),
      start: op.address("start", 0n),
      end: op.address("end", (1n << 64n) - 1n),
      iommuIdx: op.integer("idx", 0),
      notify: (entry) => {
        this.#log(entry);
      },
    });
  }

  /** Registers with an IOMMU region or an alias of one. Throws when the IOMMU refuses. */
  register(region: MemoryRegion): void {
    this.#registration = registerNotifier(region, this.notifier);
  }

  /** Ends that. */
  unregister(): void {
    this.#registration?.[Symbol.dispose]();
  }

  /** Has itself told that its whole range is unmapped. */
  unmapRange(): void {
    this.#unmappingRange = true;
    try {
      this.iommu.unmapNotifierRange(this.notifier, this.#harness.spaces.get("memory"));
    } finally {
      this.#unmappingRange = false;
    }
  }

  #log(entry: IommuTlbEntry<AddressSpace>): void {
    this.#harness.record({
      cb: "iommu_notify",
      n: this.#id,
      iova: hex(entry.iova),
      // Where a whole range is unmapped nothing is translated, and nothing was recorded.
      xlat: this.#unmappingRange ? null : hex(entry.translatedAddr),
      mask: hex(entry.addrMask),
      perm: entry.perm,
      target: this.#harness.idOf(entry.targetAs),
    });
  }
}
