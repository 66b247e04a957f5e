import type { Ioeventfd } from "../mmio/ioeventfd.js";
import type { DamageSink } from "../tree/damage-sink.js";
import type { TreeNode } from "../tree/node.js";
import type { Sibling } from "../tree/sibling.js";
import type { Subregions } from "../tree/subregions.js";

// A map may have a hundred thousand regions, most of them a device's registers. Parts that few regions
// have are objects of their own, made when they are first needed.

const NONE: readonly never[] = [];

/** The ties between a region and others, besides its place in a container. */
export class RegionLinks<Region, Child extends Sibling> {
  /** The region that an alias shows a part of. */
  readonly target: Region | null;
  /** Offset in the target at which an alias starts, in bytes. */
  aliasOffset: bigint;
  /** Aliases that show a part of the region. */
  aliasedBy: Set<TreeNode> | null = null;
  /** Number of attached aliases that show the region, directly or through aliases. */
  mappedViaAlias = 0;
  /** Its subregions. */
  subregions: Subregions<Child> | null = null;

  constructor(target: Region | null = null, aliasOffset = 0n) {
    this.target = target;
    this.aliasOffset = aliasOffset;
  }
}

/** The ties of a region that has none. */
export const NO_LINKS: Readonly<RegionLinks<never, never>> = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ new RegionLinks<never, never>(),
);

/** Bytes of a region whose writes may be queued. */
export interface CoalescedRange {
  readonly addr: bigint;
  readonly size: bigint;
}

/** Whoever uses a region or wants to hear of it, besides views that show it. */
export class RegionWatchers {
  /** Causes of log lines that were logged. */
  loggedCauses: Set<string> | null = null;
  /** Uses by others than views. */
  uses = 0;
  /** Displays that want to know of stores. */
  vgaLogs = 0;
  /** The view that has the region as its root hears of damage here. */
  damageSink: DamageSink | null = null;
  /** Coordinates which parts of a RAM region are populated. */
  ramDiscardManager: object | null = null;
  /** Write triggers, sorted by offset. */
  ioeventfds: readonly Ioeventfd[] = NONE;
  /** Ranges whose writes may be queued, oldest first. */
  coalesced: readonly CoalescedRange[] = NONE;
  /** True if queued writes are delivered before the region is accessed. */
  flushCoalesced = false;
}

/** The watchers of a region that has none. */
export const NO_WATCHERS: Readonly<RegionWatchers> = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ new RegionWatchers(),
);
