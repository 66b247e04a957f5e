import type { Address } from "@mem/core";
import { type AccessFilter, type Bounds, touchesAny } from "./access-filter.js";

const PAGE = 4096;
/** `Number.MAX_SAFE_INTEGER`; a literal is not in the bundle of a program that does not trace. */
const MAX = 0x1f_ffff_ffff_ffff;
/** An access that begins this many bytes before a range may reach into it. */
const REACH = 7;

/**
 * Addresses that the traces of an address space are about. All others keep their fast ways. Pages
 * are kept whole, since that is what processors remember.
 */
export class TraceZones {
  /** `null`: all addresses. */
  readonly #ranges: readonly Bounds[] | null;
  /** The pages that may take part, ascending and apart. */
  readonly #zones: readonly { readonly first: number; readonly last: number }[];

  constructor(filters: readonly AccessFilter[]) {
    const ranges: Bounds[] = [];
    let all = false;
    for (const filter of filters) {
      if (filter.ranges === null) all = true;
      else ranges.push(...filter.ranges);
    }
    this.#ranges = all ? null : ranges;
    this.#zones = all ? [{ first: 0, last: MAX }] : zonesOf(ranges);
  }

  /** True if an access may concern a trace. */
  touches(addr: Address, size: number): boolean {
    return this.#ranges === null || touchesAny(this.#ranges, addr, size);
  }

  /** True if accesses that begin at an address have to be looked at. */
  holds(addr: number): boolean {
    for (const { first, last } of this.#zones) if (addr >= first && addr <= last) return true;
    return false;
  }

  /** The addresses around one, inclusive, for which {@link holds} answers the same. */
  around(addr: number): { readonly first: number; readonly last: number } {
    let free = 0;
    for (const zone of this.#zones) {
      if (addr < zone.first) return { first: free, last: zone.first - 1 };
      if (addr <= zone.last) return zone;
      free = zone.last + 1;
    }
    return { first: free, last: MAX };
  }
}

function zonesOf(ranges: readonly Bounds[]): { first: number; last: number }[] {
  const pages = ranges
    .filter(({ first }) => first <= MAX)
    .map(({ first, last }) => {
      const start = Math.max(Number(first) - REACH, 0);
      const end = last > MAX ? MAX : Number(last);
      return { first: start - (start % PAGE), last: Math.min(end - (end % PAGE) + PAGE - 1, MAX) };
    })
    .sort((a, b) => a.first - b.first);
  const zones: { first: number; last: number }[] = [];
  for (const zone of pages) {
    const before = zones.at(-1);
    if (before && zone.first <= before.last + 1) before.last = Math.max(before.last, zone.last);
    else zones.push(zone);
  }
  return zones;
}
