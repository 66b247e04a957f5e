import type { IommuTlbEntry, MemoryRegion } from "@mem/core";
import type { AddressSpace } from "../space/address-space.js";
import type { FlatRange } from "../view/flat-range.js";
import type { AccessRules } from "./access-rules.js";
import type { HiddenRegion } from "./hidden.js";
import type { PathStep } from "./path-step.js";

/**
 * The thing that the present view has at an address.
 * @see {@link explain}
 */
export type LookupOutcome =
  | {
      /** A region. */
      readonly kind: "section";
      /** The region that answers. */
      readonly region: MemoryRegion;
      /** The address as an offset within the region, in bytes. */
      readonly offset: bigint;
      /** The range of the view, with its attributes: read-only, ROMD, dirty mask, non-volatile. */
      readonly range: FlatRange;
    }
  | {
      /** Nothing: the region `unassigned` answers, which refuses every access. */
      readonly kind: "hole";
      /** First address of the hole, in bytes. */
      readonly start: bigint;
      /** One past the last; 2^64 at most. */
      readonly end: bigint;
      /** The range that ends where it begins. */
      readonly before: FlatRange | null;
      /** The range that begins where it ends. */
      readonly after: FlatRange | null;
    };

/**
 * The way on of an access that ends at an IOMMU.
 * @see {@link explain}
 */
export type TranslationOutcome =
  | {
      /** The IOMMU was not asked: see `ExplainOptions.translate`. */
      readonly kind: "notAsked";
    }
  | {
      /** The IOMMU lets the access through. */
      readonly kind: "goesOn";
      /** Its answer. */
      readonly entry: IommuTlbEntry<AddressSpace>;
      /** The thing at the translated address of the address space that the entry names. */
      readonly next: ExplanationFields;
    }
  | {
      /** The IOMMU refuses the access; or it failed, which it said nothing of but in the log. */
      readonly kind: "refused";
      /** Its answer, if there was one. */
      readonly entry: IommuTlbEntry<AddressSpace> | null;
    }
  | {
      /** So many have been asked that the access is given up. */
      readonly kind: "endless";
    };

/**
 * The fields of an `Explanation`.
 * @see {@link explain}
 */
export interface ExplanationFields {
  /** The address space that the address is one of. */
  readonly addressSpace: AddressSpace;
  /** The address, in bytes. */
  readonly addr: bigint;
  /** True if a store was asked about: it decides what an IOMMU is asked. */
  readonly isWrite: boolean;
  /** The thing that the view has there. */
  readonly found: LookupOutcome;
  /** The regions from the root to what was found; none for a hole. */
  readonly path: readonly PathStep[];
  /** All else that lies at the address, by precedence. */
  readonly hidden: readonly HiddenRegion[];
  /** The rules that accesses meet. */
  readonly access: AccessRules;
  /** The way on of accesses; `null` where no IOMMU is. */
  readonly translation: TranslationOutcome | null;
  /**
   * The regions were changed since the view was made, as within a transaction: `path` and
   * `hidden` tell of the regions as they are, `found` and `access` of what is seen until the next
   * commit.
   */
  readonly isPending: boolean;
  /** True if `path` and `hidden` are all there is: there is a bound on the work. */
  readonly isComplete: boolean;
}
