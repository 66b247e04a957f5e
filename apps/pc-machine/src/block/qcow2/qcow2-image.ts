/**
 * QEMU's copy-on-write format: clusters that were written are in the file, others are read from the
 * image beneath, or are zeros.
 */
import {
  BlockError,
  checkRange,
  SECTOR_BYTES,
  type BlockBackend,
} from "../../storage/block-backend.js";
import { ClusterFile } from "./cluster-file.js";
import { AUTOCLEAR_OFFSET, readHeader, type Qcow2Header } from "./header.js";
import { needWritable, Refcounts } from "./refcounts.js";

/** Bits of a table's entry, in its upper and its lower half. */
const High = { COPIED: 0x8000_0000, COMPRESSED: 0x4000_0000, OFFSET: 0x00ff_ffff } as const;
const Low = { OFFSET: 0xffff_fe00, ZERO: 1 } as const;
const HALF = 2 ** 32;
const MOST_CACHED = 64;

/** Unpacks what is compressed: raw deflate. @throws Error when it is damaged */
export type Inflate = (packed: Uint8Array, bytes: number) => Uint8Array;

/** Parts of an image. */
export interface Qcow2Options {
  readonly readonly: boolean;
  /** The image beneath, `null` for none. */
  readonly backing: BlockBackend | null;
  /** Absent where compressed clusters cannot be read. */
  readonly inflate?: Inflate | undefined;
}

/** The image. */
export class Qcow2Image implements BlockBackend {
  readonly readonly: boolean;
  readonly sectors: number;
  readonly #file: ClusterFile;
  readonly #header: Qcow2Header;
  readonly #backing: BlockBackend | null;
  readonly #inflate: Inflate | undefined;
  readonly #counts: Refcounts;
  /** Offsets of the tables of clusters. */
  readonly #l1: DataView;
  /** Tables of clusters by their offsets. */
  readonly #tables = new Map<number, DataView>();
  /** The cluster that was unpacked last. */
  #unpacked: { readonly entry: string; readonly bytes: Uint8Array } | null = null;
  #isTouched = false;

  /** @throws BlockError when `file` holds no image that can be read */
  constructor(file: BlockBackend, options: Qcow2Options) {
    this.#header = readHeader(file);
    const { clusterBits, size, l1Entries, l1Offset, damaged } = this.#header;
    this.readonly = options.readonly || file.readonly;
    if (damaged && !this.readonly) {
      throw new BlockError(
        "qcow2: Image is marked dirty or corrupt; it can only be opened read-only",
        { rule: "qcow2" },
      );
    }
    this.sectors = Math.floor(size / SECTOR_BYTES);
    this.#backing = options.backing;
    this.#inflate = options.inflate;
    this.#file = new ClusterFile(file, 2 ** clusterBits);
    this.#counts = new Refcounts(this.#file, this.#header);
    const bytes = new Uint8Array(Math.ceil((8 * l1Entries) / SECTOR_BYTES) * SECTOR_BYTES);
    this.#file.read(l1Offset, bytes);
    this.#l1 = new DataView(bytes.buffer);
  }

  read(lba: number, into: Uint8Array): void {
    checkRange(this, lba, into.length);
    this.#pieces(lba, into, (cluster, within, part) => this.#readPiece(cluster, within, part));
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
    if (this.readonly) throw new BlockError("the image is read-only", { rule: "medium-read-only" });
    needWritable(this.#counts);
    if (!this.#isTouched && this.#header.autoclear) {
      this.#file.patch(AUTOCLEAR_OFFSET, new Uint8Array(8));
    }
    this.#isTouched = true;
    this.#pieces(lba, from, (cluster, within, part) => this.#writePiece(cluster, within, part));
  }

  flush(): void {
    this.#file.flush();
  }

  /** Call `action` for the part of `bytes` in each cluster. */
  #pieces(
    lba: number,
    bytes: Uint8Array,
    action: (cluster: number, within: number, part: Uint8Array) => void,
  ): void {
    const { clusterBytes } = this.#file;
    for (let done = 0; done < bytes.length;) {
      const at = lba * SECTOR_BYTES + done;
      const within = at % clusterBytes;
      const length = Math.min(bytes.length - done, clusterBytes - within);
      action(Math.floor(at / clusterBytes), within, bytes.subarray(done, done + length));
      done += length;
    }
  }

  #readPiece(cluster: number, within: number, into: Uint8Array): void {
    const table = this.#table(cluster);
    const at = 8 * (cluster % this.#perTable);
    const high = table?.getUint32(at) ?? 0;
    const low = table?.getUint32(at + 4) ?? 0;
    if ((high & High.COMPRESSED) !== 0) {
      into.set(this.#unpack(high, low).subarray(within, within + into.length));
    } else if ((low & Low.ZERO) !== 0 && this.#header.version === 3) {
      into.fill(0);
    } else {
      const offset = offsetOf(high, low);
      if (offset === 0) this.#readBacking(cluster * this.#file.clusterBytes + within, into);
      else this.#file.read(offset + within, into);
    }
  }

  #readBacking(at: number, into: Uint8Array): void {
    const has = this.#backing === null ? 0 : this.#backing.sectors * SECTOR_BYTES - at;
    const part = into.subarray(0, Math.max(0, Math.min(into.length, has)));
    if (part.length > 0) this.#backing?.read(at / SECTOR_BYTES, part);
    into.fill(0, part.length);
  }

