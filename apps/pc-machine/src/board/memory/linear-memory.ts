/** Memory by linear address, as monitors and debuggers reach it: page by page, through the guest's tables. */
import type { PcCpu } from "../processor/cpu.js";

const PAGE_BYTES = 0x1000n;

/** Physical address of a linear one, `null` where nothing is mapped. */
export function physicalAddress(cpu: PcCpu, linear: bigint): bigint | null {
  const physical = cpu.translateDebug?.(Number(BigInt.asIntN(64, linear))) ?? null;
  return physical === null ? null : BigInt(physical);
}

/**
 * Call `access` for each piece of `bytes` bytes from `address` on that lies in one page.
 * @param place where an address is in memory, `null` where it is nowhere
 * @param access reads or writes the bytes `from` to `to`; whether it could
 * @returns the address of the first piece that could not be had, `null` when all could
 */
export function eachPage(
  address: bigint,
  bytes: number,
  place: (address: bigint) => bigint | null,
  access: (physical: bigint, from: number, to: number) => boolean,
): bigint | null {
  for (let done = 0; done < bytes;) {
    const at = BigInt.asUintN(64, address + BigInt(done));
    const end = done + Math.min(bytes - done, Number(PAGE_BYTES - (at % PAGE_BYTES)));
    const physical = place(at);
    if (physical === null || !access(physical, done, end)) return at;
    done = end;
  }
  return null;
}
