import { MemoryModelError } from "@mem/core";

/** An IOMMU does not support what somebody wants to be notified of, or a page size mask. */
export class IommuRefusedError extends MemoryModelError {
  static override readonly name: string = "IommuRefusedError";

  /** Reason, in the words of the IOMMU. */
  readonly reason: string;

  constructor(region: string, reason: string) {
    super(`${region}: ${reason}`, { rule: "iommu-refused", region });
    this.reason = reason;
  }
}

/** A region that translates nothing was asked to. */
export class NotAnIommuError extends MemoryModelError {
  static override readonly name: string = "NotAnIommuError";

  constructor(region: string) {
    super(`${region} is not an IOMMU region, nor an alias of one`, {
      rule: "not-an-iommu",
      region,
    });
  }
}
