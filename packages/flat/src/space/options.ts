import {
  LifecycleError,
  type MemoryRegion,
  type MemorySystem,
  TopologyError,
  toSize,
} from "@mem/core";

/**
 * Options of an address space.
 * @see {@link AddressSpace}
 */
export interface AddressSpaceOptions {
  /** The region that addresses are resolved in. */
  readonly root: MemoryRegion;
  /** For people. */
  readonly name: string;
  /** Bytes of bounce buffers that may be mapped at a time; default 4096. */
  readonly maxBounceBufferSize?: number;
}

/**
 * Checks what an address space is to be made of.
 * @throws LifecycleError, TopologyError, AddressError; see the constructor of `AddressSpace`
 */
export function checkAddressSpaceOptions(
  system: MemorySystem,
  { root, name, maxBounceBufferSize }: AddressSpaceOptions,
): void {
  root.assertCountable("root an address space at");
  if (root.memory !== system) {
    throw new TopologyError(`${root.describe()} belongs to another memory system than ${name}`, {
      rule: "other-system",
      region: root.describe(),
    });
  }
  if (maxBounceBufferSize !== undefined) {
    toSize(maxBounceBufferSize, "maxBounceBufferSize", name);
  }
}

/**
 * Checks that nobody uses an address space that is to end.
 * @param uses what counts as use, and how often there is such
 * @throws LifecycleError for the first that is there
 */
export function checkIdle(
  { name, root }: AddressSpaceOptions,
  uses: Readonly<Record<string, number>>,
): void {
  const busy = Object.entries(uses).find(([, count]) => count !== 0);
  if (!busy) return;
  const [what, count] = busy;
  throw new LifecycleError(`address space ${name} cannot be destroyed: it has ${count} ${what}`, {
    rule: "address-space-busy",
    region: root.describe(),
  });
}

/**
 * What `AddressSpace.translate` answers.
 * @see the README of `@mem/flat`, "Looking closely"
 */
export interface TranslationResult {
  /** The region that the access ends up in. */
  readonly region: MemoryRegion;
  /** Offset within the region, in bytes. */
  readonly xlat: bigint;
  /** Bytes that translate alike, at most those asked for. */
  readonly length: bigint;
}
