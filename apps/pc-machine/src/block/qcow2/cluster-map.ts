/** From a disk's clusters to places in the file: the table of tables, and the tables. */
import { BlockError } from "../../storage/block-backend.js";
import { packedPlace } from "./compressed.js";
import { DiskTable } from "./disk-table.js";
import {
  ENTRY_BYTES,
  entryFor,
  isCompressed,
  isCopied,
  isZero,
  NOTHING,
  offsetOf,
  type Entry,
} from "./entry.js";
import { l1TableAt } from "./header/fields.js";
import type { ImageParts } from "./image-parts.js";
import { TableCache } from "./table-cache.js";

/** Ways in which a cluster is kept. */
export type ClusterKind = "absent" | "zero" | "data" | "compressed";

/** Clusters that follow each other, on the disk and, if they are data, in the file. */
export interface Extent {
  readonly kind: ClusterKind;
  readonly clusters: number;
  /** Place of data, or the one kept for zeros; 0 for neither. */
  readonly offset: number;
  readonly entry: Entry;
  /** True if what is at `offset` may be written in place. */
  readonly own: boolean;
}

/** The map. */
export class ClusterMap {
  readonly #parts: ImageParts;
  readonly #tables: TableCache;
  /** Entries of a table. */
  readonly perTable: number;
  #l1: DiskTable;
  #l1Entries: number;

