import { NaiveRegion } from "@mem/common";
import type { RegionAttributeName } from "@mem/core/plumbing";
import type { Kind } from "../operation.js";
import { PAGE } from "../operation.js";
import { Device, type MemoryTraits, memoryTraits } from "../traits.js";
import { inheritedOf } from "../visibility.js";

/** Memory: its bytes, and the dirty pages of each of three clients. */
export class ModelBlock {
  readonly bytes: Uint8Array;
  readonly dirty = [new Set<number>(), new Set<number>(), new Set<number>()];
  readonly traits: MemoryTraits;
  used: number;

  constructor(size: number, traits: MemoryTraits) {
    const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;
    const most = traits.resizeable ? pages(2 * size) : pages(size);
    this.traits = traits;
    this.bytes = new Uint8Array(traits.source === "supplied" ? size : most);
    this.used = Math.min(pages(size), this.bytes.length);
    // Fresh memory is dirty for everybody.
    this.mark(0, this.bytes.length, 7);
  }

  /** Bytes from an offset on; 0 where there are none. */
  at(offset: number): number {
    return this.bytes[offset] ?? 0;
  }

  /** Marks the pages that a range touches, for clients in a mask. */
  mark(offset: number, length: number, mask: number): void {
    for (const [client, pages] of this.dirty.entries()) {
      if (((mask >>> client) & 1) === 0) continue;
      for (let p = Math.floor(offset / PAGE); p < Math.ceil((offset + length) / PAGE); p++) {
        pages.add(p);
      }
    }
  }
}

/** A write trigger. */
export interface ModelTrigger {
  readonly at: number;
  readonly size: number;
  /** The value that is matched, as the device sees it; `null` for any. */
  readonly data: bigint | null;
}

/** A translation of a page of an IOMMU. */
export interface ModelTranslation {
  readonly space: number;
  readonly to: number;
  readonly perm: number;
}

/** A region, read literally. */
export class ModelRegion extends NaiveRegion<number> {
  readonly id: number;
  readonly kind: Kind;
  readonly owner: number | null;
  readonly device: Device | null;
  readonly block: ModelBlock | null;
  readonly triggers: ModelTrigger[] = [];
  readonly translations = new Map<number, ModelTranslation>();
  readonly attributes: Partial<Record<RegionAttributeName, boolean>>;

  constructor(options: {
    readonly id: number;
    readonly kind: Kind;
    readonly size: number;
    readonly target?: ModelRegion | null;
    readonly aliasOffset?: number;
    readonly owner?: number | null;
    readonly traits?: number;
  }) {
    const { aliasOffset = 0, kind, size, target = null, traits = 0 } = options;
    const leaf = kind !== "container" && kind !== "alias";
    super({ size, leaf, target, aliasOffset, zero: 0 });
    this.id = options.id;
    this.kind = kind;
    this.owner = options.owner ?? null;
    this.attributes = { enabled: true, romd: true, readonly: kind === "rom" };
    this.device = kind === "mmio" || kind === "romDevice" ? new Device(traits) : null;
    const hasBlock = ["ram", "rom", "ramDevice", "romDevice"].includes(kind);
    this.block = hasBlock ? new ModelBlock(options.size, blockTraits(kind, traits)) : null;
  }

  get enabled(): boolean {
    return this.attributes.enabled === true;
  }

  get inherited(): readonly string[] {
    return inheritedOf(this.attributes);
  }

  get readonly(): boolean {
    return this.attributes.readonly === true;
  }

  get romd(): boolean {
    return this.attributes.romd === true;
  }

  get isRam(): boolean {
    return this.kind === "ram" || this.kind === "rom" || this.kind === "ramDevice";
  }

  /** Whether reads come straight from memory. */
  get directRead(): boolean {
    if (this.kind === "romDevice") return this.romd;
    return this.kind === "ram" || this.kind === "rom";
  }

  isDirect(isWrite: boolean, debug: boolean): boolean {
    if (!this.directRead) return false;
    return !isWrite || debug || (!this.readonly && this.kind !== "romDevice");
  }

  /** The owner that must not be entered again, if any. */
  get guard(): number | null {
    const exempt =
      this.attributes.reentrancyGuardDisabled === true ||
      this.isRam ||
      this.kind === "romDevice" ||
      this.readonly;
    return exempt ? null : this.owner;
  }
}

/** What memory of a kind of region can be. */
export function blockTraits(kind: Kind, seed: number): MemoryTraits {
  const traits = memoryTraits(seed);
  if (kind === "ramDevice") return { source: "supplied", migratable: false, resizeable: false };
  return kind === "ram" ? traits : { ...traits, resizeable: false };
}
