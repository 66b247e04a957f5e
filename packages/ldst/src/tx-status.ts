import { MemTxResult } from "@mem/core";

/**
 * Receives how a load or store went. Reuse one for many accesses.
 * @see the reference of `@mem/ldst`
 */
export class TxStatus {
  /** {@link MemTxResult} bits of the last access that was given this object. */
  result: MemTxResult = MemTxResult.OK;

  /** Whether that access succeeded as a whole. */
  get ok(): boolean {
    return this.result === MemTxResult.OK;
  }
}
