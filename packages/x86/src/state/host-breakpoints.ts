/**
 * Breakpoints of a debugger on the host. It is checked where the guest's own debug registers are,
 * and so costs nothing while there is nothing to stop at.
 */
import { EV_STOP } from "../constants.js";

/** A range of linear addresses whose accesses stop the processor. Addresses in halves of 32 bits. */
export interface HostWatch {
  readonly low: number;
  readonly high: number;
  /** Bytes. */
  readonly length: number;
  readonly read: boolean;
  readonly write: boolean;
}

/** Reason why the processor stopped. */
export type HostHit =
  | { readonly kind: "breakpoint" }
  | { readonly kind: "watchpoint"; readonly watch: HostWatch; readonly write: boolean };

/** The breakpoints, and the first that was hit in this run. */
export interface HostBreakpoints {
  /** Linear addresses of instructions: by their low half, the high halves. */
  readonly breaks: ReadonlyMap<number, readonly number[]>;
  readonly watches: readonly HostWatch[];
  hit: HostHit | null;
  /** The instruction that the next run begins with runs although a breakpoint is there. */
  pass: boolean;
}

/** Processor, as breakpoints use it. */
interface Stoppable {
  events: number;
}

/** Is there a breakpoint on execution? */
export function hostBreaks(debug: HostBreakpoints | null): boolean {
  return debug !== null && debug.breaks.size > 0;
}

/** Is there a watchpoint? */
export function hostWatches(debug: HostBreakpoints | null): boolean {
  return debug !== null && debug.watches.length > 0;
}

/** Has the processor to stop before the instruction at this linear address? */
export function hostBreakAt(debug: HostBreakpoints, low: number, high: number): boolean {
  const pass = debug.pass;
  debug.pass = false;
  const highs = debug.breaks.get(low);
  if (pass || highs === undefined || !highs.includes(high)) return false;
  debug.hit ??= { kind: "breakpoint" };
  return true;
}

/** A data access: the processor stops after the instruction when it is watched. */
export function noteHostAccess(
  c: Stoppable,
  debug: HostBreakpoints,
  low: number,
  high: number,
  size: number,
  write: boolean,
): void {
  for (const watch of debug.watches) {
    if (!(write ? watch.write : watch.read) || watch.high !== high) continue;
    if (low < watch.low + watch.length && low + size > watch.low) {
      debug.hit ??= { kind: "watchpoint", watch, write };
      c.events |= EV_STOP;
    }
  }
}
