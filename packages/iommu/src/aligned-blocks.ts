/**
 * The fewest blocks of 2^n bytes, each at a multiple of its size, that make up the addresses
 * `first` to `last`, ascending; each as its address and its size minus 1. At most 126.
 */
export function* alignedBlocks(
  first: bigint,
  last: bigint,
): Generator<{ readonly iova: bigint; readonly addrMask: bigint }> {
  for (let iova = first; iova <= last;) {
    const addrMask = largestBlock(iova, first, last, (1n << 64n) - 1n);
    yield { iova, addrMask };
    iova += addrMask + 1n;
  }
}

/**
 * Size minus 1 of the largest aligned block of 2^n bytes that holds `addr` and lies within
 * `first` to `last`.
 * @param limit the largest answer that is wanted, 2^n - 1.
 */
export function largestBlock(addr: bigint, first: bigint, last: bigint, limit: bigint): bigint {
  let mask = 0n;
  for (;;) {
    const wider = (mask << 1n) | 1n;
    if (wider > limit || (addr & ~wider) < first || (addr | wider) > last) return mask;
    mask = wider;
  }
}
