/** A stretch of bus addresses to which writes may be queued. */
interface Zone {
  readonly addr: bigint;
  readonly size: bigint;
  /** First byte. */
  readonly start: number;
  /** Byte behind the last. */
  readonly end: number;
}

/** The place where writes may be queued, as listeners are told. A stretch that came twice goes twice. */
export class CoalescedZones {
  #zones: readonly Zone[] = [];

  /** Number of them. */
  get size(): number {
    return this.#zones.length;
  }

  add(addr: bigint, size: bigint): void {
    const zone = { addr, size, start: Number(addr), end: Number(addr + size) };
    this.#zones = [...this.#zones, zone];
  }

  /** Takes one stretch away that is just this; does nothing where there is none. */
  remove(addr: bigint, size: bigint): void {
    const at = this.#zones.findIndex((zone) => zone.addr === addr && zone.size === size);
    if (at >= 0) this.#zones = this.#zones.filter((_, i) => i !== at);
  }

  clear(): void {
    this.#zones = [];
  }

  /** True if an access lies in one of them as a whole; none beyond 2^53 does. */
  covers(addr: number, size: number): boolean {
    const end = addr + size;
    if (!(end <= Number.MAX_SAFE_INTEGER)) return false;
    for (const zone of this.#zones) if (addr >= zone.start && end <= zone.end) return true;
    return false;
  }
}
