/** The place where a reader of fw_cfg is. */
import type { FwCfgItem, FwCfgItems } from "./items.js";
import { FwCfgKey } from "./keys.js";

/** Bit of a key that once said that the item is to be written. It chooses nothing. */
const WRITE_CHANNEL = 0x4000;

/** The item that is selected, and how far it has been read. */
export class FwCfgCursor {
  #item: FwCfgItem | null = null;
  /** The next byte to be read or written. */
  offset = 0;
  readonly #items: FwCfgItems;

  constructor(items: FwCfgItems) {
    this.#items = items;
    this.select(FwCfgKey.SIGNATURE);
  }

  /** The selected item, `null` when the key holds nothing. */
  get item(): FwCfgItem | null {
    return this.#item;
  }

  /** Select `key` and start at its first byte. */
  select(key: number): void {
    this.#item = this.#items.get(key & ~WRITE_CHANNEL);
    this.offset = 0;
  }

  /** The next byte; 0 past the end. */
  next(): number {
    const bytes = this.#item?.bytes;
    return bytes !== undefined && this.offset < bytes.length ? (bytes[this.offset++] ?? 0) : 0;
  }
}
