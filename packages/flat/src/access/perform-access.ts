import { type MemTxResult } from "@mem/core";
import { systemInternals } from "@mem/core/plumbing";
import { probe, transfer, transferToRom } from "./bulk-access.js";
import type { MemAccess } from "./mem-access.js";
import { loadWord, storeWord } from "./word-access.js";

/**
 * Performs an access: the one road of all that no fast path answered, whoever makes them. While it
 * lasts nothing is freed that it may be using; what observes it is told behind it.
 * @returns the results of its pieces in an OR; of a probe, `MemTxResult.OK` if such an
 *   access would be accepted
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function performAccess(access: MemAccess): MemTxResult {
  const { reclaimer } = systemInternals(access.initiator.system);
  reclaimer.enter();
  try {
    return perform(access);
  } finally {
    reclaimer.exit();
  }
}

function perform(access: MemAccess): MemTxResult {
  switch (access.kind) {
    case "load":
    case "fetch":
      return loadWord(access);
    case "store":
      return storeWord(access);
    case "read":
    case "write":
      return transfer(access);
    case "writeRom":
      return transferToRom(access);
    case "probe":
      return probe(access);
  }
}
