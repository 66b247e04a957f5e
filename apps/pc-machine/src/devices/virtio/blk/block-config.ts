/** The configuration of a disk, as its driver reads it (section 5.2.4). */
import { SECTOR_BYTES } from "../../../storage/block-backend.js";
import type { Geometry } from "../../piix3-ide/geometry.js";

/** Bytes of the configuration: to its last field. */
export const BLOCK_CONFIG_BYTES = 57;

/** The place of the field that switches the write cache. */
export const WRITE_CACHE_AT = 32;

/** Most sectors of a request to discard, or to fill with zeros: 2 GiB less one. */
export const MOST_CLEARED_SECTORS = 0x3f_ffff;

/** Descriptors of a request that hold no data: its header and its status. */
const WITHOUT_DATA = 2;

/** Facts that the configuration tells. */
export interface BlockConfig {
  /** Sectors of 512 bytes. */
  readonly sectors: number;
  readonly geometry: Geometry;
  /** Entries of a queue. */
  readonly queueSize: number;
  readonly queues: number;
  /** Writes go to a cache until it is flushed. */
  readonly writeCache: boolean;
}

/** The bytes. */
export function blockConfig(config: BlockConfig): Uint8Array {
  const bytes = new Uint8Array(BLOCK_CONFIG_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(config.sectors), true);
  view.setUint32(12, config.queueSize - WITHOUT_DATA, true);
  view.setUint16(16, config.geometry.cylinders, true);
  view.setUint8(18, config.geometry.heads);
  view.setUint8(19, config.geometry.sectors);
  view.setUint32(20, SECTOR_BYTES, true);
  view.setUint8(WRITE_CACHE_AT, config.writeCache ? 1 : 0);
  view.setUint16(34, config.queues, true);
  // Discarding: so many sectors, in one range, at any sector.
  view.setUint32(36, MOST_CLEARED_SECTORS, true);
  view.setUint32(40, 1, true);
  view.setUint32(44, 1, true);
  // Filling with zeros: so many sectors, in one range, which may be discarded.
  view.setUint32(48, MOST_CLEARED_SECTORS, true);
  view.setUint32(52, 1, true);
  view.setUint8(56, 1);
  return bytes;
}
