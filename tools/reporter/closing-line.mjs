/** The last line of a test run. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The totals of several runs; what one does not count is none. */
export function sumOf(...runs) {
  const total = (kind) => runs.reduce((sum, run) => sum + (run[kind] ?? 0), 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}
