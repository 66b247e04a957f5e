/** Clusters that hold an image's own tables: nothing else may be written there. */
import { MOST_CLUSTERS } from "./cluster-file.js";

/** Kinds of tables, as messages name them. */
export type MetadataKind =
  | "qcow2_header"
  | "active L1 table"
  | "active L2 table"
  | "refcount table"
  | "refcount block"
  | "snapshot table"
  | "inactive L1 table";

const BYTE = 8;
const LEAST_BYTES = 1024;

/** A bit for each cluster of the file, by the cluster's number. */
export class MetadataMap {
  readonly #clusterBytes: number;
  #bits = new Uint8Array(LEAST_BYTES);
  /** Kinds of the few that are alone. Of those in thousands, which the bits stand for, none is here. */
  readonly #kinds = new Map<number, MetadataKind>();
  #conflict: MetadataKind | null = null;

  constructor(clusterBytes: number) {
    this.#clusterBytes = clusterBytes;
  }

  /** A kind that is where another one is, too: found when it was marked; `null` for none. */
  get conflict(): MetadataKind | null {
    return this.#conflict;
  }

  /** `length` bytes from `offset` on hold a table. */
  mark(offset: number, length: number, kind: MetadataKind): void {
    for (const cluster of this.#clusters(offset, length)) {
      if (this.#has(cluster)) this.#conflict ??= this.#kindOf(cluster);
      const byte = Math.floor(cluster / BYTE);
      if (byte >= this.#bits.length) this.#grow(byte);
      this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (cluster % BYTE));
      if (kind !== "active L2 table") this.#kinds.set(cluster, kind);
    }
  }

  /** They do no longer. */
  unmark(offset: number, length: number): void {
    for (const cluster of this.#clusters(offset, length)) {
      const byte = Math.floor(cluster / BYTE);
      this.#bits[byte] = (this.#bits[byte] ?? 0) & ~(1 << (cluster % BYTE));
      this.#kinds.delete(cluster);
    }
  }

  /** Kind of the first table within `length` bytes from `offset` on, `null` when there is none. */
  within(offset: number, length: number): MetadataKind | null {
    for (const cluster of this.#clusters(offset, length)) {
      if (this.#has(cluster)) return this.#kindOf(cluster);
    }
    return null;
  }

  #kindOf(cluster: number): MetadataKind {
    return this.#kinds.get(cluster) ?? "active L2 table";
  }

  #has(cluster: number): boolean {
    const byte = this.#bits[Math.floor(cluster / BYTE)] ?? 0;
    return (byte & (1 << (cluster % BYTE))) !== 0;
  }

  /** Numbers of clusters; none of those that no file has. */
  *#clusters(offset: number, length: number): Generator<number> {
    const end = Math.min(MOST_CLUSTERS, Math.ceil((offset + length) / this.#clusterBytes));
    for (let cluster = Math.floor(offset / this.#clusterBytes); cluster < end; cluster++) {
      yield cluster;
    }
  }

  #grow(byte: number): void {
    const bits = new Uint8Array(Math.max(byte + 1, 2 * this.#bits.length));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
