import { PAGE_SIZE } from "../address.js";
import { RegionOptionsError } from "../errors.js";
import type { RamBacking } from "./backing.js";
import type { RamSource } from "./sparse.js";
import type { SuppliedMemory } from "./supplied.js";

/**
 * The place where the bytes of RAM and ROM come from.
 * @see {@link MemorySystem}, whose factories take it
 */
export interface RamMemoryOptions {
  /** The memory to use, at least `size` bytes; default: fresh zeroed memory. */
  readonly memory?: SuppliedMemory;
  /** Start of the RAM in `memory`, in bytes; default 0. */
  readonly memoryOffset?: number;
  /** True if fresh memory is allocated as it is touched; default: above 2 GiB. */
  readonly sparse?: boolean;
  /** Source of the first bytes of fresh memory, chunk by chunk; it is then sparse. */
  readonly source?: RamSource;
  /** Backing of `memory`: the file that the caller mapped. */
  readonly backing?: RamBacking;
  /** Fresh memory is a `SharedArrayBuffer`, memory supplied must be one. Default: as it comes. */
  readonly shared?: boolean;
  /** Marks memory that ordinary means such as DMA cannot reach. Default false. */
  readonly protected?: boolean;
  /**
   * Alignment at which the guest had best see it: multiples of this power of two; default a page.
   */
  readonly alignment?: number;
}

/**
 * Checks what is particular to RAM.
 * @throws RegionOptionsError when the alignment is no power of two, or options contradict each
 *   other.
 */
export function checkRamOptions(options: RamMemoryOptions, region: string): void {
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
