/** Level of heat of a count: 0 for none, 1 for a million in a quarter of a second. */
export function heatLevel(count: number): number {
  return count <= 0 ? 0 : Math.min(1, Math.max(0.05, Math.log10(count) / 6));
}

/** A count as people say it: `950`, `12.3 k`, `4.0 M`. */
export function countText(count: number): string {
  if (count < 1000) return String(Math.round(count));
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} k`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} M` : `${(count / 1e9).toFixed(1)} G`;
}
