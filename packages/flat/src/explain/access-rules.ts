import {
  type AccessSize,
  DeviceObject,
  DirtyClient,
  type Ioeventfd,
  type MemoryRegion,
  type MemTxAttrs,
  type ResolvedMmioOps,
} from "@mem/core";
import { DIRTY_CLIENTS, internalsOf } from "@mem/core/plumbing";
import type { FlatRange } from "../view/flat-range.js";
import { type AccessOutcome, accessOutcomes } from "./access-outcome.js";

/**
 * Sizes in bytes that a device takes, or that its callbacks do.
 * @see {@link explain}
 */
export interface AccessLimits {
  /** The least, in bytes. */
  readonly min: AccessSize;
  /** The most, in bytes. */
  readonly max: AccessSize;
  /** True if accesses need not be naturally aligned. */
  readonly unaligned: boolean;
}

/**
 * The rules of a region with callbacks.
 * @see {@link explain}
 */
export interface DeviceRules {
  /** Byte order of its registers, `native` resolved. */
  readonly endianness: "little" | "big";
  /** Accesses that the guest may make. */
  readonly valid: AccessLimits;
  /** True if the device checks accesses itself besides (`valid.accepts`). */
  readonly hasAccepts: boolean;
  /** Accesses that the callbacks take: other accesses are split or widened. */
  readonly impl: AccessLimits;
}

/**
 * Target of accesses, and its rules.
 * @see {@link explain}
 */
export type AccessTarget =
  | {
      /** Memory, reached directly: RAM, or ROM. */
      readonly kind: "memory";
      /** True if the region itself is read-only, and refuses stores. */
      readonly isRom: boolean;
    }
  | {
      /** Memory of a physical device: each access is passed on as it is. */
      readonly kind: "ramDevice";
    }
  | {
      /** Registers: the device's callbacks. */
      readonly kind: "device";
      /** Rules of these. */
      readonly rules: DeviceRules;
    }
  | {
      /** Memory whose stores go to callbacks; its loads too unless `romd`. */
      readonly kind: "romDevice";
      /** True if loads are memory now (`memory_region_rom_device_set_romd`). */
      readonly romd: boolean;
      /** Rules of the callbacks. */
      readonly rules: DeviceRules | null;
    }
  | {
      /** An IOMMU: accesses go on elsewhere. */
      readonly kind: "iommu";
    }
  | {
      /** Nothing: all accesses are refused. */
      readonly kind: "nothing";
    };

/**
 * The guard that keeps a device from being entered again by what it causes.
 * @see {@link explain}
 */
export type GuardState =
  | {
      /** Accesses are refused while one of the device's callbacks runs. */
      readonly kind: "armed";
      /** The device that the guard is of. */
      readonly device: DeviceObject;
    }
  | {
      /** One does right now. */
      readonly kind: "engaged";
      /** The device that the guard is of. */
      readonly device: DeviceObject;
    }
  | {
      /** There is none. */
      readonly kind: "none";
      /** The region has no callbacks to guard; no device owns it; it gave the guard up. */
      readonly why: "notMmio" | "noDevice" | "disabled" | "lockless" | "readonly";
    };

/**
 * Rules for accesses at an address.
 * @see {@link explain}
 */
export interface AccessRules {
  /** Target that answers, and its rules. */
  readonly target: AccessTarget;
  /** Loads of 1, 2, 4 and 8 bytes, then stores: each as one access, in either byte order. */
  readonly outcomes: readonly AccessOutcome[];
  /**
   * The section is read-only, be it by its region or by something above that. Accesses heed the
   * region alone; a processor drops stores to such RAM.
   */
  readonly readonly: boolean;
  /** Queued writes are delivered before the region is accessed. */
  readonly flushesCoalesced: boolean;
  /** Writes here may be queued themselves. */
  readonly isCoalesced: boolean;
  /** Write triggers at the address. */
  readonly ioeventfds: readonly Ioeventfd[];
  /** The guard against re-entry, as it stands. */
  readonly guard: GuardState;
  /** Dirty clients that are told of stores to memory. */
  readonly dirtyClients: readonly (keyof typeof DirtyClient)[];
}

/**
 * The rules at an offset of a region.
 * @param room bytes from there to the end of the section
 * @param range the range of the view, `null` in a hole
 */
export function accessRules(
  place: { readonly region: MemoryRegion; readonly offset: bigint; readonly room: bigint },
  range: FlatRange | null,
  attrs: MemTxAttrs,
): AccessRules {
  const { region, offset } = place;
  return {
    target: targetOf(region),
    outcomes: accessOutcomes(place, attrs),
    readonly: range?.readonly ?? false,
    flushesCoalesced: internalsOf(region).watchers.flushCoalesced,
    isCoalesced: internalsOf(region).watchers.coalesced.some(
      ({ addr, size }) => offset >= addr && offset < addr + size,
    ),
    ioeventfds: internalsOf(region).watchers.ioeventfds.filter(({ addr }) => addr === offset),
    guard: guardOf(region),
    dirtyClients: clientsIn(range?.dirtyMask ?? 0),
  };
}

function targetOf(region: MemoryRegion): AccessTarget {
  const { ops } = internalsOf(region);
  if (internalsOf(region).isIommu) return { kind: "iommu" };
  if (internalsOf(region).isRamDevice) return { kind: "ramDevice" };
  if (region.isRam) return { kind: "memory", isRom: region.isRom };
  if (internalsOf(region).isRomDevice) {
    return { kind: "romDevice", romd: region.romd, rules: ops && rulesOf(ops) };
  }
  return ops ? { kind: "device", rules: rulesOf(ops) } : { kind: "nothing" };
}

function rulesOf(ops: ResolvedMmioOps): DeviceRules {
  const isAny = ops.validMax === 0;
  return {
    endianness: ops.bigEndian ? "big" : "little",
    valid: {
      min: isAny ? 1 : sizeOf(ops.validMin),
      max: isAny ? 8 : sizeOf(ops.validMax),
      unaligned: ops.validUnaligned,
    },
    hasAccepts: ops.hasAccepts,
    impl: {
      min: sizeOf(ops.implMin),
      max: sizeOf(ops.implMax),
      unaligned: ops.implUnaligned,
    },
  };
}

function sizeOf(size: number): AccessSize {
  return size === 8 || size === 4 || size === 2 ? size : 1;
}

function guardOf(region: MemoryRegion): GuardState {
  const device = internalsOf(region).guardDevice;
  if (device) return { kind: device.engagedInIo ? "engaged" : "armed", device };
  if (region.kind !== "mmio") return { kind: "none", why: "notMmio" };
  if (internalsOf(region).lockless) return { kind: "none", why: "lockless" };
  if (region.reentrancyGuardDisabled) return { kind: "none", why: "disabled" };
  return { kind: "none", why: region.owner instanceof DeviceObject ? "readonly" : "noDevice" };
}

function clientsIn(mask: number): (keyof typeof DirtyClient)[] {
  const names = Object.keys(DirtyClient) as (keyof typeof DirtyClient)[];
  return names.filter((name) => ((mask >>> DirtyClient[name]) & 1) === 1).slice(0, DIRTY_CLIENTS);
}
