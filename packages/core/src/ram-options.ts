import { PAGE_SIZE } from "./address.js";
import { RegionOptionsError } from "./errors.js";
import type { RamOptions } from "./region-options.js";

/**
 * Checks what is particular to RAM.
 * @throws RegionOptionsError when the alignment is no power of two, or nothing was mapped that a
 *   backing could stand behind.
 */
export function checkRamOptions(options: RamOptions, region: string): void {
  const { alignment = PAGE_SIZE, backing, memory } = options;
  if (
    !Number.isSafeInteger(alignment) ||
    alignment < 1 ||
    !Number.isInteger(Math.log2(alignment))
  ) {
    throw new RegionOptionsError(`${region}: the alignment ${alignment} is no power of two`, {
      rule: "ram-alignment",
      region,
    });
  }
  if (backing && !memory) {
    throw new RegionOptionsError(`${region}: a backing needs the memory that was mapped from it`, {
      rule: "backing-without-memory",
      region,
    });
  }
}
