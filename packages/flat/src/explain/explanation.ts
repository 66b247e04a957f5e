import { hex } from "@mem/core";
import { dataOf, Inspectable, type Summary } from "../inspect/summary.js";
import type { AddressSpace } from "../space/address-space.js";
import type { AccessRules } from "./access-rules.js";
import { formatExplanation } from "./format.js";
import type { ExplanationFields, LookupOutcome, TranslationOutcome } from "./found.js";
import type { HiddenRegion } from "./hidden.js";
import type { PathStep } from "./path-step.js";

/**
 * Way of an address to what answers there, as {@link explain} found it. `String()` tells it.
 * @see {@link explain}
 */
export class Explanation extends Inspectable implements ExplanationFields {
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

  /** {@link explain} makes explanations. */
  constructor(fields: ExplanationFields) {
    super();
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

  protected override summarize(): Summary {
    const [head = "", ...lines] = formatExplanation(this).split("\n");
    return { kind: "Explanation", name: head, lines: () => lines, total: lines.length };
  }

  /** The explanation as text: {@link formatExplanation}. */
  override toString(): string {
    return formatExplanation(this);
  }

  /** The address, what was found, and the names of the regions on the way there and of others. */
  toJSON(): object {
    const { addr, addressSpace, found, hidden, isComplete, isPending, isWrite, path } = this;
    const at =
      found.kind === "section" ? { region: found.region.name, offset: hex(found.offset) } : null;
    return {
      space: addressSpace.name,
      address: hex(addr),
      isWrite,
      found: at,
      path: dataOf(path, ({ region }) => region.name),
      hidden: dataOf(hidden, ({ region, reason }) => ({ region: region.name, why: reason.kind })),
      isPending,
      isComplete,
    };
  }
}
