import { PAGE_SIZE } from "../address.js";
import { RegionOptionsError } from "../errors.js";
import type { RamOptions } from "../region/options.js";

/**
 * Checks what is particular to RAM.
 * @throws RegionOptionsError when the alignment is no power of two, or options contradict each
 *   other.
 */
export function checkRamOptions(options: RamOptions, region: string): void {
  const { alignment = PAGE_SIZE, backing, memory, memoryOffset, source, sparse } = options;
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
  const refuse = (rule: string, reason: string): never => {
    throw new RegionOptionsError(`${region}: ${reason}`, { rule, region });
  };
  if (backing && !memory && !source) {
    refuse("backing-without-memory", "a backing needs the memory that was mapped from it");
  }
  if (memory && (source || sparse)) {
    refuse("memory-and-source", "memory that is supplied is neither sparse nor loaded");
  }
  if (memoryOffset !== undefined && !memory) {
    refuse("offset-without-memory", "an offset needs the memory that it is in");
  }
  if (source && sparse === false) {
    refuse("source-not-sparse", "what is loaded chunk by chunk is sparse");
  }
}
