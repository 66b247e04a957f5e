/** Units, as far as jumps to them go. */

/** A context: the number of a mode, and whether linear addresses have 48 bits in it. */
export interface JumpContext {
  readonly context: number;
  readonly isLong: boolean;
}

/** A unit, as far as the cache knows it. */
export interface JumpTarget {
  readonly mode: JumpContext;
  readonly linear: number;
  readonly slot: number;
}
