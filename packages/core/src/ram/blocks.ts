import { PAGE_SIZE, pageAlign, toSize } from "../address.js";
import { RamBlockError } from "../errors.js";
import type { RamOptions, ResizeableRamOptions } from "../region/options.js";
import { RamAddresses } from "./addresses.js";
import { RamBlock } from "./block.js";
import { checkRamOptions } from "./options.js";
import { adoptStorage, allocateStorage } from "./supplied.js";

/** The RAM blocks of one system: their names, their addresses, and those whose bytes may move. */
export class RamBlocks {
  readonly #addresses = new RamAddresses();
  readonly #migratableNames = new Set<string>();
  readonly #moving = new Set<RamBlock>();

  /**
   * A block for a region.
   * @param of.wholePages true if its memory goes on to the end of a page, as far as there is some:
   *   that of a physical device does, and accesses past all address spaces reach it (recorded).
   * @throws RamBlockError for size 0, memory that is too small, or a migratable name in use.
   */
  create(
    options: RamOptions & Partial<ResizeableRamOptions>,
    of: { readonly name: string | null; readonly size: bigint; readonly wholePages?: boolean },
  ): RamBlock {
    const { name, size, wholePages = false } = of;
    const regionName = name ?? "(anonymous region)";
    const maxSize = toSize(options.maxSize ?? size, "maximum RAM size", regionName);
    if (size === 0n || maxSize < size || maxSize > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new RamBlockError(`${regionName}: RAM of ${size} bytes (at most ${maxSize})`, {
        rule: "ram-size",
        region: regionName,
        address: size,
      });
    }
    const migratable = options.migratable ?? false;
    if (migratable && this.#migratableNames.has(regionName)) {
      throw new RamBlockError(`a migratable RAM block is already named ${regionName}`, {
        rule: "ram-name",
        region: regionName,
      });
    }
    const usedLength = pageAlign(Number(size));
    const maxLength = pageAlign(Number(maxSize));
    checkRamOptions(options, regionName);
    const shared = options.shared ?? false;
    const { memory, memoryOffset = 0 } = options;
    // Memory of the caller's ends where the region does: what follows may be somebody else's.
    const room = wholePages ? maxLength : Number(maxSize);
    const given =
      memory && adoptStorage(memory, memoryOffset, Number(size), room, shared, regionName);
    const storage = given?.storage ?? allocateStorage(maxLength, shared, regionName, options);
    const most = given?.length ?? maxLength;
    if (migratable) this.#migratableNames.add(regionName);
    const block = new RamBlock({
      regionName,
      storage,
      usedLength: Math.min(usedLength, most),
      maxLength: most,
      migratable,
      resized: options.resized ?? null,
      isResizeable: options.maxSize !== undefined,
      ramAddress: this.#addresses.allocate(most),
      alignment: options.alignment ?? PAGE_SIZE,
      isProtected: options.protected ?? false,
      backing: options.backing ?? null,
    });
    if (given?.moves) this.#moving.add(block);
    return block;
  }

  /** Follows memory of the caller's that moved. */
  refresh(): void {
    for (const block of this.#moving) block.refresh();
  }

  /** The region of a block has ended. */
  forget(block: RamBlock): void {
    if (block.migratable) this.#migratableNames.delete(block.name);
    this.#addresses.release(block.ramAddress, block.maxLength);
    this.#moving.delete(block);
  }
}
