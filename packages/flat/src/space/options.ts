import {
  LifecycleError,
  type MemoryRegion,
  type MemorySystem,
  RegionOptionsError,
  TopologyError,
  toSize,
} from "@mem/core";
import {
  anything,
  aRegion,
  aText,
  checkArgument,
  checkOptions,
  internalsOf,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import { checkMachine } from "../arguments.js";

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
  /** Treatment of a load or store that crosses a boundary; default `"as-recorded"`. */
  readonly crossSections?: CrossSections;
}

/**
 * Treatment of a load or store of 2 to 8 bytes that crosses the boundary between two things that
 * show.
 *
 * - `"as-recorded"`, as QEMU does it: it goes whole to what its first byte reaches, if that is a
 *   device, and is a `DECODE_ERROR` if it is memory, also where memory is cut within a page.
 * - `"split"`, as most hardware does it: it becomes an access to each side, in the largest pieces
 *   that are aligned there, by ascending address. The results are OR-ed; what failed reads as 0.
 * @see the guide "Banks, mirrors and windows", "A mirror"
 */
export type CrossSections = "as-recorded" | "split";

// Which values these two may have is checked further on.
const optional = { maxBounceBufferSize: anything, crossSections: anything };
const OPTIONS: OptionTable = {
  call: "new AddressSpace",
  required: { root: aRegion, name: aText },
  optional,
};
const FURTHER_OPTIONS: OptionTable = { call: "machine.addressSpace", optional };

/** @throws ArgumentError for arguments of `machine.addressSpace` that the compiler would refuse */
export function checkAddressSpaceCall(root: unknown, name: unknown, options: unknown): void {
  const { call } = FURTHER_OPTIONS;
  checkArgument(root, aRegion, call, "the root", refuseArgument);
  checkArgument(name, aText, call, "the name", refuseArgument);
  checkOptions(options, FURTHER_OPTIONS, refuseArgument);
}

/**
 * Checks what an address space is to be made of.
 * @throws ArgumentError, LifecycleError, TopologyError, AddressError, RegionOptionsError; see the constructor of `AddressSpace`
 */
export function checkAddressSpaceOptions(system: MemorySystem, options: AddressSpaceOptions): void {
  checkMachine(system, OPTIONS.call);
  checkOptions(options, OPTIONS, refuseArgument);
  const { root, name, maxBounceBufferSize, crossSections } = options;
  internalsOf(root).assertCountable("root an address space at");
  if (root.system !== system) {
    throw new TopologyError(`${root.describe()} belongs to another memory system than ${name}`, {
      rule: "other-system",
      region: root.describe(),
    });
  }
  if (maxBounceBufferSize !== undefined) {
    toSize(maxBounceBufferSize, "maxBounceBufferSize", name);
  }
  if (crossSections !== undefined && crossSections !== "split" && crossSections !== "as-recorded") {
    throw new RegionOptionsError(
      `crossSections of ${name} is ${String(crossSections)}, not "as-recorded" or "split"`,
      { rule: "cross-sections", region: root.describe() },
    );
  }
}

/**
 * Checks that nobody uses an address space that is to end.
 * @param uses kinds of use, and the number of each
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

/** Answer of `AddressSpace.translate`. */
export interface TranslationResult {
  /** The region that the access ends up in. */
  readonly region: MemoryRegion;
  /** Offset within the region, in bytes. */
  readonly xlat: bigint;
  /** Bytes that translate alike, at most those asked for. */
  readonly length: bigint;
}
