import {
  type Address,
  type IommuTlbEntry,
  type MemTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
  IommuAccess,
  toAddress,
} from "@mem/core";
import {
  aFlag,
  anyObject,
  checkOptions,
  internalsOf,
  narrow,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import { checkSpace } from "../arguments.js";
import type { AddressSpace } from "../space/address-space.js";
import type { FlatView } from "../view/flat-view.js";
import { MAX_IOMMU_HOPS } from "../translation/ask-iommu.js";
import { accessRules } from "./access-rules.js";
import { Explanation } from "./explanation.js";
import type { LookupOutcome, TranslationOutcome } from "./found.js";
import { GraphSearch } from "./graph-search.js";
import { hiddenRegions } from "./hidden-regions.js";
import { stepsOf } from "./trail.js";

/**
 * Options of `explain`, beyond an address.
 * @see {@link explain}
 */
export interface ExplainOptions {
  /**
   * Asks IOMMUs, and explains where accesses go on. That runs their code, which may walk tables
   * in memory and report faults. Default false.
   */
  readonly translate?: boolean;
  /** True if a store is to be translated; default a load. */
  readonly isWrite?: boolean;
  /** The bus master's attributes; default none. */
  readonly attrs?: MemTxAttrs;
}

const OPTIONS: OptionTable = {
  call: "explain",
  optional: { translate: aFlag, isWrite: aFlag, attrs: anyObject },
};

/**
 * Explains what an address of an address space lands on: the way from the root through containers
 * and aliases, what is found there, what lies hidden beneath and why, and what becomes of loads and
 * stores. As data, and with `String()` as text.
 *
 * Changes nothing and accesses nothing, but asks devices with a check of their own
 * (`valid.accepts`) what they would take. Made for people: it costs as much as there are regions.
 * @param space the address space that the address is one of
 * @param addr in bytes, 0 to 2^64 - 1
 * @throws AddressError when the address is out of range; ArgumentError for what is no address
 *   space, and for options that are unknown or of the wrong kind
 *
 * @example
 * system.addSubregion(0x4000, machine.mmio({ name: "uart", size: 8, read: () => 0 }), { priority: -1 });
 * const { found, hidden } = explain(space, 0x4000);
 * console.log(found.kind === "section" && found.region.name); // prints: ram
 * for (const { region, reason } of hidden) console.log(region.name, reason.kind);
 * // prints: uart lowerPriority
 */
export function explain(
  space: AddressSpace,
  addr: Address,
  options: ExplainOptions = {},
): Explanation {
  checkSpace(space, OPTIONS.call);
  checkOptions(options, OPTIONS, refuseArgument);
  return explainHop(space, toAddress(addr, "address"), options, 0);
}

function explainHop(
  space: AddressSpace,
  addr: bigint,
  options: ExplainOptions,
  hops: number,
): Explanation {
  const { isWrite = false, attrs = MEMTXATTRS_UNSPECIFIED } = options;
  const view = space.flatView;
  const found = findIn(view, addr);
  // What an address space that is gone would show does not matter.
  const search = space.isDestroyed ? null : new GraphSearch(space.root, addr);
  const winner = search?.winner ?? null;
  const isSection = found.kind === "section";
  const isAsFound = isSection
    ? winner?.region === found.region && winner.offset === found.offset
    : winner === null;
  const window = view.find(narrow(addr));
  const { region } = window;
  const offset = isSection ? found.offset : addr;
  const room = window.exactLast - addr + 1n;
  return new Explanation({
    addressSpace: space,
    addr,
    isWrite,
    found,
    path: winner ? stepsOf(winner, addr) : [],
    hidden: search ? hiddenRegions(search, addr) : [],
    access: accessRules({ region, offset, room }, isSection ? found.range : null, attrs),
    translation:
      isSection && internalsOf(region).isIommu
        ? translateFrom(found, options, isWrite, attrs, hops)
        : null,
    isPending: (search?.isComplete ?? false) && !isAsFound,
    isComplete: search?.isComplete ?? true,
  });
}

function findIn(view: FlatView, addr: bigint): LookupOutcome {
  const range = view.rangeAt(addr);
  if (range) {
    const offset = range.offset + (addr - range.start);
    return { kind: "section", region: range.region, offset, range };
  }
  const { exactStart: start, exactLast: last } = view.find(narrow(addr));
  return {
    kind: "hole",
    start,
    end: last + 1n,
    before: start > 0n ? view.rangeAt(start - 1n) : null,
    after: view.rangeAt(last + 1n),
  };
}

function translateFrom(
  { region, offset }: LookupOutcome & { kind: "section" },
  options: ExplainOptions,
  isWrite: boolean,
  attrs: MemTxAttrs,
  hops: number,
): TranslationOutcome {
  if (!options.translate) return { kind: "notAsked" };
  if (hops >= MAX_IOMMU_HOPS) return { kind: "endless" };
  const answer = internalsOf(region).iommu?.walk.ask(region, offset, isWrite, attrs) ?? null;
  const entry = answer as IommuTlbEntry<AddressSpace> | null;
  const needed = isWrite ? IommuAccess.WO : IommuAccess.RO;
  if (!entry?.targetAs || (entry.perm & needed) === 0) return { kind: "refused", entry };
  const { addrMask, targetAs, translatedAddr } = entry;
  const at = BigInt.asUintN(64, (translatedAddr & ~addrMask) | (offset & addrMask));
  return { kind: "goesOn", entry, next: explainHop(targetAs, at, options, hops + 1) };
}
