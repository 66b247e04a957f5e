/**
 * Where a rendered view learns which of its addresses a change may have altered.
 * @see the README of `@mem/core`, "For packages above"
 */
export interface DamageSink {
  /** Addresses `[from, to)` of the view may resolve differently. */
  damage(from: bigint, to: bigint): void;
  /** Anything may. */
  damageAll(): void;
}
