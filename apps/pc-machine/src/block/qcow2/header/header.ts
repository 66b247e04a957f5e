/** The beginning of a qcow2 image: where its tables are, and what else there is to know. */
import { SECTOR_BYTES, type BlockBackend } from "../../../storage/block-backend.js";
import { ENTRY_BYTES } from "../entry.js";
import { readExtensions } from "./extensions.js";
import { bytesAt, Feature, Field, LAZY_REFCOUNTS, number, refuse } from "./fields.js";
import { readSnapshots, type SnapshotTable } from "./snapshots.js";

const MAGIC = 0x5146_49fb;
const V2_BYTES = 72;
const V3_BYTES = 104;
const V2_REFCOUNT_ORDER = 4;
const MOST_REFCOUNT_ORDER = 6;
const KNOWN_FEATURES = BigInt(Feature.DIRTY | Feature.CORRUPT);
const CLUSTER_BITS = { LEAST: 9, MOST: 21 } as const;
const MOST_BACKING_NAME = 1023;
/** 32 MiB of entries: 2 PiB in clusters of 64 KiB. */
export const MOST_L1_ENTRIES = 2 ** 22;
/** Bytes that a table of reference counts may have. */
export const MOST_REFCOUNT_BYTES = 2 ** 23;

/** Facts of the header. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  /** Bytes of the disk. */
  readonly size: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
  readonly refcountOffset: number;
  readonly refcountClusters: number;
  /** Two to this power are the bits of a reference count. */
  readonly refcountOrder: number;
  /** The image beneath it, `null` for none. */
  readonly backing: { readonly name: string; readonly format: string | null } | null;
  /** True if reference counts may be behind: they are to be counted anew before anything is written. */
  readonly dirty: boolean;
  /** True if somebody found the tables wrong: nothing may be written. */
  readonly corrupt: boolean;
  /** True if writers may leave counts behind, and mark the image as dirty meanwhile. */
  readonly lazyRefcounts: boolean;
  /** True if there are features that a writer who does not know them takes back. */
  readonly autoclear: boolean;
  /** True if there are bitmaps, in clusters that no table here tells of. */
  readonly hasBitmaps: boolean;
  readonly snapshots: SnapshotTable;
}

/** True if `image` begins as a qcow2 image does. */
export function isQcow2(image: BlockBackend): boolean {
  return image.sectors > 0 && beginsQcow2(bytesAt(image, 0, SECTOR_BYTES));
}

/** True if these are the first bytes of a qcow2 image. */
export function beginsQcow2(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === MAGIC;
}

/** Read the header. @throws BlockError when this is no image that can be read */
export function readHeader(image: BlockBackend): Qcow2Header {
  if (!isQcow2(image)) throw refuse("Image is not in qcow2 format");
  const head = new DataView(bytesAt(image, 0, SECTOR_BYTES).buffer);
  const version = head.getUint32(Field.VERSION);
  if (version !== 2 && version !== 3) throw refuse(`Unsupported qcow2 version ${version}`);
  const clusterBits = head.getUint32(Field.CLUSTER_BITS);
  if (clusterBits < CLUSTER_BITS.LEAST || clusterBits > CLUSTER_BITS.MOST) {
    throw refuse(`Unsupported cluster size: 2^${clusterBits}`);
  }
  const clusterBytes = 2 ** clusterBits;
  const isNew = version === 3;
  const length = isNew ? head.getUint32(Field.LENGTH) : V2_BYTES;
  if (isNew && length < V3_BYTES) throw refuse("qcow2 header too short");
  if (length > clusterBytes) throw refuse("qcow2 header exceeds cluster size");
  const cluster = bytesAt(image, 0, clusterBytes);
  const backing = backingName(head, cluster, length);
  const extensions = readExtensions(cluster, length, backing?.offset ?? clusterBytes);
  const features = isNew ? head.getBigUint64(Field.INCOMPATIBLE) : 0n;
  checkFeatures(features, extensions.featureNames);
  checkEncryption(head.getUint32(Field.ENCRYPTION));
  const header: Qcow2Header = {
    version,
    clusterBits,
    size: number(head, Field.SIZE, "Image is too big"),
    l1Entries: head.getUint32(Field.L1_ENTRIES),
    l1Offset: number(head, Field.L1_OFFSET, "Active L1 table offset invalid"),
    refcountOffset: number(head, Field.REFCOUNT_OFFSET, "Reference count table offset invalid"),
    refcountClusters: head.getUint32(Field.REFCOUNT_CLUSTERS),
    refcountOrder: isNew ? head.getUint32(Field.REFCOUNT_ORDER) : V2_REFCOUNT_ORDER,
    backing: backing === null ? null : { name: backing.name, format: extensions.backingFormat },
    dirty: (features & BigInt(Feature.DIRTY)) !== 0n,
    corrupt: (features & BigInt(Feature.CORRUPT)) !== 0n,
    lazyRefcounts: isNew && (head.getUint32(Field.COMPATIBLE + 4) & LAZY_REFCOUNTS) !== 0,
    autoclear: isNew && head.getBigUint64(Field.AUTOCLEAR) !== 0n,
    hasBitmaps: extensions.hasBitmaps,
    snapshots: readSnapshots(image, {
      count: head.getUint32(Field.SNAPSHOTS),
      offset: number(head, Field.SNAPSHOTS_OFFSET, "Snapshot table offset invalid"),
      clusterBytes,
    }),
  };
  checkTables(header, image);
  return header;
}

