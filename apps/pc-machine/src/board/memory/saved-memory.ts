/** Memory as bytes of a file: what `memsave` and `pmemsave` write. */
import { MemTxResult, untraced } from "@mem/flat";

import type { ControlledMachine } from "../controlled-machine.js";
import { eachPage } from "./linear-memory.js";

/** Most bytes that are saved at once. */
export const MOST_SAVED_BYTES = 2 ** 32;

/**
 * The `size` bytes from `address` on, page by page.
 * @param place where an address is in memory, `null` where it is nowhere
 * @returns the bytes, or the address of the first that cannot be had
 */
export function savedMemory(
  { machine, memory }: Pick<ControlledMachine, "machine" | "memory">,
  address: bigint,
  size: number,
  place: (address: bigint) => bigint | null,
): Uint8Array | bigint {
  const bytes = new Uint8Array(Math.max(0, size));
  const missing = eachPage(address, bytes.length, place, (physical, from, to) => {
    const part = bytes.subarray(from, to);
    return untraced(machine, () => memory.read(physical, part)) === MemTxResult.OK;
  });
  return missing ?? bytes;
}
