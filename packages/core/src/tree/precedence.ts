import type { MemoryRegion } from "../region/memory-region.js";

/** Whether `a` has less precedence than its sibling `b`: a lower priority, or the same earlier. */
export function precedes(a: MemoryRegion, b: MemoryRegion): boolean {
  return a.priority !== b.priority ? a.priority < b.priority : a.sequence < b.sequence;
}
