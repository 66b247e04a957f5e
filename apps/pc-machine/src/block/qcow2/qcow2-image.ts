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
import { ClusterMap, dropClusters, type Extent } from "./cluster-map.js";
import { Unpacker, type Inflate } from "./compressed.js";
import { Damage, type OnDamage } from "./damage.js";
import { ENTRY_BYTES, entryFor } from "./entry.js";
import { l1EntriesFor, MOST_L1_ENTRIES, readHeader, type Qcow2Header } from "./header/header.js";
import { diskSize, NO_AUTOCLEAR, refuse, type HeaderChange } from "./header/fields.js";
import { MetadataMap, type MetadataKind } from "./metadata-map.js";
import { Refcounts } from "./refcounts.js";
import { repair } from "./repair.js";

/** Bytes that are put together before they are written. */
const MOST_BUFFERED = 2 ** 20;

/** Parts of an image. */
export interface Qcow2Options {
  readonly readonly: boolean;
  /** The image beneath, `null` for none. */
  readonly backing: BlockBackend | null;
  /** Absent where compressed clusters cannot be read. */
  readonly inflate?: Inflate | undefined;
  /** Is told, once, when the image turns out to be damaged. */
  readonly onDamage?: OnDamage | undefined;
}

/** The image. */
export class Qcow2Image implements BlockBackend {
  readonly readonly: boolean;
  readonly header: Qcow2Header;
  #size: number;
  readonly #file: ClusterFile;
  readonly #beneath: BlockBackend;
  readonly #backing: BlockBackend | null;
  readonly #unpacker: Unpacker;
  readonly #metadata: MetadataMap;
  readonly #damage: Damage;
  readonly #counts: Refcounts;
  readonly #map: ClusterMap;
  #isTouched = false;

  /** @throws BlockError when `file` holds no image that can be read */
  constructor(file: BlockBackend, options: Qcow2Options) {
    const header = readHeader(file);
    const { clusterBits, size, version } = header;
    this.header = header;
    this.readonly = options.readonly || file.readonly;
    if (header.corrupt && !this.readonly) {
      throw refuse("qcow2: Image is corrupt; cannot be opened read/write");
    }
    this.#size = size;
    this.#beneath = file;
    this.#backing = options.backing;
    this.#file = new ClusterFile(file, 2 ** clusterBits);
    this.#unpacker = new Unpacker(this.#file, options.inflate);
    this.#damage = new Damage(this.#file, version === 3 && !this.readonly, options.onDamage);
    this.#metadata = new MetadataMap(this.#file.clusterBytes);
    this.#markFixed();
    const guard = { damage: this.#damage, metadata: this.#metadata };
    this.#counts = new Refcounts(this.#file, header, guard);
    const parts = { file: this.#file, header, counts: this.#counts, ...guard };
    this.#map = new ClusterMap(parts);
    if (header.dirty && !this.readonly) repair(parts);
  }

  get sectors(): number {
    return Math.floor(this.#size / SECTOR_BYTES);
  }

  /** Bytes of a cluster. */
  get clusterBytes(): number {
    return this.#file.clusterBytes;
  }

  /** True if the tables were found wrong, now or by whoever had the image before. */
  get corrupt(): boolean {
    return this.header.corrupt || this.#damage.found;
  }

  /** True if reference counts may be behind. */
  get dirty(): boolean {
    return this.header.dirty && this.readonly;
  }

  read(lba: number, into: Uint8Array): void {
    checkRange(this, lba, into.length);
    this.#damage.check();
    this.#fill(lba * SECTOR_BYTES, into);
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
    this.#touch();
    this.#writeAt(lba * SECTOR_BYTES, from);
  }

  flush(): void {
    this.#file.flush();
  }

  allocatedBytes(): number {
    return this.#beneath.allocatedBytes?.() ?? this.#file.bytes;
  }

  resize(sectors: number): void {
    this.#touch();
    const size = sectors * SECTOR_BYTES;
    const before = this.#size;
    if (size < before) dropClusters(this.#map, this.clusterBytes, size, before);
    const entries = l1EntriesFor(size, this.clusterBytes);
    if (entries > MOST_L1_ENTRIES) {
      throw new BlockError("Failed to grow the L1 table: File too large", {
        rule: "qcow2",
        cause: { code: "EFBIG" },
      });
    }
    this.#map.grow(entries);
    if (size > before) this.#clear(before, size);
    this.#patch(diskSize(size));
    this.#size = size;
  }

  /** Mark the tables that stay in their place. */
  #markFixed(): void {
    const { offset, bytes, snapshots } = this.header.snapshots;
    this.#metadata.mark(0, this.clusterBytes, "qcow2_header");
    if (snapshots.length > 0) this.#metadata.mark(offset, bytes, "snapshot table");
    for (const { l1Offset, l1Entries } of snapshots) {
      this.#metadata.mark(l1Offset, l1Entries * ENTRY_BYTES, "inactive L1 table");
    }
  }

  /** The image is to be changed. @throws BlockError when it must not be */
  #touch(): void {
    if (this.readonly) throw new BlockError("the image is read-only", { rule: "medium-read-only" });
    this.#damage.check();
    const { conflict } = this.#metadata;
    if (conflict !== null) throw this.#overlap(conflict, 0, this.clusterBytes);
    if (!this.#isTouched && this.header.autoclear) this.#patch(NO_AUTOCLEAR);
    this.#isTouched = true;
  }

  #patch({ at, bytes }: HeaderChange): void {
    this.#file.patch(at, bytes);
  }

  #writeAt(start: number, from: Uint8Array): void {
    const { clusterBytes } = this;
    for (let done = 0; done < from.length;) {
      const at = start + done;
      const within = at % clusterBytes;
      const rest = from.subarray(done);
      const most = Math.ceil((within + rest.length) / clusterBytes);
      const extent = this.#map.extent(Math.floor(at / clusterBytes), most);
      done += extent.own ? this.#overwrite(at, rest, extent) : this.#store(at, rest, extent);
    }
  }

  #fill(start: number, into: Uint8Array): void {
    const { clusterBytes } = this;
    for (let done = 0; done < into.length;) {
      const at = start + done;
      const within = at % clusterBytes;
      const most = Math.ceil((within + into.length - done) / clusterBytes);
      const extent = this.#map.extent(Math.floor(at / clusterBytes), most);
      const length = Math.min(into.length - done, extent.clusters * clusterBytes - within);
      this.#fillFrom(extent, at, into.subarray(done, done + length));
      done += length;
    }
  }