/** Number of tables that a disk of `size` bytes takes. */
export function l1EntriesFor(size: number, clusterBytes: number): number {
  return Math.ceil(size / (clusterBytes * (clusterBytes / ENTRY_BYTES)));
}

/** @throws BlockError when a table cannot be where the header says */
function checkTables(header: Qcow2Header, image: BlockBackend): void {
  const { clusterBits, size, l1Entries, l1Offset, refcountOffset, refcountClusters } = header;
  const clusterBytes = 2 ** clusterBits;
  const end = Math.ceil((image.sectors * SECTOR_BYTES) / clusterBytes) * clusterBytes;
  if (header.refcountOrder > MOST_REFCOUNT_ORDER) {
    throw refuse("Reference count entry width too large; may not exceed 64 bits");
  }
  if (refcountClusters * clusterBytes > MOST_REFCOUNT_BYTES) {
    throw refuse("Reference count table too large");
  }
  if (refcountClusters === 0) throw refuse("Image does not contain a reference count table");
  if (
    refcountOffset % clusterBytes !== 0 ||
    refcountOffset + refcountClusters * clusterBytes > end
  ) {
    throw refuse("Reference count table offset invalid");
  }
  if (l1Entries > MOST_L1_ENTRIES) throw refuse("Active L1 table too large");
  if (l1Entries < l1EntriesFor(size, clusterBytes)) throw refuse("L1 table is too small");
  if (l1Offset % clusterBytes !== 0 || l1Offset + ENTRY_BYTES * l1Entries > end) {
    throw refuse("Active L1 table offset invalid");
  }
}

/** @throws BlockError for a feature that changes what the tables mean */
function checkFeatures(features: bigint, names: ReadonlyMap<number, string>): void {
  const unknown: string[] = [];
  let others = features & ~KNOWN_FEATURES;
  for (let bit = 0; bit < 64; bit++) {
    const mask = 1n << BigInt(bit);
    const name = names.get(bit);
    if ((others & mask) === 0n || name === undefined) continue;
    unknown.push(name);
    others &= ~mask;
  }
  if (others !== 0n) unknown.push(`Unknown incompatible feature: ${others.toString(16)}`);
  if (unknown.length > 0) throw refuse(`Unsupported qcow2 feature(s): ${unknown.join(", ")}`);
}

/** @throws BlockError for an image that is encrypted */
function checkEncryption(method: number): void {
  if (method === 0) return;
  const MOST_KNOWN = 2;
  throw refuse(
    method > MOST_KNOWN
      ? `Unsupported encryption method ${method}`
      : "encrypted images are not supported",
  );
}

/** Name of the image beneath, `null` for none. */
function backingName(
  head: DataView,
  cluster: Uint8Array,
  least: number,
): { readonly name: string; readonly offset: number } | null {
  const offset = number(head, Field.BACKING_OFFSET, "Invalid backing file offset");
  if (offset === 0) return null;
  if (offset < least || offset > cluster.length) throw refuse("Invalid backing file offset");
  const size = head.getUint32(Field.BACKING_SIZE);
  if (size > MOST_BACKING_NAME || offset + size > cluster.length) {
    throw refuse("Backing file name too long");
  }
  const name = new TextDecoder().decode(cluster.subarray(offset, offset + size));
  return { name, offset };
}
