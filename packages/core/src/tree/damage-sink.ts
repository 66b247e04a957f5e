/**
 * The place where a rendered view learns which of its addresses a change may have altered.
 */
export interface DamageSink {
  /** Addresses `[from, to)` of the view may resolve differently. */
  damage(from: bigint, to: bigint): void;
  /** Anything may. */
  damageAll(): void;
}
