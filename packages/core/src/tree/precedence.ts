import type { Sibling } from "./sibling.js";

/** True if `a` has less precedence than its sibling `b`: a lower priority, or the same earlier. */
export function precedes(a: Sibling, b: Sibling): boolean {
  return a.priority !== b.priority ? a.priority < b.priority : a.sequence < b.sequence;
}
