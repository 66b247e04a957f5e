import { MemTxResult } from "@mem/core";
import { Inspectable, type Summary } from "@mem/flat/plumbing";

/**
 * Receives how a load or store went. Reuse one for many accesses.
 *
 * @example
 * const bus = new Bus(space);
 * const status = new TxStatus(); // reuse one for many accesses
 * bus.ld32le(0x8000_0000, undefined, status); // a hole
 * console.log(status.ok, status.result === MemTxResult.DECODE_ERROR); // prints: false true
 */
export class TxStatus extends Inspectable {
  /** {@link MemTxResult} bits of the last access that was given this object. */
  result: MemTxResult = MemTxResult.OK;

  /** True if that access succeeded as a whole. */
  get ok(): boolean {
    return this.result === MemTxResult.OK;
  }

  protected override summarize(): Summary {
    return { kind: "TxStatus", name: namesOf(this.result) };
  }

  /** {@link result}, and its bits by name. */
  toJSON(): object {
    return { result: this.result, bits: namesOf(this.result) };
  }
}

/** The bits of a result by name, e.g. `ERROR|DECODE_ERROR`. */
function namesOf(result: MemTxResult): string {
  const bits = Object.entries(MemTxResult).filter(([, bit]) => (result & bit) !== 0);
  return bits.length === 0 ? "OK" : bits.map(([name]) => name).join("|");
}