  #fillFrom({ kind, offset, entry }: Extent, at: number, into: Uint8Array): void {
    const within = at % this.clusterBytes;
    switch (kind) {
      case "data":
        this.#file.read(offset + within, into);
        break;
      case "compressed":
        into.set(this.#unpacker.cluster(entry).subarray(within, within + into.length));
        break;
      case "zero":
        into.fill(0);
        break;
      case "absent":
        this.#readBacking(at, into);
    }
  }

  #readBacking(at: number, into: Uint8Array): void {
    const has = this.#backing === null ? 0 : this.#backing.sectors * SECTOR_BYTES - at;
    const part = into.subarray(0, Math.max(0, Math.min(into.length, has)));
    if (part.length > 0) this.#backing?.read(at / SECTOR_BYTES, part);
    into.fill(0, part.length);
  }

  /** Write to clusters that are there and nobody else's. @returns bytes that were written */
  #overwrite(at: number, from: Uint8Array, { kind, offset, clusters }: Extent): number {
    const { clusterBytes } = this;
    const within = at % clusterBytes;
    const length = Math.min(from.length, clusters * clusterBytes - within);
    if (kind === "data") {
      this.#put(offset + within, from.subarray(0, length));
      return length;
    }
    // Zeros with a place of their own: it is filled, and counts.
    const filled = Math.min(clusters, this.#mostBuffered);
    const { bytes, taken } = this.#whole(at, from, filled);
    this.#put(offset, bytes);
    this.#enter(at, offset, filled);
    return taken;
  }

  /** Write to clusters that get a new place. @returns bytes that were written */
  #store(at: number, from: Uint8Array, { clusters }: Extent): number {
    const { clusterBytes } = this;
    // The table first: it may need room itself.
    this.#map.own(Math.floor(at / clusterBytes));
    const isAligned = at % clusterBytes === 0 && from.length >= clusters * clusterBytes;
    const run = this.#counts.take(isAligned ? clusters : Math.min(clusters, this.#mostBuffered));
    try {
      const { bytes, taken } = this.#whole(at, from, run.clusters);
      this.#put(run.offset, bytes);
      this.#enter(at, run.offset, run.clusters);
      return taken;
    } catch (error) {
      if (!this.#damage.found) this.#counts.release(run.offset, run.clusters);
      throw error;
    }
  }

  /**
   * Contents of whole clusters after the write of `from` at `at`.
   * @returns with how much of `from` is in them
   */
  #whole(at: number, from: Uint8Array, clusters: number): { bytes: Uint8Array; taken: number } {
    const { clusterBytes } = this;
    const within = at % clusterBytes;
    const length = clusters * clusterBytes;
    if (within === 0 && from.length >= length) {
      return { bytes: from.subarray(0, length), taken: length };
    }
    const bytes = new Uint8Array(length);
    const taken = Math.min(from.length, bytes.length - within);
    const end = within + taken;
    if (within > 0) this.#fill(at - within, bytes.subarray(0, within));
    if (end < bytes.length) this.#fill(at - within + end, bytes.subarray(end));
    bytes.set(from.subarray(0, taken), within);
    return { bytes, taken };
  }

  /** Clusters that are put together at once. */
  get #mostBuffered(): number {
    return Math.max(1, Math.floor(MOST_BUFFERED / this.clusterBytes));
  }

  #enter(at: number, offset: number, clusters: number): void {
    const { clusterBytes } = this;
    const entries = Array.from({ length: clusters }, (_none, nth) =>
      entryFor(offset + nth * clusterBytes),
    );
    this.#map.enter(Math.floor(at / clusterBytes), entries);
    this.#unpacker.forget();
  }

  /** Write data. @throws BlockError when one of the image's tables is there */
  #put(offset: number, bytes: Uint8Array): void {
    const kind = this.#metadata.within(offset, bytes.length);
    if (kind !== null) throw this.#overlap(kind, offset, bytes.length);
    this.#file.write(offset, bytes);
  }

  #overlap(kind: MetadataKind, offset: number, bytes: number): BlockError {
    const message = `Preventing invalid write on metadata (overlaps with ${kind})`;
    return this.#damage.report(message, { offset, bytes });
  }

  /** Have zeros behind the end: neither what is beneath is seen there, nor the rest of the last cluster. */
  #clear(from: number, to: number): void {
    const { clusterBytes } = this;
    const beneath = (this.#backing?.sectors ?? 0) * SECTOR_BYTES;
    const end = Math.min(to, Math.max(Math.ceil(from / clusterBytes) * clusterBytes, beneath));
    for (let at = from; at < end;) {
      const extent = this.#map.extent(Math.floor(at / clusterBytes), this.#mostBuffered);
      const length = Math.min(end - at, extent.clusters * clusterBytes - (at % clusterBytes));
      const isZero = extent.kind === "zero" || (extent.kind === "absent" && at >= beneath);
      if (!isZero) this.#writeAt(at, new Uint8Array(length));
      at += length;
    }
  }
}
