import type { RegionAttributeName } from "@mem/core/plumbing";
/** Kinds of regions that a program makes. */
export type Kind =
  | "container"
  | "ram"
  | "rom"
  | "ramDevice"
  | "romDevice"
  | "mmio"
  | "reservation"
  | "alias"
  | "iommu";

/** Attributes of an access, as far as programs vary them. */
export type Attrs = "none" | "memory" | "debug" | "plain";

/** How an access is made. */
export type Form =
  | "load"
  | "store"
  | "loadData"
  | "storeData"
  | "busLoad"
  | "busStore"
  | "read"
  | "write"
  | "writeRom"
  | "set"
  | "valid"
  | "translate"
  | "iotlb"
  | "isIo"
  | "structRead"
  | "structWrite";

/** A switch of a region. */
export type Switch = Exclude<RegionAttributeName, "lockless">;

/**
 * One step of a program. Regions, spaces and so on are named by numbers that are taken modulo how
 * many there are, so that a program from which steps were left out is one, too. Positions and
 * sizes of regions are in cells of the program's grain, those of accesses in bytes.
 */
export type Operation =
  | {
      readonly op: "create";
      readonly kind: Kind;
      readonly cells: number;
      readonly target: number;
      readonly offset: number;
      readonly owner: number;
      readonly traits: number;
    }
  | {
      readonly op: "add";
      readonly into: number;
      readonly child: number;
      readonly at: number;
      readonly priority: number;
    }
  | { readonly op: "remove"; readonly child: number }
  | { readonly op: "switch"; readonly region: number; readonly what: Switch; readonly on: boolean }
  | { readonly op: "move"; readonly region: number; readonly at: number }
  | { readonly op: "resize"; readonly region: number; readonly cells: number }
  | { readonly op: "aliasOffset"; readonly region: number; readonly at: number }
  | { readonly op: "ramResize"; readonly region: number; readonly bytes: number }
  | {
      readonly op: "discard";
      readonly region: number;
      readonly page: number;
      readonly pages: number;
    }
  | { readonly op: "begin" }
  | { readonly op: "commit" }
  | { readonly op: "log"; readonly region: number; readonly on: boolean }
  | { readonly op: "globalLog"; readonly on: boolean }
  | {
      readonly op: "snapshot";
      readonly region: number;
      readonly client: number;
      readonly reset: boolean;
    }
  | { readonly op: "space"; readonly root: number }
  | { readonly op: "destroySpace"; readonly space: number }
  | {
      readonly op: "translation";
      readonly region: number;
      readonly page: number;
      readonly space: number;
      readonly to: number;
      readonly perm: number;
    }
  | {
      readonly op: "eventfd";
      readonly region: number;
      readonly at: number;
      readonly size: number;
      readonly data: number;
    }
  | {
      readonly op: "access";
      readonly form: Form;
      readonly space: number;
      readonly at: number;
      readonly size: number;
      readonly big: boolean;
      readonly isWrite: boolean;
      readonly value: number;
      readonly attrs: Attrs;
      readonly reactions: readonly Operation[];
    }
  | {
      readonly op: "map";
      readonly space: number;
      readonly at: number;
      readonly length: number;
      readonly isWrite: boolean;
    }
  | { readonly op: "unmap"; readonly mapping: number; readonly value: number }
  | {
      readonly op: "cache";
      readonly space: number;
      readonly at: number;
      readonly length: number;
      readonly isWrite: boolean;
    }
  | {
      readonly op: "cacheAccess";
      readonly cache: number;
      readonly form: "load" | "store" | "read" | "write" | "invalidate";
      readonly at: number;
      readonly size: number;
      readonly big: boolean;
      readonly value: number;
      readonly reactions: readonly Operation[];
    }
  | { readonly op: "uncache"; readonly cache: number }
  | { readonly op: "listen"; readonly space: number; readonly traits: number }
  | { readonly op: "unlisten"; readonly listener: number }
  | {
      readonly op: "populate";
      readonly region: number;
      readonly block: number;
      readonly blocks: number;
      readonly on: boolean;
    }
  | { readonly op: "discardListener"; readonly region: number; readonly traits: number }
  | { readonly op: "coalesce"; readonly region: number; readonly at: number; readonly size: number }
  | { readonly op: "queue"; readonly space: number }
  | { readonly op: "post"; readonly queue: number; readonly at: number; readonly value: number }
  | { readonly op: "endOwner"; readonly owner: number }
  | { readonly op: "endRegion"; readonly region: number };

/** What a whole run does. */
export interface Program {
  readonly seed: number;
  /**
   * `"exact"`: every result and byte is compared with the model. `"wild"`: callbacks of devices and
   * listeners do anything, throw and let owners die; what must hold whatever happens is checked.
   */
  readonly mode: "exact" | "wild";
  /** Bytes in a cell. */
  readonly grain: number;
  /** Where the first cell of the machine's own address space lies. */
  readonly origin: bigint;
  readonly steps: readonly Operation[];
}

/** Cells in an address space that regions are placed in. */
export const EXTENT = 64;
/** Owners that a machine has from the start. */
export const OWNERS = 3;
/** Bytes in a page. */
export const PAGE = 4096;
