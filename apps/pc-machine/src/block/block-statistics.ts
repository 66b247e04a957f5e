/** Counts of a drive's transfers: QEMU's `BlockAcctStats`. */
import type { BlockOperation } from "../storage/drive-backend.js";

const NS_PER_MS = 1e6;

interface Count {
  bytes: number;
  operations: number;
  failed: number;
  /** Time that they took, in nanoseconds of the host. */
  ns: number;
}

function zero(): Count {
  return { bytes: 0, operations: 0, failed: 0, ns: 0 };
}

/** The counts. */
export class BlockStatistics {
  readonly read = zero();
  readonly write = zero();
  readonly flush = zero();
  /** Byte after the last that was written. */
  highest = 0;

  /** Do a transfer and count it. */
  run(operation: BlockOperation, bytes: number, action: () => void): void {
    const count = this[operation];
    const start = performance.now();
    try {
      action();
      count.bytes += bytes;
      count.operations++;
    } catch (error) {
      count.failed++;
      throw error;
    } finally {
      count.ns += Math.round((performance.now() - start) * NS_PER_MS);
    }
  }

  /** A write ended before byte `end`. */
  reached(end: number): void {
    this.highest = Math.max(this.highest, end);
  }
}
