/** The beginning of a qcow2 image: where its tables are, and what else there is to know. */
import { BlockError, SECTOR_BYTES, type BlockBackend } from "../../storage/block-backend.js";

const MAGIC = 0x5146_49fb;
const Offset = {
  VERSION: 4,
  BACKING_OFFSET: 8,
  BACKING_SIZE: 16,
  CLUSTER_BITS: 20,
  SIZE: 24,
  ENCRYPTION: 32,
  L1_ENTRIES: 36,
  L1_OFFSET: 40,
  REFCOUNT_OFFSET: 48,
  REFCOUNT_CLUSTERS: 56,
  INCOMPATIBLE: 72,
  AUTOCLEAR: 88,
  REFCOUNT_ORDER: 96,
  LENGTH: 100,
} as const;
const V2_BYTES = 72;
const V2_REFCOUNT_ORDER = 4;
/** Bits of incompatible features. */
const Feature = {
  DIRTY: 1,
  CORRUPT: 2,
  EXTERNAL_DATA: 4,
  COMPRESSION: 8,
  WIDE_ENTRIES: 16,
} as const;
const KNOWN_FEATURES = Feature.DIRTY | Feature.CORRUPT;
const BACKING_FORMAT = 0xe279_2aca;
const CLUSTER_BITS = { LEAST: 9, MOST: 21 } as const;
const MOST_BACKING_NAME = 1023;
/** 32 MiB of entries: 2 PiB in clusters of 64 KiB. */
const MOST_L1_ENTRIES = 2 ** 22;
const MOST_REFCOUNT_CLUSTERS = 2 ** 10;

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
  /** True if reference counts may be wrong, or worse: nothing may be written. */
  readonly damaged: boolean;
  /** Features that a writer who does not know them takes back. */
  readonly autoclear: boolean;
}

/** True if `image` begins as a qcow2 image does. */
export function isQcow2(image: BlockBackend): boolean {
  return image.sectors > 0 && beginsQcow2(firstSectors(image, 1));
}

/** True if these are the first bytes of a qcow2 image. */
export function beginsQcow2(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === MAGIC;
}

function firstSectors(image: BlockBackend, count: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(count, image.sectors) * SECTOR_BYTES);
  image.read(0, bytes);
  return bytes;
}

/** Read the header. @throws BlockError when this is no image that can be read */
export function readHeader(image: BlockBackend): Qcow2Header {
  if (!isQcow2(image)) throw refuse("Image is not in qcow2 format");
  const first = firstSectors(image, 1);
  const head = new DataView(first.buffer);
  const version = head.getUint32(Offset.VERSION);
  if (version !== 2 && version !== 3) throw refuse(`Unsupported qcow2 version ${version}`);
  const clusterBits = head.getUint32(Offset.CLUSTER_BITS);
  if (clusterBits < CLUSTER_BITS.LEAST || clusterBits > CLUSTER_BITS.MOST) {
    throw refuse(`Unsupported cluster size: 2^${clusterBits}`);
  }
  if (head.getUint32(Offset.ENCRYPTION) !== 0) throw refuse("encrypted images are not supported");
  const features = version === 3 ? head.getBigUint64(Offset.INCOMPATIBLE) : 0n;
  if ((features & ~BigInt(KNOWN_FEATURES)) !== 0n) {
    throw refuse(`Unsupported qcow2 feature(s): ${featureNames(Number(features))}`);
  }
  const clusterBytes = 2 ** clusterBits;
  const cluster = firstSectors(image, clusterBytes / SECTOR_BYTES);
  const header: Qcow2Header = {
    version,
    clusterBits,
    size: number(head, Offset.SIZE),
    l1Entries: head.getUint32(Offset.L1_ENTRIES),
    l1Offset: number(head, Offset.L1_OFFSET),
    refcountOffset: number(head, Offset.REFCOUNT_OFFSET),
    refcountClusters: head.getUint32(Offset.REFCOUNT_CLUSTERS),
    refcountOrder: version === 3 ? head.getUint32(Offset.REFCOUNT_ORDER) : V2_REFCOUNT_ORDER,
    backing: backingOf(head, cluster, version),
    damaged: features !== 0n,
    autoclear: version === 3 && head.getBigUint64(Offset.AUTOCLEAR) !== 0n,
  };
  checkTables(header, image);
  return header;
}

