import type { MemTxAttrs } from "../access/mem-tx.js";

/** Permissions of a translation (`IOMMUAccessFlags`), also the direction asked for. */
export const IommuAccess = {
  /** Nothing is allowed. */
  NONE: 0,
  /** Reading is allowed. */
  RO: 1,
  /** Writing is allowed. */
  WO: 2,
  /** Reading and writing are allowed. */
  RW: 3,
} as const;

/** An OR of {@link IommuAccess} bits. */
export type IommuAccess = number;

/** One translation (`IOMMUTLBEntry`). All addresses are in bytes. */
export interface IommuTlbEntry<Target> {
  /** The address space that `translatedAddr` belongs to; `null` when nothing was found. */
  readonly targetAs: Target | null;
  /** Input address. */
  readonly iova: bigint;
  /** Output address. */
  readonly translatedAddr: bigint;
  /** Size of the translation minus 1, e.g. 0xfff for 4 KiB. */
  readonly addrMask: bigint;
  /** Accesses that it allows, {@link IommuAccess} bits. */
  readonly perm: IommuAccess;
}

/**
 * Translator of addresses, as dispatch calls it. The address space it targets belongs to a layer
 * above this one, so its type is a parameter.
 */
export interface IommuTranslator<Target = unknown> {
  /** Translates `addr` (bytes within the region) for a direction and a translation table. */
  translate(addr: bigint, flag: IommuAccess, iommuIdx: number): IommuTlbEntry<Target>;
  /** The translation table that these attributes select. */
  attrsToIndex(attrs: MemTxAttrs): number;
  /** The way of accesses through translators. */
  readonly walk: IommuWalk;
}

/**
 * The way of accesses through translators, which belongs to the layer above this one. A translator
 * brings it, so that a machine without one does not carry it.
 */
export interface IommuWalk {
  /** The answer of one translator, for an offset within its region; `null` where there is none. */
  ask(
    region: unknown,
    offset: bigint,
    isWrite: boolean,
    attrs: MemTxAttrs,
  ): IommuTlbEntry<unknown> | null;
  /** Moves an access on, through all translators on its way, to where it ends. */
  follow(access: unknown): void;
  /** The translation of the whole page around an address of an address space. */
  iotlbEntry(
    space: unknown,
    addr: bigint,
    isWrite: boolean,
    attrs: MemTxAttrs,
  ): IommuTlbEntry<unknown>;
}
