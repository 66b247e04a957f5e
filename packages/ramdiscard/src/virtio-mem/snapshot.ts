import { hex, type MemoryRegion, RegionOptionsError } from "@mem/core";
import { BlockBitmap } from "../bitmap/block-bitmap.js";
import type { VirtioMemShape } from "./options.js";

/**
 * The state of a {@link VirtioMem}, as it travels in a migration. The first four must be the same on
 * both sides. What is in memory is no part of it.
 */
export interface VirtioMemSnapshot {
  /** In bytes, as the sizes below. */
  readonly address: bigint;
  /** Size of a block, in bytes. */
  readonly blockSize: bigint;
  /** Size of the region, in bytes. */
  readonly regionSize: bigint;
  /** The NUMA node of the memory. */
  readonly node: number;
  /** The size that the host wishes, in bytes. */
  readonly requestedSize: bigint;
  /** The size that the guest may use, in bytes from the start. */
  readonly usableRegionSize: bigint;
  /** Bitmap of the plugged blocks: eight a byte, the first in the lowest bit. */
  readonly bitmap: Uint8Array;
}

/**
 * Checks that a device can take a state.
 * @throws RegionOptionsError naming what does not fit.
 */
export function checkSnapshot(
  snapshot: VirtioMemSnapshot,
  shape: VirtioMemShape,
  region: MemoryRegion,
): void {
  const fail = (what: string, value: bigint): never => {
    throw new RegionOptionsError(
      `virtio-mem on ${region.describe()}: the saved ${what} ${hex(value)} does not fit`,
      { rule: "virtio-mem-snapshot", region: region.describe(), address: value },
    );
  };
  const { address, blockSize, regionSize, node, requestedSize, usableRegionSize } = snapshot;
  if (address !== shape.address) fail("address", address);
  if (blockSize !== shape.blockSize) fail("block size", blockSize);
  if (regionSize !== shape.regionSize) fail("region size", regionSize);
  if (node !== shape.node) fail("node", BigInt(Math.trunc(node)));
  const whole = (size: bigint) => size >= 0n && size <= regionSize && size % blockSize === 0n;
  if (!whole(requestedSize)) fail("requested size", requestedSize);
  if (!whole(usableRegionSize) || usableRegionSize < requestedSize) {
    fail("usable region size", usableRegionSize);
  }
  const blocks = Number(regionSize / blockSize);
  if (snapshot.bitmap.length !== Math.ceil(blocks / 8)) {
    fail("bitmap's length", BigInt(snapshot.bitmap.length));
  }
  const usableBlocks = Number(usableRegionSize / blockSize);
  const plugged = BlockBitmap.unpack(snapshot.bitmap, blocks);
  const beyond = plugged.nextRun(usableBlocks, true);
  if (beyond) fail("plugged block at", BigInt(beyond.from) * blockSize);
}