/** @throws BlockError when a table cannot be where the header says */
function checkTables(header: Qcow2Header, image: BlockBackend): void {
  const { clusterBits, size, l1Entries, l1Offset, refcountOffset, refcountClusters } = header;
  const clusterBytes = 2 ** clusterBits;
  const end = image.sectors * SECTOR_BYTES;
  const covered = clusterBytes * (clusterBytes / 8);
  if (l1Entries > MOST_L1_ENTRIES || l1Entries < Math.ceil(size / covered)) {
    throw refuse("Active L1 table too large or too small");
  }
  if (l1Offset % clusterBytes !== 0 || l1Offset + 8 * l1Entries > end) {
    throw refuse("Active L1 table offset invalid");
  }
  if (refcountClusters > MOST_REFCOUNT_CLUSTERS) throw refuse("Reference count table too large");
  if (
    refcountOffset % clusterBytes !== 0 ||
    refcountOffset + refcountClusters * clusterBytes > end
  ) {
    throw refuse("Reference count table offset invalid");
  }
  if (header.refcountOrder > 6) throw refuse("Reference count entry width too large");
}

function backingOf(
  head: DataView,
  cluster: Uint8Array,
  version: 2 | 3,
): { readonly name: string; readonly format: string | null } | null {
  const offset = number(head, Offset.BACKING_OFFSET);
  if (offset === 0) return null;
  const size = head.getUint32(Offset.BACKING_SIZE);
  if (size > MOST_BACKING_NAME || offset + size > cluster.length) {
    throw refuse("Backing file name too long");
  }
  const name = new TextDecoder().decode(cluster.subarray(offset, offset + size));
  const start = version === 2 ? V2_BYTES : head.getUint32(Offset.LENGTH);
  return { name, format: extension(cluster, start, offset, BACKING_FORMAT) };
}

/** The text of a header extension between `from` and `end`, `null` when there is none. */
function extension(cluster: Uint8Array, from: number, end: number, wanted: number): string | null {
  const view = new DataView(cluster.buffer);
  for (let at = from; at + 8 <= end;) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === 0 || at + 8 + length > end) return null;
    if (type === wanted) return new TextDecoder().decode(cluster.subarray(at + 8, at + 8 + length));
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return null;
}

function featureNames(features: number): string {
  const names: readonly (readonly [bit: number, name: string])[] = [
    [Feature.EXTERNAL_DATA, "external data file"],
    [Feature.COMPRESSION, "compression type"],
    [Feature.WIDE_ENTRIES, "extended L2 entries"],
  ];
  const known = names.filter(([bit]) => (features & bit) !== 0).map(([, name]) => name);
  return known.length > 0 ? known.join(", ") : `0x${features.toString(16)}`;
}

/** A number of eight bytes. @throws BlockError for one that no file has */
function number(view: DataView, offset: number): number {
  const value = view.getBigUint64(offset);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse("Image has an offset that cannot be");
  return Number(value);
}

/** Bytes that say where the table of reference counts is, with their place. */
export function refcountTableBytes(
  offset: number,
  clusters: number,
): {
  readonly at: number;
  readonly bytes: Uint8Array;
} {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(offset));
  view.setUint32(8, clusters);
  return { at: Offset.REFCOUNT_OFFSET, bytes };
}

/** Place of the eight bytes of features that a writer takes back. */
export const AUTOCLEAR_OFFSET = Offset.AUTOCLEAR;

function refuse(message: string): BlockError {
  return new BlockError(message, { rule: "qcow2" });
}
