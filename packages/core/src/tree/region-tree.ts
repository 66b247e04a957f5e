import { aNumber, checkArgument, checkOptions, type OptionTable } from "@mem/qom/plumbing";
import { hex } from "../address.js";
import { aRegion, refuseArgument } from "../arguments.js";
import { reportDamage } from "./damage.js";
import { TopologyError } from "../errors.js";
import type { PlaceOptions, TreeNode } from "./node.js";
import { Subregions } from "./subregions.js";

const CALL = "addSubregion";
const PLACE: OptionTable = { call: CALL, optional: { priority: aNumber } };

/**
 * Puts a region into a container; see `MemoryRegion.addSubregion`.
 * @throws ArgumentError for what is no region; TopologyError when it cannot be one of `container`
 */
export function attachSubregion(
  container: TreeNode,
  offset: bigint,
  sub: TreeNode,
  options?: PlaceOptions,
): void {
  container.assertUsable("add a subregion to");
  checkArgument(sub, aRegion, CALL, "the subregion", refuseArgument);
  if (options !== undefined) checkOptions(options, PLACE, refuseArgument);
  const priority = options?.priority ?? 0;
  sub.assertCountable("add");
  checkAttach(container, offset, sub, priority);
  const { system } = container;
  // No closure: maps are built of many of these calls.
  system.begin();
  try {
    countAliasUses(sub, 1);
    if (container.owner !== sub.owner) sub.refUse(holderName(container));
    insert(container, offset, sub, priority);
    if (container.enabled && sub.enabled) system.transactions.touchTopology();
  } finally {
    system.commit();
  }
}

/**
 * Takes a region out of its container; see `MemoryRegion.removeSubregion`.
 * @throws ArgumentError for what is no region; TopologyError for one that is not in `container`
 */
export function detachSubregion(container: TreeNode, sub: TreeNode): void {
  checkArgument(sub, aRegion, "removeSubregion", "the subregion", refuseArgument);
  if (sub.container !== container) {
    throw new TopologyError(`${sub.describe()} is not a subregion of ${container.describe()}`, {
      rule: "not-a-subregion",
      region: container.describe(),
      other: sub.describe(),
      address: sub.addr,
    });
  }
  const { system } = container;
  system.transaction(() => {
    extract(container, sub);
    countAliasUses(sub, -1);
    // Dropping the container's use may finalize the subregion, which disables it: then the
    // removal was not an effective change, and views stay as they are until the next one.
    if (container.owner !== sub.owner) sub.unrefUse(holderName(container));
    if (container.enabled && sub.enabled) system.transactions.touchTopology();
  });
}

/** Moves a region within its container, to the front of its priority class. */
export function moveSubregion(region: TreeNode, addr: bigint): void {
  const { system, container, priority } = region;
  system.transaction(() => {
    region.watchers.damageSink?.damageAll();
    if (!container) {
      region.setPlace(null, addr, priority);
      return;
    }
    extract(container, region);
    insert(container, addr, region, priority);
    if (container.enabled && region.enabled) system.transactions.touchTopology();
  });
}

function insert(container: TreeNode, offset: bigint, sub: TreeNode, priority: number): void {
  if (sub.addr !== offset) sub.watchers.damageSink?.damageAll();
  sub.sequence = container.system.nextSequence();
  sub.setPlace(container, offset, priority);
  (container.ownLinks.subregions ??= new Subregions()).insert(sub);
  damagePlace(container, sub);
}

function extract(container: TreeNode, sub: TreeNode): void {
  damagePlace(container, sub);
  container.subregionList?.remove(sub);
  sub.setPlace(null, sub.addr, sub.priority);
}

/** The name stays the same while the container moves about in the object tree. */
function holderName(container: TreeNode): string {
  return `container ${container.name || "(anonymous)"}`;
}

function damagePlace(container: TreeNode, sub: TreeNode): void {
  const end = sub.addr + sub.size;
  reportDamage(container, sub.addr, end < container.size ? end : container.size);
}

function countAliasUses(sub: TreeNode, step: 1 | -1): void {
  for (let target = sub.alias; target; target = target.alias)
    target.ownLinks.mappedViaAlias += step;
}

function checkAttach(container: TreeNode, offset: bigint, sub: TreeNode, priority: number): void {
  const why = refusal(container, sub, priority);
  if (why === null) return;
  throw new TopologyError(why.message, {
    rule: why.rule,
    region: container.describe(),
    other: sub.describe(),
    address: offset,
  });
}

/** Reason why a region cannot become a subregion. Nothing is described unless it cannot. */
function refusal(
  container: TreeNode,
  sub: TreeNode,
  priority: number,
): { readonly rule: string; readonly message: string } | null {
  if (container.system !== sub.system) {
    return {
      rule: "other-system",
      message: `${sub.describe()} belongs to another memory system`,
    };
  }
  if (sub.container) {
    return {
      rule: "region-added-twice",
      message: `${sub.describe()} is already at ${hex(sub.addr)} of ${sub.container.describe()}`,
    };
  }
  if (container.alias) {
    return {
      rule: "subregion-of-alias",
      message: `${container.describe()} is an alias and cannot hold subregions`,
    };
  }
  if (!Number.isInteger(priority) || Math.abs(priority) > 0x7fffffff) {
    return {
      rule: "priority-range",
      message: `priority ${priority} of ${sub.describe()} is not a 32-bit integer`,
    };
  }
  if (container === sub || (hasDescendants(sub) && isAbove(sub, container))) {
    return {
      rule: "cycle",
      message: `${sub.describe()} would contain itself through ${container.describe()}`,
    };
  }
  return null;
}

function hasDescendants(region: TreeNode): boolean {
  return region.alias !== null || (region.subregionList?.size ?? 0) > 0;
}

/** True if `wanted` is `region`, or reaches it through containers and aliases. */
function isAbove(wanted: TreeNode, region: TreeNode): boolean {
  const seen = new Set<TreeNode>();
  const queue: TreeNode[] = [region];
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (next === wanted) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.container) queue.push(next.container);
    if (next.aliasedBy) queue.push(...next.aliasedBy);
  }
  return false;
}
