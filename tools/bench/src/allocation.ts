import { type Loop, allocationLoops } from "./allocation-loops.js";
import { allocatedBy, collectGarbage } from "./heap.js";
import type { Effort, Result, Row } from "./row.js";
import { median } from "./statistics.js";
import type { Walk } from "./walk.js";

/**
 * How many accesses a window has. What they allocate should fit the young generation; where it
 * does not, and garbage is collected meanwhile, fewer are tried.
 */
const WINDOWS = [1500, 300, 60];
/** Milliseconds of running before the first run that counts. */
const WARMING = 100;
/** Bytes for each operation below which it is the measurement itself. */
const NOISE = 0.1;

/** Bytes that accesses allocate; first a loop that does, to see that it would be noticed. */
export function allocationRows(walk: () => Walk): Row[] {
  const selfCheck = ["self-check", allocates] as const;
  return [selfCheck, ...allocationLoops(walk)].map(([name, make]) => ({
    name: `alloc.${name}`,
    measure: (effort) => {
      const bytesPerOp = measureAllocation(make(), effort);
      if (make === allocates && bytesPerOp === 0) throw new Error("allocations go unnoticed");
      return { ns: 0, spread: 0, ratio: null, against: null, bytesPerOp } satisfies Result;
    },
  }));
}

function measureAllocation(loop: Loop, effort: Effort): number {
  const most = WINDOWS[0] ?? 1;
  for (const end = performance.now() + WARMING; performance.now() < end;) loop(most);
  const samples = Array.from({ length: effort.quick ? 7 : 15 }, () => bytesPerAccess(loop));
  const bytes = median(samples);
  return bytes < NOISE ? 0 : Math.round(bytes * 10) / 10;
}

/**
 * What a long run allocates more than a short one: what a run as such takes cancels out.
 * @throws Error when garbage was collected even within the shortest window.
 */
function bytesPerAccess(loop: Loop): number {
  for (const count of WINDOWS) {
    const short = bytesOf(loop, count / 3);
    const long = bytesOf(loop, count);
    if (short !== null && long !== null) return (long - short) / (count - count / 3);
  }
  throw new Error("garbage is collected within so few accesses that nothing can be measured");
}

function bytesOf(loop: Loop, count: number): number | null {
  collectGarbage("minor");
  return allocatedBy(() => loop(count));
}

/** Objects that outlive their iteration, so that the compiler cannot leave them out. */
function allocates(): Loop {
  const kept: { value: number }[] = Array.from({ length: 16 }, () => ({ value: 0 }));
  return (count) => {
    for (let i = 0; i < count; i++) kept[i & 15] = { value: i };
    return kept[3]?.value ?? 0;
  };
}
