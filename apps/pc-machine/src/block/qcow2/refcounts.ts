/** Reference counts of clusters: which are in use, and by how many. */
import { BlockError } from "../../storage/block-backend.js";
import { MOST_CLUSTERS, type ClusterFile } from "./cluster-file.js";
import { countWidth, type CountWidth } from "./count-width.js";
import type { Damage } from "./damage.js";
import { DiskTable } from "./disk-table.js";
import { ENTRY_BYTES, HALF, Low, plainEntry } from "./entry.js";
import { MOST_REFCOUNT_BYTES, type Qcow2Header } from "./header/header.js";
import { refcountTableAt } from "./header/fields.js";
import type { MetadataMap } from "./metadata-map.js";
import { TableCache } from "./table-cache.js";

/** A table that is too small is replaced by one that is larger by this. */
const GROWTH = 1.5;

/** A run of clusters that were free. */
export interface Run {
  readonly offset: number;
  readonly clusters: number;
}

/** The counts. A cluster without one is free. */
export class Refcounts {
  readonly #file: ClusterFile;
  readonly #damage: Damage;
  readonly #metadata: MetadataMap;
  readonly #width: CountWidth;
  readonly #blocks: TableCache;
  #table: DiskTable;
  /** No cluster before this one is free. */
  #firstFree = 0;

  constructor(
    file: ClusterFile,
    header: Qcow2Header,
    guard: { readonly damage: Damage; readonly metadata: MetadataMap },
  ) {
    const { clusterBytes } = file;
    this.#file = file;
    this.#damage = guard.damage;
    this.#metadata = guard.metadata;
    this.#width = countWidth(header.refcountOrder);
    this.#blocks = new TableCache(file);
    const bytes = header.refcountClusters * clusterBytes;
    this.#table = DiskTable.load(file, header.refcountOffset, bytes);
    this.#metadata.mark(header.refcountOffset, bytes, "refcount table");
    for (let index = 0; index < this.#table.entries; index++) {
      const block = this.#blockOffset(index);
      // One that is aside is found when it is used.
      if (block !== 0 && block % clusterBytes === 0) {
        this.#metadata.mark(block, clusterBytes, "refcount block");
      }
    }
  }

  /** The most users that a cluster can have. */
  get most(): number {
    return this.#width.most;
  }

  /** Number of clusters that the blocks count, whether they are there or not. */
  get counted(): number {
    return this.#table.entries * this.#perBlock;
  }

  /** Blocks that are there, by their offsets. */
  *blocks(): Generator<number> {
    for (let index = 0; index < this.#table.entries; index++) {
      const block = this.#blockOffset(index);
      if (block !== 0) yield block;
    }
  }

