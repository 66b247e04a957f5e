import {
  ADDRESS_MAX,
  hex,
  type IommuTlbEntry,
  type MemoryRegion,
  type MemorySystem,
} from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { FlatView } from "../view/flat-view.js";

/** Target of a translation: what has a current view of the same machine. */
export interface TranslationTarget {
  /** The present view. */
  readonly flatView: FlatView;
  /** The machine that it belongs to. */
  readonly system: MemorySystem;
  /** True if it has ended. */
  readonly isDestroyed: boolean;
}

/** Pages of up to 2 GiB are told to be such without arithmetic of `bigint`s. */
const MAX_NUMBER_PAGE = 0x8000_0000;
const LOWEST_SIGNED = -(1n << 63n);

/**
 * The one check of what an IOMMU answers, whoever asked it: the entry, with its numbers as unsigned
 * 64-bit values, or `null` for what is no translation, which is logged once for the region.
 *
 * An entry needs all of its fields, in their types. Negative numbers are taken for the two's
 * complement that C's `~mask` is. Refused are an `addrMask` that is no run of ones from bit 0,
 * addresses beyond 2^64, and a `targetAs` that is no address space of this machine, or an ended one.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function checkIommuAnswer<Target>(
  region: MemoryRegion,
  answer: unknown,
): IommuTlbEntry<Target> | null {
  const entry = answer as IommuTlbEntry<Target>;
  const mistake = mistakeOf(region, answer);
  if (mistake === null) return isPlain(entry) ? entry : unsigned(entry);
  region.system.logOnce(
    `iommu-answer:${internalsOf(region).id}`,
    "guest_error",
    `${region.describe()}: translate() answered no valid translation: ${mistake}; refused`,
    internalsOf(region),
  );
  return null;
}

/** Reason why an answer is no translation, in words. */
function mistakeOf(region: MemoryRegion, answer: unknown): string | null {
  if (typeof answer !== "object" || answer === null) return `it is ${kindOf(answer)}`;
  const { targetAs, iova, translatedAddr, addrMask, perm } = answer as Partial<
    IommuTlbEntry<unknown>
  >;
  if (!Number.isInteger(perm)) return `perm is ${kindOf(perm)}`;
  if (typeof iova !== "bigint") return `iova is ${kindOf(iova)}`;
  if (typeof translatedAddr !== "bigint") return `translatedAddr is ${kindOf(translatedAddr)}`;
  if (typeof addrMask !== "bigint") return `addrMask is ${kindOf(addrMask)}`;
  if (isBeyond(iova)) return `iova ${hex(iova)} is beyond 2^64`;
  if (isBeyond(translatedAddr)) return `translatedAddr ${hex(translatedAddr)} is beyond 2^64`;
  if (!isRunOfOnes(addrMask)) return `addrMask ${hex(addrMask)} is no run of ones from bit 0`;
  return targetAs === null ? null : targetMistake(region, targetAs);
}

function targetMistake(region: MemoryRegion, target: unknown): string | null {
  if (typeof target !== "object" || target === null) return `targetAs is ${kindOf(target)}`;
  const { flatView, system, isDestroyed } = target as Partial<TranslationTarget>;
  if (!(flatView instanceof FlatView)) return "targetAs is no address space";
  if (system !== region.system) return "targetAs is an address space of another machine";
  return isDestroyed === true ? "targetAs is an address space that has ended" : null;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "number" ? `the number ${value}` : typeof value;
}

const isBeyond = (value: bigint): boolean => value > ADDRESS_MAX || value < LOWEST_SIGNED;

function isRunOfOnes(mask: bigint): boolean {
  const size = Number(mask) + 1;
  if (size >= 1 && size <= MAX_NUMBER_PAGE) return (size & (size - 1)) === 0;
  const exact = BigInt.asUintN(64, mask);
  return (exact & (exact + 1n)) === 0n;
}

/** True if all numbers are unsigned already. */
function isPlain({ iova, translatedAddr, addrMask }: IommuTlbEntry<unknown>): boolean {
  return iova >= 0n && translatedAddr >= 0n && addrMask >= 0n && addrMask <= ADDRESS_MAX;
}

function unsigned<Target>(entry: IommuTlbEntry<Target>): IommuTlbEntry<Target> {
  return {
    targetAs: entry.targetAs,
    iova: BigInt.asUintN(64, entry.iova),
    translatedAddr: BigInt.asUintN(64, entry.translatedAddr),
    addrMask: BigInt.asUintN(64, entry.addrMask),
    perm: entry.perm,
  };
}
