import { hex, pageAlign } from "../address.js";
import { RamBlockError } from "../errors.js";
import { blockInternals, DIRTY_CLIENTS } from "./block.js";
import type { CleanHost, RamHolder } from "./holder.js";

/** @throws RamBlockError when a region of that size would reach beyond its memory */
export function checkRamSize(region: RamHolder, size: bigint): void {
  const { ramBlock: block } = region;
  if (!block || size <= BigInt(block.maxLength)) return;
  throw new RamBlockError(
    `${region.describe()}: ${hex(size)} bytes exceed the RAM block of ${hex(block.maxLength)}`,
    { rule: "ram-size", region: region.describe(), address: size },
  );
}

/**
 * Changes the used length of a RAM region; see `MemoryRegion.ramResize`.
 * @param newSize in bytes
 * @throws RamBlockError for a region without memory, size 0, RAM of a fixed length, and a size above
 *   the block's greatest
 */
export function resizeRam(region: RamHolder, host: CleanHost, newSize: bigint): void {
  const block = region.ramBlock;
  if (!block || newSize === 0n) {
    throw new RamBlockError(
      block ? `${region.describe()}: RAM of size 0` : `${region.describe()} has no memory`,
      { rule: block ? "ram-size" : "no-ram", region: region.describe(), address: newSize },
    );
  }
  // Memory of the caller's may end within a page.
  const aligned = pageAlign(Number(newSize));
  const pages = newSize > block.maxLength ? aligned : Math.min(aligned, block.maxLength);
  if (pages !== block.usedLength && !block.isResizeable) {
    throw new RamBlockError(
      `${region.describe()}: its RAM has ${hex(block.usedLength)} bytes and cannot get ${hex(pages)}: ` +
        "make it with machine.resizeableRam()",
      { rule: "ram-not-resizeable", region: region.describe(), address: newSize },
    );
  }
  if (pages > block.maxLength) {
    throw new RamBlockError(
      `${region.describe()}: ${hex(pages)} bytes of RAM are more than its maxSize, ${hex(block.maxLength)}`,
      { rule: "ram-max-size", region: region.describe(), address: newSize },
    );
  }
  if (pages === block.usedLength) {
    if (newSize === region.size) return;
    region.size = newSize;
    block.resized?.(block.name, newSize);
    return;
  }
  for (let client = 0; client < DIRTY_CLIENTS; client++) {
    host.views.clearDirtyLog(region, 0, block.usedLength);
  }
  blockInternals(block).setUsedLength(pages);
  block.markDirty(0, pages, (1 << DIRTY_CLIENTS) - 1);
  region.size = newSize;
  block.resized?.(block.name, newSize);
}
