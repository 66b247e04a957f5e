/**
 * The value below which the share `q` (0 to 1) of the values lies, interpolated between neighbours.
 * @throws RangeError when there are no values.
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError("no values to take a quantile of");
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? 0;
  return low + (high - low) * (at - Math.floor(at));
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * How far values lie apart, relative to their median: from the 10th to the 90th percentile, which
 * leaves out what a few rounds suffered from others on the machine.
 */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : (quantile(values, 0.9) - quantile(values, 0.1)) / middle;
}
