/** A node of the block layer: an image, or what changes the accesses to one beneath it. */
import type { BlockBackend } from "../storage/block-backend.js";

/** Caching of a node. No cache of ours keeps anything: it is what programs are told. */
export interface BlockCache {
  readonly writeback: boolean;
  readonly direct: boolean;
  readonly noFlush: boolean;
}

/** A snapshot within an image. */
export interface ImageSnapshot {
  readonly id: string;
  readonly name: string;
  /** Time at which it was made, since 1970. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The machine's clock then. */
  readonly clock: { readonly seconds: number; readonly nanoseconds: number };
  /** Bytes of the machine's state. */
  readonly stateSize: number;
  /** Instructions that had been executed; absent where nobody counted. */
  readonly icount?: number;
}

/** Facts that a format knows of its image, beside the sectors. */
export interface ImageDetails {
  readonly clusterBytes: number;
  /** True if its last writer did not close it. */
  readonly dirty: boolean;
  /** The image beneath as this one names it, and as it was opened; `null` for none. */
  readonly backing: {
    readonly name: string;
    readonly format: string | null;
    readonly fullName: string;
  } | null;
  readonly snapshots: readonly ImageSnapshot[];
  /** `format-specific` of QMP. */
  readonly specific: {
    readonly type: string;
    readonly data: Readonly<Record<string, string | number | boolean>>;
  };
}

/** Properties of a node. */
export interface BlockNodeOptions {
  readonly name: string;
  /** False of a name that the graph made up. */
  readonly named: boolean;
  /** Driver, such as `raw`. */
  readonly driver: string;
  readonly filename: string;
  readonly image: BlockBackend;
  /** Nodes beneath it: `file`, `image`, `backing`. */
  readonly children: readonly BlockNode[];
  readonly cache: BlockCache;
  readonly detectZeroes: string;
  /** The image beneath, for a copy-on-write image; `null` for none. */
  readonly backing?: BlockNode | null;
  /** Facts of the format as they are now; absent where there are none. */
  readonly details?: (() => ImageDetails) | undefined;
}

/** A node. */
export class BlockNode {
  readonly name: string;
  readonly named: boolean;
  readonly driver: string;
  readonly filename: string;
  readonly image: BlockBackend;
  readonly children: readonly BlockNode[];
  readonly cache: BlockCache;
  readonly detectZeroes: string;
  /** The node that a copy-on-write image reads what it does not hold from, `null` for none. */
  readonly backing: BlockNode | null;
  /** Number of nodes and drives above it. */
  users = 0;

  readonly #details: (() => ImageDetails) | undefined;

  constructor(options: BlockNodeOptions) {
    this.name = options.name;
    this.named = options.named;
    this.driver = options.driver;
    this.filename = options.filename;
    this.image = options.image;
    this.children = options.children;
    this.cache = options.cache;
    this.detectZeroes = options.detectZeroes;
    this.backing = options.backing ?? null;
    this.#details = options.details;
  }

  /** Facts of the format as they are now; `null` where there are none. */
  get details(): ImageDetails | null {
    return this.#details?.() ?? null;
  }

  /** Number of images beneath it that it is copied from on a write. */
  get backingDepth(): number {
    return this.backing === null ? 0 : 1 + this.backing.backingDepth;
  }

  /** Bytes that its image takes on the host, of its own files. */
  get allocatedBytes(): number {
    const own = this.image.allocatedBytes?.();
    if (own !== undefined) return own;
    return this.children
      .filter((child) => child !== this.backing)
      .reduce((sum, child) => sum + child.allocatedBytes, 0);
  }
}
