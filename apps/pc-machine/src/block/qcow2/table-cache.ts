/** Tables that were used lately, by their offsets. */
import type { ClusterFile } from "./cluster-file.js";
import { DiskTable } from "./disk-table.js";

/** Bytes that are kept, at least so many tables. */
const MOST_BYTES = 2 ** 23;
const LEAST_TABLES = 4;

/** Tables of one cluster each. They are written through, so that any can be forgotten. */
export class TableCache {
  readonly #file: ClusterFile;
  readonly #most: number;
  readonly #tables = new Map<number, DiskTable>();

  constructor(file: ClusterFile) {
    this.#file = file;
    this.#most = Math.max(LEAST_TABLES, MOST_BYTES / file.clusterBytes);
  }

  /** The table at `offset`. */
  get(offset: number): DiskTable {
    const cached = this.#tables.get(offset);
    if (cached !== undefined) return cached;
    return this.keep(DiskTable.load(this.#file, offset, this.#file.clusterBytes));
  }

  /** Keep a table that was made. */
  keep(table: DiskTable): DiskTable {
    if (this.#tables.size >= this.#most) {
      const [oldest] = this.#tables.keys();
      if (oldest !== undefined) this.#tables.delete(oldest);
    }
    this.#tables.set(table.offset, table);
    return table;
  }

  /** A table is none any more. */
  forget(offset: number): void {
    this.#tables.delete(offset);
  }
}
