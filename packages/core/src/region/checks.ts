import type { ObjectSystem, QomObject } from "@mem/qom";
import { toSize } from "../address.js";
import { LifecycleError, TopologyError } from "../errors.js";
import type { TreeNode } from "../tree/node.js";
import type { RegionOptions } from "./options.js";

/**
 * Number of aliases that may stand one behind the other.
 * @see {@link MemorySystem}
 */
export const MAX_ALIAS_CHAIN = 1024;

/** Checked options of every region. */
export interface CommonSpec {
  readonly name: string | null;
  readonly owner: QomObject | null;
  readonly size: bigint;
}

/**
 * Checks the options that every region has.
 * @throws AddressError when the size is out of range
 * @throws TopologyError, LifecycleError when the owner is of another system, or was finalized
 */
export function commonSpec(
  system: { readonly objects: ObjectSystem },
  options: RegionOptions,
): CommonSpec {
  const { name, owner = null } = options;
  const region = name ?? "(anonymous region)";
  const size = toSize(options.size, "size", region);
  if (owner === null) return { name, owner, size };
  if (owner.objects !== system.objects) {
    throw new TopologyError(`${region}: its owner ${owner.describe()} is of another system`, {
      rule: "other-system",
      region,
      other: owner.describe(),
    });
  }
  if (owner.finalizing || owner.finalized) {
    throw new LifecycleError(`${region}: its owner ${owner.describe()} was finalized`, {
      rule: "owner-finalized",
      region,
      other: owner.describe(),
    });
  }
  return { name, owner, size };
}

/**
 * Checks what an alias is to show.
 * @throws LifecycleError when it was finalized
 * @throws TopologyError when it is of another system, or too many aliases stand in a row
 */
export function checkAliasTarget(system: object, target: TreeNode, name: string | null): void {
  target.assertUsable("alias");
  const refuse = (rule: string, why: string): never => {
    const region = name ?? "(anonymous alias)";
    throw new TopologyError(`${region}: ${why}`, { rule, region, other: target.describe() });
  };
  if (target.system !== system) {
    refuse("other-system", `its target ${target.describe()} belongs to another memory system`);
  }
  let length = 1;
  for (let next = target.alias; next; next = next.alias) length++;
  if (length > MAX_ALIAS_CHAIN) {
    refuse("alias-chain", `more than ${MAX_ALIAS_CHAIN} aliases in a row`);
  }
}