  constructor(parts: ImageParts) {
    const { file, header, metadata } = parts;
    this.#parts = parts;
    this.#tables = new TableCache(file);
    this.perTable = file.clusterBytes / ENTRY_BYTES;
    this.#l1 = DiskTable.load(file, header.l1Offset, header.l1Entries * ENTRY_BYTES);
    this.#l1Entries = header.l1Entries;
    metadata.mark(header.l1Offset, header.l1Entries * ENTRY_BYTES, "active L1 table");
    for (let index = 0; index < header.l1Entries; index++) {
      const offset = offsetOf(this.#l1.entry(index));
      // One that is aside is found when it is used.
      if (offset !== 0 && offset % file.clusterBytes === 0) {
        metadata.mark(offset, file.clusterBytes, "active L2 table");
      }
    }
  }

  /** Number of tables that there is room for. */
  get l1Entries(): number {
    return this.#l1Entries;
  }

  /** Clusters from `cluster` on that are kept alike, up to `most`. @throws BlockError for a damaged table */
  extent(cluster: number, most: number): Extent {
    const table = this.#table(cluster);
    const index = cluster % this.perTable;
    const limit = Math.min(most, this.perTable - index);
    if (table === null) {
      return { kind: "absent", clusters: limit, offset: 0, entry: NOTHING, own: false };
    }
    const first = this.#decode(table, index);
    let clusters = 1;
    if (first.kind === "compressed") return { ...first, clusters };
    while (clusters < limit) {
      const next = this.#decode(table, index + clusters);
      const follows =
        first.kind === "absent" || next.offset === first.offset + clusters * this.#clusterBytes;
      if (next.kind !== first.kind || next.own !== first.own) break;
      if (!follows && !(first.kind === "zero" && first.offset === 0 && next.offset === 0)) break;
      clusters++;
    }
    return { ...first, clusters };
  }

  /** Clusters of one table are at `entries` from now on; what was there before has a user less. */
  enter(cluster: number, entries: readonly Entry[]): void {
    const table = this.#ownTable(cluster);
    const index = cluster % this.perTable;
    const before = entries.map((_entry, nth) => table.entry(index + nth));
    table.enter(index, entries);
    before.forEach((entry, nth) => {
      const now = entries[nth] ?? NOTHING;
      if (isCompressed(entry) || offsetOf(now) !== offsetOf(entry)) this.#release(entry);
    });
  }

  /** Nothing is kept of clusters from `cluster` on any more, all of one table. */
  clear(cluster: number, clusters: number): void {
    this.enter(
      cluster,
      Array.from({ length: clusters }, () => NOTHING),
    );
  }

  /** Have a table of one's own for `cluster`. @throws BlockError when there is no room */
  own(cluster: number): void {
    this.#ownTable(cluster);
  }

  /** Have room for `entries` tables. @throws BlockError when there is none */
  grow(entries: number): void {
    const { file, counts, metadata } = this.#parts;
    if (entries <= this.#l1Entries) return;
    const clusters = Math.ceil((entries * ENTRY_BYTES) / this.#clusterBytes);
    const offset = counts.takeAll(clusters);
    const bytes = new Uint8Array(clusters * this.#clusterBytes);
    bytes.set(this.#l1.bytes.subarray(0, this.#l1Entries * ENTRY_BYTES));
    const made = new DiskTable(file, offset, bytes);
    made.store();
    file.flush();
    const change = l1TableAt(offset, entries);
    file.patch(change.at, change.bytes);
    const before = { offset: this.#l1.offset, bytes: this.#l1Entries * ENTRY_BYTES };
    metadata.mark(offset, entries * ENTRY_BYTES, "active L1 table");
    metadata.unmark(before.offset, before.bytes);
    this.#l1 = made;
    this.#l1Entries = entries;
    counts.release(before.offset, Math.ceil(before.bytes / this.#clusterBytes));
  }

  get #clusterBytes(): number {
    return this.#parts.file.clusterBytes;
  }

  #decode(table: DiskTable, index: number): Omit<Extent, "clusters"> {
    const entry = table.entry(index);
    if (isCompressed(entry)) return { kind: "compressed", offset: 0, entry, own: false };
    const offset = offsetOf(entry);
    const { damage, header } = this.#parts;
    const place = (): string => `(L2 offset: 0x${table.offset.toString(16)}, L2 index: ${index})`;
    if (isZero(entry) && header.version === 2) {
      throw damage.report(`Zero cluster entry found in pre-v3 image ${place()}`);
    }
    if (offset % this.#clusterBytes !== 0) {
      const what = isZero(entry) ? "Preallocated zero cluster" : "Cluster allocation";
      throw damage.report(`${what} offset 0x${offset.toString(16)} unaligned ${place()}`);
    }
    const own = offset !== 0 && isCopied(entry);
    const kind = isZero(entry) ? "zero" : offset === 0 ? "absent" : "data";
    return { kind, offset, entry, own };
  }

  /** The cluster that an entry pointed to has a user less. */
  #release(entry: Entry): void {
    const { counts } = this.#parts;
    const clusterBytes = this.#clusterBytes;
    const { offset, bytes } = isCompressed(entry)
      ? packedPlace(entry, clusterBytes)
      : { offset: offsetOf(entry), bytes: clusterBytes };
    if (offset === 0) return;
    const first = Math.floor(offset / clusterBytes);
    const end = Math.ceil((offset + bytes) / clusterBytes);
    try {
      counts.release(first * clusterBytes, end - first);
    } catch (error) {
      // A count that is too high only keeps a cluster.
      if (!(error instanceof BlockError)) throw error;
    }
  }

  /** The table with the entry of a cluster, `null` where nothing was written. */
  #table(cluster: number): DiskTable | null {
    const index = Math.floor(cluster / this.perTable);
    const offset = offsetOf(this.#l1.entry(index));
    return offset === 0 ? null : this.#load(offset, index);
  }

  /** The same, to be changed: made where there is none, copied where others use it. */
  #ownTable(cluster: number): DiskTable {
    const { file, counts, metadata } = this.#parts;
    const index = Math.floor(cluster / this.perTable);
    const entry = this.#l1.entry(index);
    const offset = offsetOf(entry);
    if (offset !== 0 && isCopied(entry)) return this.#load(offset, index);
    const bytes = new Uint8Array(this.#clusterBytes);
    if (offset !== 0) bytes.set(this.#load(offset, index).bytes);
    const made = new DiskTable(file, counts.takeAll(1), bytes);
    try {
      made.store();
      this.#l1.enter(index, [entryFor(made.offset)]);
    } catch (error) {
      counts.release(made.offset, 1);
      throw error;
    }
    metadata.mark(made.offset, this.#clusterBytes, "active L2 table");
    this.#tables.keep(made);
    if (offset !== 0) {
      metadata.unmark(offset, this.#clusterBytes);
      this.#tables.forget(offset);
      counts.release(offset, 1);
    }
    return made;
  }

  #load(offset: number, index: number): DiskTable {
    if (offset % this.#clusterBytes !== 0) {
      throw this.#parts.damage.report(
        `L2 table offset 0x${offset.toString(16)} unaligned (L1 index: ${index})`,
      );
    }
    return this.#tables.get(offset);
  }
}

/** Let go of the clusters between two sizes of a disk, in bytes. */
export function dropClusters(
  map: ClusterMap,
  clusterBytes: number,
  from: number,
  to: number,
): void {
  const end = Math.ceil(to / clusterBytes);
  for (let cluster = Math.ceil(from / clusterBytes); cluster < end;) {
    const { kind, clusters } = map.extent(cluster, end - cluster);
    if (kind !== "absent") map.clear(cluster, clusters);
    cluster += clusters;
  }
}
