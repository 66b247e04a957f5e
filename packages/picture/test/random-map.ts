import { type AddressSpace, Machine, type MemoryRegion } from "@mem/flat";
import fc from "fast-check";

/** A region of a random map: what it is, where it goes, and what of it is switched on. */
export interface RegionPlan {
  readonly kind: "ram" | "rom" | "mmio" | "container" | "solid" | "alias" | "reservation";
  /** The number of its container among those before it. */
  readonly parent: number;
  readonly target: number;
  readonly start: number;
  readonly size: number;
  readonly shift: number;
  readonly priority: number;
  readonly enabled: boolean;
  readonly name: string;
}

const plan: fc.Arbitrary<RegionPlan> = fc.record({
  kind: fc.constantFrom("ram", "rom", "mmio", "container", "solid", "alias", "reservation"),
  parent: fc.nat(20),
  target: fc.nat(20),
  start: fc.nat(15),
  size: fc.integer({ min: 1, max: 12 }),
  // Sizes and places from bytes to exabytes.
  shift: fc.constantFrom(4, 12, 12, 12, 20, 40, 58),
  priority: fc.integer({ min: -2, max: 2 }),
  enabled: fc.nat(9).map((number) => number > 0),
  name: fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: "binary", maxLength: 12 })),
});

/** Random maps: trees of containers, with aliases to what is in them and to what is nowhere. */
export const plans: fc.Arbitrary<readonly RegionPlan[]> = fc.array(plan, {
  minLength: 0,
  maxLength: 24,
});

/** Builds a map. Aliases that would form a cycle stay out of the tree. */
export function build(given: readonly RegionPlan[]): AddressSpace {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 2n ** 64n });
  const holders: MemoryRegion[] = [root];
  const all: MemoryRegion[] = [];
  for (const item of given) {
    const region = make(machine, item, all[item.target % Math.max(1, all.length)]);
    region.enabled = item.enabled;
    all.push(region);
    // One in eight stands alone, for aliases to lead to.
    const holder = item.parent % 8 === 7 ? undefined : holders[item.parent % holders.length];
    if (item.kind === "container" || item.kind === "solid") holders.push(region);
    const offset = (BigInt(item.start) << BigInt(item.shift)) & (2n ** 64n - 1n);
    try {
      holder?.addSubregion(offset, region, { priority: item.priority });
    } catch (error) {
      if (!(error instanceof Error) || !/contain itself/.test(error.message)) throw error;
    }
  }
  return machine.addressSpace(root, "random");
}

function make(
  machine: Machine,
  { kind, name, size, shift }: RegionPlan,
  target: MemoryRegion | undefined,
): MemoryRegion {
  const bytes = BigInt(size) << BigInt(shift);
  const ram = Math.min(size, 8) * 4096;
  // Offsets beyond 2^53 need callbacks of another kind.
  const registers = bytes > 2n ** 52n ? 2n ** 52n : bytes;
  const answer = { read: () => 0, write: () => undefined };
  if (kind === "alias" && target) {
    return machine.alias({ name, size: bytes, target, offset: BigInt(size % 3) << 12n });
  }
  if (kind === "ram") return machine.ram({ name, size: ram });
  if (kind === "rom") return machine.rom({ name, size: ram });
  if (kind === "mmio") return machine.mmio({ name, size: registers, ...answer });
  if (kind === "solid") return machine.mmio({ name, size: registers, ...answer });
  if (kind === "reservation") return machine.reservation({ name, size: bytes });
  return machine.container({ name, size: bytes });
}
