/** Reference counts of clusters: which are in use, and by how many. */
import { BlockError } from "../../storage/block-backend.js";
import type { ClusterFile } from "./cluster-file.js";
import { refcountTableBytes, type Qcow2Header } from "./header.js";

const MOST_CACHED = 16;
const WIDTHS: readonly number[] = [8, 16, 32];

/** The counts. */
export class Refcounts {
  readonly #file: ClusterFile;
  readonly #bits: number;
  #table: DataView;
  #tableOffset: number;
  /** Blocks of counts by their offsets. */
  readonly #blocks = new Map<number, DataView>();

  constructor(file: ClusterFile, header: Qcow2Header) {
    this.#file = file;
    this.#bits = 2 ** header.refcountOrder;
    this.#tableOffset = header.refcountOffset;
    const bytes = new Uint8Array(header.refcountClusters * file.clusterBytes);
    file.read(header.refcountOffset, bytes);
    this.#table = new DataView(bytes.buffer);
  }

  /** True if counts can be changed: those of a width that is in use. */
  get writable(): boolean {
    return WIDTHS.includes(this.#bits);
  }

  /** Put a cluster at the end of the file, used once. @returns its offset */
  append(bytes: Uint8Array): number {
    const offset = this.#file.append(bytes);
    this.#set(offset, 1);
    return offset;
  }

  /** A user of the cluster at `offset` is gone. */
  release(offset: number): void {
    const { view, at } = this.#place(offset);
    const count = this.#get(view, at);
    if (count > 0) this.#store(offset, view, at, count - 1);
  }

  #set(offset: number, count: number): void {
    const { view, at } = this.#place(offset);
    this.#store(offset, view, at, count);
  }

  get #perBlock(): number {
    return (this.#file.clusterBytes * 8) / this.#bits;
  }

  #index(offset: number): number {
    return Math.floor(offset / this.#file.clusterBytes / this.#perBlock);
  }

  /** The block with the count of a cluster, which is made where there is none. */
  #place(offset: number): { readonly view: DataView; readonly at: number } {
    const index = this.#index(offset);
    if (8 * index >= this.#table.byteLength) this.#growTable(index);
    const at = (offset / this.#file.clusterBytes) % this.#perBlock;
    const block = this.#blockOffset(index);
    if (block !== 0) return { view: this.#load(block), at };
    const bytes = new Uint8Array(this.#file.clusterBytes);
    const made = this.#file.append(bytes);
    const view = new DataView(bytes.buffer);
    this.#keep(made, view);
    this.#pointTo(index, made);
    // A block may hold its own count.
    this.#set(made, 1);
    return { view: this.#load(made), at };
  }

  #blockOffset(index: number): number {
    return Number(this.#table.getBigUint64(8 * index) & ~0x1ffn);
  }

  #pointTo(index: number, block: number): void {
    this.#table.setBigUint64(8 * index, BigInt(block));
    const bytes = new Uint8Array(this.#table.buffer, 8 * index, 8);
    this.#file.patch(this.#tableOffset + 8 * index, bytes);
  }

  #load(block: number): DataView {
    const cached = this.#blocks.get(block);
    if (cached !== undefined) return cached;
    const bytes = new Uint8Array(this.#file.clusterBytes);
    this.#file.read(block, bytes);
    const view = new DataView(bytes.buffer);
    this.#keep(block, view);
    return view;
  }

  #keep(block: number, view: DataView): void {
    if (this.#blocks.size >= MOST_CACHED) {
      const [oldest] = this.#blocks.keys();
      if (oldest !== undefined) this.#blocks.delete(oldest);
    }
    this.#blocks.set(block, view);
  }

  #get(view: DataView, at: number): number {
    switch (this.#bits) {
      case 8:
        return view.getUint8(at);
      case 16:
        return view.getUint16(2 * at);
      default:
        return view.getUint32(4 * at);
    }
  }

  #store(offset: number, view: DataView, at: number, count: number): void {
    const bytes = this.#bits / 8;
    if (bytes === 1) view.setUint8(at, count);
    else if (bytes === 2) view.setUint16(2 * at, count);
    else view.setUint32(4 * at, count);
    const block = this.#blockOffset(this.#index(offset));
    this.#file.patch(block + bytes * at, new Uint8Array(view.buffer, bytes * at, bytes));
  }

  /** Put a table that has an entry `index` in place of the one there is. */
  #growTable(index: number): void {
    const { clusterBytes } = this.#file;
    const before = { offset: this.#tableOffset, bytes: this.#table.byteLength };
    const wanted = Math.max(8 * (index + 1), 2 * before.bytes);
    const bytes = new Uint8Array(Math.ceil(wanted / clusterBytes) * clusterBytes);
    bytes.set(new Uint8Array(this.#table.buffer));
    const offset = this.#file.append(bytes);
    this.#table = new DataView(bytes.buffer);
    this.#tableOffset = offset;
    for (let at = 0; at < bytes.length; at += clusterBytes) this.#set(offset + at, 1);
    const header = refcountTableBytes(offset, bytes.length / clusterBytes);
    this.#file.patch(header.at, header.bytes);
    for (let at = 0; at < before.bytes; at += clusterBytes) this.release(before.offset + at);
  }
}

/** @throws BlockError for an image whose counts have a width that nobody uses */
export function needWritable(counts: Refcounts): void {
  if (!counts.writable) {
    throw new BlockError("reference counts of this width cannot be changed", { rule: "qcow2" });
  }
}
