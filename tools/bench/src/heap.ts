import { GCProfiler, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects all garbage, or with `minor` the young generation only. */
export function collectGarbage(kind: "major" | "minor"): void {
  const collect = globalThis.gc ?? exposed();
  if (kind === "minor") collect({ type: "minor" });
  else collect();
}

/** For a Node that was started without `--expose-gc`, as test runners do. */
function exposed(): NonNullable<typeof globalThis.gc> {
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc") as NonNullable<typeof globalThis.gc>;
  return globalThis.gc;
}

/** Bytes in use: of the heap, and of what its objects hold outside it. */
export function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes by which `work` made the heap grow; `null` when garbage was collected meanwhile. */
export function allocatedBy(work: () => void): number | null {
  const profiler = new GCProfiler();
  profiler.start();
  const before = heapBytes();
  work();
  const after = heapBytes();
  return profiler.stop().statistics.length > 0 ? null : after - before;
}
