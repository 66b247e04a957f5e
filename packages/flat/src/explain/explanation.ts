import type { AddressSpace } from "../space/address-space.js";
import type { AccessRules } from "./access-rules.js";
import { formatExplanation } from "./format.js";
import type { ExplanationFields, Found, TranslationOutcome } from "./found.js";
import type { HiddenRegion } from "./hidden.js";
import type { PathStep } from "./path-step.js";

/**
 * Why an address lands where it does: what {@link explain} found out. `String()` tells it.
 * @see {@link explain}
 */
export class Explanation implements ExplanationFields {
  /** The address space that the address is one of. */
  readonly addressSpace: AddressSpace;
  /** The address, in bytes. */
  readonly addr: bigint;
  /** Whether a store was asked about: it decides what an IOMMU is asked. */
  readonly isWrite: boolean;
  /** What the view has there. */
  readonly found: Found;
  /** The regions from the root to what was found; none for a hole. */
  readonly path: readonly PathStep[];
  /** All else that lies at the address, by precedence. */
  readonly hidden: readonly HiddenRegion[];
  /** What accesses meet. */
  readonly access: AccessRules;
  /** How accesses go on; `null` where no IOMMU is. */
  readonly translation: TranslationOutcome | null;
  /**
   * The regions were changed since the view was made, as within a transaction: `path` and
   * `hidden` tell of the regions as they are, `found` and `access` of what is seen until the next
   * commit.
   */
  readonly isPending: boolean;
  /** Whether `path` and `hidden` are all there is: there is a bound on the work. */
  readonly isComplete: boolean;

  /** @internal {@link explain} makes them. */
  constructor(fields: ExplanationFields) {
    this.addressSpace = fields.addressSpace;
    this.addr = fields.addr;
    this.isWrite = fields.isWrite;
    this.found = fields.found;
    this.path = fields.path;
    this.hidden = fields.hidden;
    this.access = fields.access;
    this.translation = fields.translation;
    this.isPending = fields.isPending;
    this.isComplete = fields.isComplete;
  }

  /** {@link formatExplanation}. */
  toString(): string {
    return formatExplanation(this);
  }
}