  /** Place of the table. */
  get place(): { readonly offset: number; readonly bytes: number } {
    return { offset: this.#table.offset, bytes: this.#table.view.byteLength };
  }

  /** Count of the cluster `cluster`. @throws BlockError when the block is damaged */
  get(cluster: number): number {
    const block = this.#block(Math.floor(cluster / this.#perBlock));
    return block === null ? 0 : this.#width.get(block.view, cluster % this.#perBlock);
  }

  /** Set counts of `clusters` clusters from `first` on. @throws BlockError when they cannot be stored */
  set(first: number, clusters: number, count: number): void {
    this.#need(first, clusters);
    this.#store(first, clusters, () => count);
    if (count === 0) this.#firstFree = Math.min(this.#firstFree, first);
  }

  /**
   * Take up to `most` clusters that follow each other, at least one.
   * @throws BlockError when there is no room, or the counts are wrong
   */
  take(most: number): Run {
    return this.#takeRun(1, most);
  }

  /** Take `clusters` clusters that follow each other. @throws BlockError as {@link take} does */
  takeAll(clusters: number): number {
    return this.#takeRun(clusters, clusters).offset;
  }

  /** Clusters from `offset` on have a user less. */
  release(offset: number, clusters: number): void {
    const first = offset / this.#file.clusterBytes;
    this.#store(first, clusters, (count) => (count < Number.MAX_SAFE_INTEGER ? count - 1 : count));
    this.#firstFree = Math.min(this.#firstFree, first);
  }

  #takeRun(least: number, most: number): Run {
    const { clusterBytes } = this.#file;
    for (;;) {
      const first = this.#findFree(least);
      // A block that had to be made takes a cluster of its own: look again.
      if (this.#need(first, least)) continue;
      let clusters = least;
      const end = (Math.floor(first / this.#perBlock) + 1) * this.#perBlock;
      while (clusters < most && first + clusters < end && this.get(first + clusters) === 0) {
        clusters++;
      }
      const run = { offset: first * clusterBytes, clusters };
      this.#checkFree(run);
      this.#store(first, clusters, () => 1);
      if (least === 1) this.#firstFree = first + clusters;
      return run;
    }
  }

  /** @throws BlockError when a table is where the counts say that nothing is */
  #checkFree({ offset, clusters }: Run): void {
    const bytes = clusters * this.#file.clusterBytes;
    if (offset === 0) {
      throw this.#damage.report("Preventing invalid allocation of data cluster at offset 0");
    }
    const kind = this.#metadata.within(offset, bytes);
    if (kind === null) return;
    const message = `Preventing invalid write on metadata (overlaps with ${kind})`;
    throw this.#damage.report(message, { offset, bytes });
  }

  /** First of `count` free clusters that follow each other. */
  #findFree(count: number): number {
    let first = this.#firstFree;
    for (let cluster = first; cluster - first < count;) {
      const index = Math.floor(cluster / this.#perBlock);
      const end = (index + 1) * this.#perBlock;
      const block = this.#block(index);
      if (block === null) {
        cluster = Math.min(end, first + count);
        continue;
      }
      const start = index * this.#perBlock;
      for (; cluster < end && cluster - first < count; cluster++) {
        if (this.#width.get(block.view, cluster - start) !== 0) first = cluster + 1;
      }
    }
    return first;
  }

  /** Have the blocks that count these clusters. @returns true if one had to be made */
  #need(first: number, clusters: number): boolean {
    if (first + clusters > MOST_CLUSTERS) {
      throw new BlockError("the file would be too large", { rule: "medium-size" });
    }
    const last = Math.floor((first + clusters - 1) / this.#perBlock);
    let isMade = false;
    for (let index = Math.floor(first / this.#perBlock); index <= last; index++) {
      if (index >= this.#table.entries) {
        this.#growTable(index);
        isMade = true;
      }
      if (this.#blockOffset(index) !== 0) continue;
      this.#makeBlock(index);
      isMade = true;
    }
    return isMade;
  }

  /** A block in the first of the clusters that it counts: all of those are free. */
  #makeBlock(index: number): void {
    const block = this.#emptyBlock(index * this.#perBlock * this.#file.clusterBytes);
    this.#checkFree({ offset: block.offset, clusters: 1 });
    this.#width.set(block.view, 0, 1);
    block.store();
    this.#table.enter(index, [plainEntry(block.offset)]);
    this.#added(block);
  }

  /**
   * Put a table that has an entry `index` in place of the one there is: behind all that is counted,
   * after the blocks that count it.
   */
  #growTable(index: number): void {
    const { clusterBytes } = this.#file;
    const before = this.#table;
    const perBlock = this.#perBlock;
    const least = Math.max(index + 1, Math.ceil(before.entries * GROWTH));
    const tableClusters = Math.ceil((least * ENTRY_BYTES) / clusterBytes);
    if (tableClusters * clusterBytes > MOST_REFCOUNT_BYTES) {
      throw new BlockError("the file would be too large", { rule: "medium-size" });
    }
    let blocks = 1;
    while (blocks * perBlock < blocks + tableClusters) blocks++;
    const offset = before.entries * perBlock * clusterBytes;
    const clusters = blocks + tableClusters;
    this.#checkFree({ offset, clusters });
    const bytes = new Uint8Array(tableClusters * clusterBytes);
    bytes.set(before.bytes);
    const table = new DiskTable(this.#file, offset + blocks * clusterBytes, bytes);
    const made: DiskTable[] = [];
    for (let nth = 0; nth < blocks; nth++) {
      const block = this.#emptyBlock(offset + nth * clusterBytes);
      const used = Math.min(perBlock, clusters - nth * perBlock);
      for (let at = 0; at < used; at++) this.#width.set(block.view, at, 1);
      table.view.setBigUint64((before.entries + nth) * ENTRY_BYTES, BigInt(block.offset));
      block.store();
      made.push(block);
    }
    table.store();
    this.#file.flush();
    const header = refcountTableAt(table.offset, tableClusters);
    this.#file.patch(header.at, header.bytes);
    this.#table = table;
    for (const block of made) this.#added(block);
    this.#metadata.mark(table.offset, bytes.length, "refcount table");
    this.#metadata.unmark(before.offset, before.view.byteLength);
    this.release(before.offset, before.view.byteLength / clusterBytes);
  }

  #emptyBlock(offset: number): DiskTable {
    return new DiskTable(this.#file, offset, new Uint8Array(this.#file.clusterBytes));
  }

  #added(block: DiskTable): void {
    this.#blocks.keep(block);
    this.#metadata.mark(block.offset, this.#file.clusterBytes, "refcount block");
  }

  /** Store counts, block by block; there is none to change where there is no block. */
  #store(first: number, clusters: number, changed: (count: number) => number): void {
    const perBlock = this.#perBlock;
    const { bits } = this.#width;
    const end = first + clusters;
    for (let start = first; start < end;) {
      const index = Math.floor(start / perBlock);
      const base = index * perBlock;
      const stop = Math.min(end, base + perBlock);
      const at = Math.floor(((start - base) * bits) / 8);
      const length = Math.ceil(((stop - base) * bits) / 8) - at;
      this.#block(index)?.change(at, length, (view, viewStart) => {
        const before = (viewStart * 8) / bits;
        for (let nth = start - base - before; nth < stop - base - before; nth++) {
          this.#width.set(view, nth, Math.max(0, changed(this.#width.get(view, nth))));
        }
      });
      start = stop;
    }
  }

  get #perBlock(): number {
    return (this.#file.clusterBytes * 8) / this.#width.bits;
  }

  #blockOffset(index: number): number {
    if (index >= this.#table.entries) return 0;
    const { high, low } = this.#table.entry(index);
    return high * HALF + ((low & Low.OFFSET) >>> 0);
  }

  /** The block `index`, `null` when there is none. @throws BlockError when it cannot be where it is said to be */
  #block(index: number): DiskTable | null {
    const offset = this.#blockOffset(index);
    if (offset === 0) return null;
    if (offset % this.#file.clusterBytes !== 0) {
      throw this.#damage.report(
        `Refblock offset 0x${offset.toString(16)} unaligned (reftable index: ${index})`,
      );
    }
    return this.#blocks.get(offset);
  }
}
