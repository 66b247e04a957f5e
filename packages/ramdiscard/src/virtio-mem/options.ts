import {
  type Address,
  hex,
  type MemoryRegion,
  MiB,
  PAGE_SIZE,
  RegionOptionsError,
  toAddress,
  toSize,
} from "@mem/core";
import {
  aFlag,
  anything,
  aRegion,
  checkOptions,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";

/**
 * Options of a {@link VirtioMem}.
 * @see {@link VirtioMem}
 */
export interface VirtioMemOptions {
  /** RAM that a guest may write, a whole number of blocks. */
  readonly region: MemoryRegion;
  /** The place where the guest sees the region, a multiple of the block size (`memaddr`); default 0. */
  readonly address?: Address;
  /** Bytes in a block: a power of two, at least a page (`block-size`); default 2 MiB. */
  readonly blockSize?: Address;
  /** Bytes that the guest should plug (`requested-size`), whole blocks; default 0. */
  readonly requestedSize?: Address;
  /** The number of bytes by which the usable region is larger than requested, in bytes; default 256 MiB. */
  readonly usableExtent?: Address;
  /** The number of the guest's memory node (`node`), 0 to 65535; default 0. */
  readonly node?: number;
  /**
   * Does not insist on discards for as long as the device exists: others may disable them, and
   * the device answers `BUSY` meanwhile. Default false: while it exists, others cannot.
   */
  readonly toleratesInhibition?: boolean;
}

const OPTIONS: OptionTable = {
  call: "new VirtioMem",
  required: { region: aRegion },
  // What is `any` here has a rule of its own.
  optional: {
    address: anything,
    blockSize: anything,
    requestedSize: anything,
    usableExtent: anything,
    node: anything,
    toleratesInhibition: aFlag,
  },
};

/** @throws ArgumentError for options that are missing, unknown or of the wrong kind */
export function checkVirtioMemCall(options: unknown): void {
  checkOptions(options, OPTIONS, refuseArgument);
}

/** Options with their defaults, and exact. */
export interface VirtioMemShape {
  readonly address: bigint;
  readonly blockSize: bigint;
  readonly regionSize: bigint;
  readonly requestedSize: bigint;
  readonly usableExtent: bigint;
  readonly node: number;
}

/**
 * Checks options.
 * @throws RegionOptionsError when the region is not writable RAM, the block size is no power of two
 *   or less than a page, something is not whole blocks, or the node is no 16-bit number; AddressError
 *   when a number is negative or not exact.
 */
export function checkVirtioMemOptions(options: VirtioMemOptions): VirtioMemShape {
  const { region, node = 0 } = options;
  const name = region.describe();
  const fail = (rule: string, reason: string, address?: bigint): never => {
    throw new RegionOptionsError(`virtio-mem on ${name}: ${reason}`, {
      rule,
      region: name,
      address,
    });
  };
  const blockSize = toSize(options.blockSize ?? 2 * MiB, "block size", name);
  const address = toAddress(options.address ?? 0n, "address", name);
  const usableExtent = toSize(options.usableExtent ?? 256 * MiB, "usable extent", name);
  const { size: regionSize } = region;
  if (!region.isRam || region.readonly || !region.ramBlock) {
    fail("virtio-mem-region", "it is not RAM that can be written");
  }
  if (blockSize < BigInt(PAGE_SIZE) || (blockSize & (blockSize - 1n)) !== 0n) {
    fail("virtio-mem-block", `blocks of ${hex(blockSize)} bytes`, blockSize);
  }
  if (regionSize === 0n || regionSize % blockSize !== 0n) {
    fail("virtio-mem-size", `${hex(regionSize)} bytes are not whole blocks`, regionSize);
  }
  if (address % blockSize !== 0n) {
    fail("virtio-mem-address", `${hex(address)} is no multiple of its block size`, address);
  }
  if (!Number.isInteger(node) || node < 0 || node > 0xffff) fail("virtio-mem-node", `node ${node}`);
  const shape = { address, blockSize, regionSize, usableExtent, node };
  const requestedSize = checkRequestedSize(options.requestedSize ?? 0n, shape, region);
  return { ...shape, requestedSize };
}

/**
 * @throws RegionOptionsError when it is not whole blocks, or more than the region has; AddressError
 *   when it is negative or not exact.
 */
export function checkRequestedSize(
  size: Address,
  shape: Pick<VirtioMemShape, "blockSize" | "regionSize">,
  region: MemoryRegion,
): bigint {
  const name = region.describe();
  const bytes = toSize(size, "requested size", name);
  if (bytes % shape.blockSize === 0n && bytes <= shape.regionSize) return bytes;
  throw new RegionOptionsError(
    `virtio-mem on ${name}: ${hex(bytes)} bytes cannot be requested of ${hex(shape.regionSize)} in blocks of ${hex(shape.blockSize)}`,
    { rule: "virtio-mem-requested", region: name, address: bytes },
  );
}

/** The number of bytes of the region that are usable at a requested size: nothing when nothing is requested. */
export function usableSize(requestedSize: bigint, shape: VirtioMemShape): bigint {
  if (requestedSize === 0n) return 0n;
  const wanted = requestedSize + shape.usableExtent;
  const blocks = (wanted + shape.blockSize - 1n) / shape.blockSize;
  const whole = blocks * shape.blockSize;
  return whole < shape.regionSize ? whole : shape.regionSize;
}
