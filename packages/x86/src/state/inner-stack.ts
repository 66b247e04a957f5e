/**
 * The stack of a more privileged level while a transfer to it is prepared: nothing of the processor
 * changes until it is committed.
 */
export class InnerStack {
  /** Value that SS is to be loaded with. */
  selector = 0;
  /** Its descriptor, low and high half. */
  lo = 0;
  hi = 0;
  /** Start of the segment. */
  base = 0;
  /** Mask of the bits of the stack pointer that count: all, or 16. */
  mask = -1;
  /** The stack pointer so far. */
  esp = 0;
}
