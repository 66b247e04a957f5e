import type { DamageSink } from "./damage-sink.js";
import type { Sibling } from "./sibling.js";
import type { Subregions } from "./subregions.js";

/**
 * Placement of a subregion.
 * @see {@link MemoryRegion}
 */
export interface PlaceOptions {
  /** Precedence among overlapping siblings, a 32-bit integer: the higher one shows. Default 0. */
  readonly priority?: number;
}

/** Rendered views, as the tree of regions tells them. */
export interface TreeViews {
  /** Every rendered view must be rendered anew. */
  damageEverything(): void;
}

/** Services of their system that the tree of regions uses. */
export interface TreeHost {
  readonly transactions: { touchTopology(): void };
  /** Opens a transaction; {@link commit} ends it. They nest. */
  begin(): void;
  commit(): void;
  transaction<T>(change: () => T): T;
  /** A number above all those before. */
  nextSequence(): number;
  readonly views: TreeViews;
}

/** A region as the tree sees it: its place, what it shows, and who must hear of changes. */
export interface TreeNode extends Sibling {
  readonly system: TreeHost;
  readonly owner: object | null;
  readonly name: string;
  /** Bytes. */
  readonly size: bigint;
  /** Offset within the container, in bytes. */
  readonly addr: bigint;
  readonly container: TreeNode | null;
  /** Region that an alias shows, and the offset in bytes. */
  readonly alias: TreeNode | null;
  readonly aliasOffset: bigint;
  readonly aliasedBy: ReadonlySet<TreeNode> | null;
  readonly watchers: { readonly damageSink: DamageSink | null };
  sequence: number;
  readonly subregionList: Subregions<TreeNode> | null;
  /** Ties to other regions, to be changed. */
  readonly ownLinks: { mappedViaAlias: number; subregions: Subregions<TreeNode> | null };
  setPlace(container: TreeNode | null, addr: bigint, priority: number): void;
  describe(): string;
  assertUsable(action: string): void;
  assertCountable(action: string): void;
  refUse(holder: string): void;
  unrefUse(holder: string): void;
}
