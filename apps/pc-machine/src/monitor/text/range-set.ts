/** A set of addresses, as ranges. */

/** Addresses `first` to `last`, both inclusive. */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** Ascending ranges that neither overlap nor touch. */
export class RangeSet {
  #ranges: readonly AddressRange[] = [];

  get ranges(): readonly AddressRange[] {
    return this.#ranges;
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  add({ first, last }: AddressRange): void {
    let low = first;
    let high = last;
    const apart: AddressRange[] = [];
    for (const range of this.#ranges) {
      if (range.last + 1n < first || range.first > last + 1n) {
        apart.push(range);
        continue;
      }
      low = range.first < low ? range.first : low;
      high = range.last > high ? range.last : high;
    }
    apart.push({ first: low, last: high });
    this.#ranges = apart.sort((a, b) => (a.first < b.first ? -1 : 1));
  }

  remove({ first, last }: AddressRange): void {
    this.#ranges = this.#ranges.flatMap((range) => {
      if (range.last < first || range.first > last) {
        return [range];
      }
      const rest: AddressRange[] = [];
      if (range.first < first) {
        rest.push({ first: range.first, last: first - 1n });
      }
      if (range.last > last) {
        rest.push({ first: last + 1n, last: range.last });
      }
      return rest;
    });
  }
}
