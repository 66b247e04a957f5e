import { MemTxResult } from "@mem/core";
import type { TxStatus } from "../tx-status.js";

/** Does something for each item, and leaves the bits of all results in the status. */
export function gather<T>(
  status: TxStatus | undefined,
  items: Iterable<T>,
  each: (item: T) => void,
): void {
  let bits: MemTxResult = MemTxResult.OK;
  for (const item of items) {
    each(item);
    if (status) bits |= status.result;
  }
  if (status) status.result = bits;
}
