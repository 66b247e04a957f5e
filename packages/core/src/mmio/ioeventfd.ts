import type { EventNotifier } from "../events/notifier.js";

/**
 * A write trigger on a region (`MemoryRegionIoeventfd`).
 * @see {@link addEventfd}
 */
export interface Ioeventfd {
  /** Byte offset within the region. */
  readonly addr: bigint;
  /** Size of the write in bytes: 1, 2, 4 or 8; 0 matches any size. */
  readonly size: number;
  /** True if the value must equal `data`. */
  readonly matchData: boolean;
  /** The value to match, in the region's byte order. */
  readonly data: bigint;
  /** Notifier that is signalled. */
  readonly notifier: EventNotifier;
}

/** Total order: address, size, match, data where it is matched, notifier. */
export function compareIoeventfds(a: Ioeventfd, b: Ioeventfd): number {
  if (a.addr !== b.addr) return a.addr < b.addr ? -1 : 1;
  if (a.size !== b.size) return a.size - b.size;
  if (a.matchData !== b.matchData) return a.matchData ? 1 : -1;
  if (a.matchData && a.data !== b.data) return a.data < b.data ? -1 : 1;
  return a.notifier.id - b.notifier.id;
}

/** Equality in which size 0, on either side, stands for any size, data and notifier. */
export function matchesIoeventfd(a: Ioeventfd, b: Ioeventfd): boolean {
  if (a.addr !== b.addr) return false;
  if (a.size === 0 || b.size === 0) return true;
  return (
    a.size === b.size &&
    a.matchData === b.matchData &&
    (!a.matchData || a.data === b.data) &&
    a.notifier === b.notifier
  );
}

/**
 * One trigger that came or went.
 */
export interface IoeventfdChange {
  /** The region that it is a trigger of. */
  readonly region: object;
  /** The trigger. */
  readonly fd: Ioeventfd;
  /** True if it came. */
  readonly added: boolean;
}

/**
 * Index of the first trigger of a sorted list that `isBehind` answers true for, which it does for all
 * that follow; the length of the list where there is none.
 */
export function firstIoeventfd(
  list: readonly Ioeventfd[],
  isBehind: (fd: Ioeventfd) => boolean,
): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const fd = list[middle];
    if (fd === undefined || isBehind(fd)) high = middle;
    else low = middle + 1;
  }
  return low;
}
