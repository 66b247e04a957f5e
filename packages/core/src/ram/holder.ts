import type { Address } from "../address.js";
import type { RamBlock } from "./block.js";

/** A region as far as its memory is concerned. */
export interface RamHolder {
  readonly ramBlock: RamBlock | null;
  /** Region whose memory an alias shows, and the offset in bytes. */
  readonly alias: RamHolder | null;
  readonly aliasOffset: bigint;
  /** Bytes. */
  get size(): bigint;
  set size(size: Address);
  ramBytes(offset: Address, length?: Address): Uint8Array;
  describe(): string;
}

/** Receiver of the news that bytes of a region are clean. */
export interface CleanViews {
  /** Bytes `[offset, offset + length)` of the region's memory are clean for all dirty clients. */
  clearDirtyLog(region: RamHolder, offset: number, length: number): void;
}

/** System whose views are told that bytes are clean. */
export interface CleanHost {
  readonly views: CleanViews;
}