  /** The bytes of a compressed cluster. */
  #unpack(high: number, low: number): Uint8Array {
    const entry = `${high}:${low}`;
    if (this.#unpacked?.entry === entry) return this.#unpacked.bytes;
    const { clusterBytes } = this.#file;
    // The upper bits count the sectors after the first.
    const offsetBits = 62 - (this.#header.clusterBits - 8);
    const value = (BigInt(high & 0x3fff_ffff) << 32n) | BigInt(low);
    const offset = Number(BigInt.asUintN(offsetBits, value));
    const sectors = Number(value >> BigInt(offsetBits)) + 1;
    const first = Math.floor(offset / SECTOR_BYTES) * SECTOR_BYTES;
    const packed = new Uint8Array(sectors * SECTOR_BYTES);
    this.#file.read(first, packed);
    if (this.#inflate === undefined) {
      throw new BlockError("compressed clusters cannot be read here", { rule: "qcow2" });
    }
    try {
      const bytes = this.#inflate(packed.subarray(offset - first), clusterBytes);
      this.#unpacked = { entry, bytes };
      return bytes;
    } catch (cause) {
      throw new BlockError("a compressed cluster is damaged", { rule: "qcow2", cause });
    }
  }

  #writePiece(cluster: number, within: number, from: Uint8Array): void {
    const table = this.#ownTable(cluster);
    const at = 8 * (cluster % this.#perTable);
    const high = table.view.getUint32(at);
    const low = table.view.getUint32(at + 4);
    const isZero = (low & Low.ZERO) !== 0;
    if ((high & High.COPIED) !== 0 && !isZero) {
      this.#file.write(offsetOf(high, low) + within, from);
      return;
    }
    const { clusterBytes } = this.#file;
    const bytes = new Uint8Array(clusterBytes);
    if (from.length < clusterBytes) this.#readPiece(cluster, 0, bytes);
    bytes.set(from, within);
    const offset = this.#counts.append(bytes);
    this.#enter(table, at, offset);
    this.#releaseOld(high, low);
  }

  /** The cluster that an entry pointed to has a user less. */
  #releaseOld(high: number, low: number): void {
    if ((high & High.COMPRESSED) !== 0) {
      // Compressed ones share clusters; a count too high only keeps a cluster.
      return;
    }
    const offset = offsetOf(high, low);
    if (offset !== 0) this.#counts.release(offset);
  }

  #enter(
    table: { readonly view: DataView; readonly offset: number },
    at: number,
    to: number,
  ): void {
    table.view.setUint32(at, (High.COPIED | Math.floor(to / HALF)) >>> 0);
    table.view.setUint32(at + 4, to % HALF);
    this.#file.patch(table.offset + at, new Uint8Array(table.view.buffer, at, 8));
  }

  get #perTable(): number {
    return this.#file.clusterBytes / 8;
  }

  /** The table with the entry of a cluster, `null` where nothing was written. */
  #table(cluster: number): DataView | null {
    const at = 8 * Math.floor(cluster / this.#perTable);
    const offset = offsetOf(this.#l1.getUint32(at), this.#l1.getUint32(at + 4));
    return offset === 0 ? null : this.#load(offset);
  }

  /** The same, to be changed: made where there is none, copied where others use it. */
  #ownTable(cluster: number): { readonly view: DataView; readonly offset: number } {
    const at = 8 * Math.floor(cluster / this.#perTable);
    const high = this.#l1.getUint32(at);
    const offset = offsetOf(high, this.#l1.getUint32(at + 4));
    if ((high & High.COPIED) !== 0) return { view: this.#load(offset), offset };
    const bytes = new Uint8Array(this.#file.clusterBytes);
    if (offset !== 0) bytes.set(new Uint8Array(this.#load(offset).buffer));
    const made = this.#counts.append(bytes);
    const view = new DataView(bytes.buffer);
    this.#keep(made, view);
    this.#enter({ view: this.#l1, offset: this.#header.l1Offset }, at, made);
    if (offset !== 0) this.#counts.release(offset);
    return { view, offset: made };
  }

  #load(offset: number): DataView {
    const cached = this.#tables.get(offset);
    if (cached !== undefined) return cached;
    const bytes = new Uint8Array(this.#file.clusterBytes);
    this.#file.read(offset, bytes);
    const view = new DataView(bytes.buffer);
    this.#keep(offset, view);
    return view;
  }

  #keep(offset: number, view: DataView): void {
    if (this.#tables.size >= MOST_CACHED) {
      const [oldest] = this.#tables.keys();
      if (oldest !== undefined) this.#tables.delete(oldest);
    }
    this.#tables.set(offset, view);
  }
}

function offsetOf(high: number, low: number): number {
  return (high & High.OFFSET) * HALF + ((low & Low.OFFSET) >>> 0);
}
