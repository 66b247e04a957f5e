import {
  type AccessSize,
  type Ioeventfd,
  type MemoryRegion,
  type MemTxAttrs,
  MemTxResult,
  type ResolvedMmioOps,
} from "@mem/core";
import { internalsOf, mayNest, narrow } from "@mem/core/plumbing";

/**
 * Reason why an access is refused.
 * @see {@link explain}
 */
export type AccessRefusal =
  /** Nothing answers: a hole, or a region without callbacks. */
  | "nothing"
  /** Memory that the guest may not write. */
  | "readonly"
  /** The access leaves its section of RAM, or its block. */
  | "end"
  /** The device does not take this size. */
  | "size"
  /** The device takes naturally aligned accesses alone. */
  | "alignment"
  /** The device's own check says no. */
  | "accepts"
  /** The device has no callback for it. */
  | "callback"
  /** The offset exceeds 2^53, and the device's callbacks take numbers. */
  | "offset"
  /** One of the device's callbacks is running: the guard against re-entry. */
  | "busy"
  /** Accesses are nested too deep. */
  | "nesting";

/**
 * Outcome of one load or store of 1, 2, 4 or 8 bytes at an address.
 * @see {@link explain}
 */
export type AccessOutcome = {
  /** Number of bytes that it moves. */
  readonly size: AccessSize;
  /** True if it is a store. */
  readonly isWrite: boolean;
} & (
  | {
      /** The access goes straight to the bytes of memory; nothing is called. */
      readonly kind: "memory";
    }
  | {
      /** The device is called, and says how it went. */
      readonly kind: "calls";
      /** Number of calls. */
      readonly calls: number;
      /** Bytes in each call; more than the access has where the device can do no less. */
      readonly callSize: AccessSize;
      /** Write triggers that a store of just their data sets off instead. */
      readonly triggers: readonly Ioeventfd[];
    }
  | {
      /** A write trigger is signalled, and the device not called. */
      readonly kind: "signal";
      readonly trigger: Ioeventfd;
    }
  | {
      /** The memory of a physical device is accessed, with this very size. */
      readonly kind: "ramDevice";
    }
  | {
      readonly kind: "refused";
      readonly result: MemTxResult;
      readonly why: AccessRefusal;
      /** Write triggers that a store of just their data sets off nevertheless. */
      readonly triggers: readonly Ioeventfd[];
    }
  | {
      /** An IOMMU is asked, and the access goes on elsewhere. */
      readonly kind: "translated";
    }
);

/** An access as its outcome is worked out. */
interface Access {
  readonly region: MemoryRegion;
  /** Offset within the region, in bytes. */
  readonly offset: bigint;
  /** Bytes from there to the end of the section. */
  readonly room: bigint;
  readonly size: AccessSize;
  readonly isWrite: boolean;
  readonly attrs: MemTxAttrs;
}

const SIZES = [1, 2, 4, 8] as const;

/** The outcomes of all loads, then of all stores, by size. */
export function accessOutcomes(
  place: Pick<Access, "region" | "offset" | "room">,
  attrs: MemTxAttrs,
): AccessOutcome[] {
  return [false, true].flatMap((isWrite) =>
    SIZES.map((size) => outcomeOf({ ...place, size, isWrite, attrs })),
  );
}

/** The rules of `load` and `store`, in the order in which they are applied. */
function outcomeOf(access: Access): AccessOutcome {
  const { region, offset, room, size, isWrite, attrs } = access;
  const head = { size, isWrite };
  if (internalsOf(region).isIommu) return { ...head, kind: "translated" };
  const isDirect = internalsOf(region).isDirect(isWrite, attrs);
  // Only RAM ends where its section does.
  if (isDirect && !(region.isRam && room < size)) return { ...head, kind: "memory" };
  if (internalsOf(region).isRamDevice) {
    const isInside = offset + BigInt(size) <= (region.ramBlock?.maxLength ?? 0);
    return isInside ? { ...head, kind: "ramDevice" } : refused(access, "end");
  }
  const { ops } = internalsOf(region);
  if (ops === null) {
    if (isDirect) return refused(access, "end");
    return refused(access, region.isRom && isWrite ? "readonly" : "nothing");
  }
  const broken = brokenRule(access, ops);
  if (broken) return refused(access, broken);
  return deviceOutcome(access, ops);
}

/** Rule of the device that an access breaks. */
function brokenRule(
  { region, offset, size, isWrite, attrs }: Access,
  ops: ResolvedMmioOps,
): AccessRefusal | null {
  const addr = narrow(offset);
  if (!ops.wide && typeof addr === "bigint") return "offset";
  if (region.accessValid(addr, size, isWrite, attrs)) return null;
  const isAligned = offset % BigInt(size) === 0n;
  if (!isAligned && !ops.validUnaligned) return "alignment";
  const fits = ops.validMax === 0 || (size >= ops.validMin && size <= ops.validMax);
  if (!fits) return "size";
  return mayNest(internalsOf(region)) ? "accepts" : "nesting";
}

function deviceOutcome(access: Access, ops: ResolvedMmioOps): AccessOutcome {
  const { region, offset, size, isWrite } = access;
  const head = { size, isWrite };
  // Sorted: those that any data sets off come first.
  const triggers = internalsOf(region).watchers.ioeventfds.filter(
    (fd) => isWrite && fd.addr === offset && (fd.size === 0 || fd.size === size),
  );
  const [trigger] = triggers;
  if (!mayNest(internalsOf(region))) return refused(access, "nesting");
  if (trigger && !trigger.matchData) return { ...head, kind: "signal", trigger };
  if (internalsOf(region).guardDevice?.engagedInIo) return refused(access, "busy", triggers);
  const callSize = Math.max(Math.min(size, ops.implMax), ops.implMin) as AccessSize;
  if (!hasCallback(ops, callSize, isWrite)) return refused(access, "callback", triggers);
  return { ...head, kind: "calls", calls: Math.max(size / callSize, 1), callSize, triggers };
}

function hasCallback({ callbacks }: ResolvedMmioOps, size: AccessSize, isWrite: boolean): boolean {
  if (isWrite) {
    if (callbacks.writeWithAttrs) return true;
    return size === 8 ? callbacks.write64 !== undefined : callbacks.write !== undefined;
  }
  if (callbacks.readWithAttrs) return true;
  return size === 8 ? callbacks.read64 !== undefined : callbacks.read !== undefined;
}

function refused(
  { size, isWrite }: Access,
  why: AccessRefusal,
  triggers: readonly Ioeventfd[] = [],
): AccessOutcome {
  const isForbidden = why === "busy" || why === "nesting";
  const result = isForbidden ? MemTxResult.ACCESS_ERROR : MemTxResult.DECODE_ERROR;
  return { size, isWrite, kind: "refused", result, why, triggers };
}
