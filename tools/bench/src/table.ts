/** What a row's ratio should be. */
export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Bounds by row; `N` stands for any number of regions. All other rows are only reported. */
const BOUNDS: Readonly<Record<string, Bound>> = {
  "ram.one": { atMost: 1.5 },
  "ram.interleaved": { atMost: 2.5 },
  "ram.cached": { atMost: 1.2 },
  "ram.store": { atMost: 1.5 },
  "ram.store.dirty": { atMost: 2.5 },
  "small.cached": { atMost: 1.2 },
  "small.cached.store": { atMost: 1.2 },
  mmio: { atMost: 4 },
  read4k: { atMost: 1.5 },
  "trace.off": { atMost: 1.1 },
  "toggle.10000": { atMost: 3 },
  "rerender.10000": { atLeast: 200 },
  "toggle.listener.N": { atMost: 2 },
  "build.10000": { atMost: 3 },
  "bar.move": { atMost: 10 },
};

/** What the ratio of a row should be; `null` where it is only reported. */
export function boundOf(name: string): Bound | null {
  return BOUNDS[name] ?? BOUNDS[name.replace(/\.\d+$/, ".N")] ?? null;
}

/** Whether a ratio is within its bound. */
export function isReached({ atMost = Infinity, atLeast = -Infinity }: Bound, ratio: number) {
  return ratio <= atMost && ratio >= atLeast;
}

/** E.g. `<= 1.5`. */
export function formatBound({ atMost, atLeast }: Bound): string {
  return atMost !== undefined ? `<= ${atMost}` : `>= ${atLeast}`;
}
