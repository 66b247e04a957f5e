/** Bytes `[from, to)` of a region. */
export interface Run {
  readonly from: bigint;
  readonly to: bigint;
}

/** Sorted runs that neither overlap nor touch, from any runs. */
export function normalize(runs: readonly Run[]): Run[] {
  const sorted = runs.filter(({ from, to }) => from < to);
  sorted.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const merged: Run[] = [];
  for (const run of sorted) {
    const last = merged.at(-1);
    if (!last || run.from > last.to) merged.push(run);
    else if (run.to > last.to) merged[merged.length - 1] = { from: last.from, to: run.to };
  }
  return merged;
}

/** The runs that are in both; each argument and the result as {@link normalize} gives them. */
export function intersect(a: readonly Run[], b: readonly Run[]): Run[] {
  const both: Run[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i], b[j]];
    if (!x || !y) break;
    const from = x.from > y.from ? x.from : y.from;
    const to = x.to < y.to ? x.to : y.to;
    if (from < to) both.push({ from, to });
    if (x.to < y.to) i++;
    else j++;
  }
  return both;
}

/** The runs of `a` that are not in `b`; arguments and result as {@link normalize} gives them. */
export function subtract(a: readonly Run[], b: readonly Run[]): Run[] {
  const rest: Run[] = [];
  let j = 0;
  for (const { from, to } of a) {
    let at = from;
    while (j < b.length && (b[j]?.to ?? to) <= at) j++;
    for (let k = j; k < b.length; k++) {
      const hole = b[k];
      if (!hole || hole.from >= to) break;
      if (hole.from > at) rest.push({ from: at, to: hole.from });
      at = hole.to;
    }
    if (at < to) rest.push({ from: at, to });
  }
  return rest;
}
