/** Blocks start at multiples of this: a 64-bit word of a bitmap with one bit a page. */
const GRAIN = 64n * 4096n;

/** A stretch of addresses, in bytes. */
interface Stretch {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * Gives every RAM block of a system a place in one numbering of all RAM (`ram_addr_t`). It has
 * nothing to do with where a guest sees the block: it lets a bitmap or a stream cover all RAM.
 */
export class RamAddresses {
  /** Free stretches below {@link end}, ascending, none touching another. */
  #holes: readonly Stretch[] = [];
  #end = 0n;

  /** One past the last address in use. */
  get end(): bigint {
    return this.#end;
  }

  /** Takes `length` bytes: the lowest free stretch that is long enough. */
  allocate(length: number): bigint {
    const bytes = rounded(length);
    const hole = this.#holes.find(({ start, end }) => end - start >= bytes);
    if (!hole) {
      const start = this.#end;
      this.#end += bytes;
      return start;
    }
    const rest = { start: hole.start + bytes, end: hole.end };
    this.#holes = this.#holes.flatMap((other) =>
      other !== hole ? [other] : rest.start < rest.end ? [rest] : [],
    );
    return hole.start;
  }

  /** Gives back what {@link allocate} answered for the same length. */
  release(start: bigint, length: number): void {
    const freed = { start, end: start + rounded(length) };
    const before = this.#holes.find((hole) => hole.end === freed.start);
    const after = this.#holes.find((hole) => hole.start === freed.end);
    const joined = { start: before?.start ?? freed.start, end: after?.end ?? freed.end };
    const others = this.#holes.filter((hole) => hole !== before && hole !== after);
    if (joined.end === this.#end) {
      this.#end = joined.start;
      this.#holes = others;
      return;
    }
    const at = others.findIndex((hole) => hole.start > joined.start);
    this.#holes = others.toSpliced(at < 0 ? others.length : at, 0, joined);
  }
}

function rounded(length: number): bigint {
  return ((BigInt(length) + GRAIN - 1n) / GRAIN) * GRAIN;
}
