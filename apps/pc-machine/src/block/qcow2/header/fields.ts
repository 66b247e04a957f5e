/** Places of the header's fields, and changes of those that change. */
import { BlockError, SECTOR_BYTES, type BlockBackend } from "../../../storage/block-backend.js";

/** Offsets of the fields, in bytes. */
export const Field = {
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
  SNAPSHOTS: 60,
  SNAPSHOTS_OFFSET: 64,
  INCOMPATIBLE: 72,
  COMPATIBLE: 80,
  AUTOCLEAR: 88,
  REFCOUNT_ORDER: 96,
  LENGTH: 100,
  COMPRESSION_TYPE: 104,
} as const;

/** Bits of incompatible features. */
export const Feature = {
  DIRTY: 1,
  CORRUPT: 2,
  EXTERNAL_DATA: 4,
  COMPRESSION: 8,
  WIDE_ENTRIES: 16,
} as const;

/** Bit of the compatible features: counts may be behind in an image that is dirty. */
export const LAZY_REFCOUNTS = 1;

/** A few bytes of the header, with their place. */
export interface HeaderChange {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The table of reference counts is elsewhere. */
export function refcountTableAt(offset: number, clusters: number): HeaderChange {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(offset));
  view.setUint32(8, clusters);
  return { at: Field.REFCOUNT_OFFSET, bytes };
}

/** The table of tables is elsewhere. */
export function l1TableAt(offset: number, entries: number): HeaderChange {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, entries);
  view.setBigUint64(4, BigInt(offset));
  return { at: Field.L1_ENTRIES, bytes };
}

/** The disk has another size, in bytes. */
export function diskSize(size: number): HeaderChange {
  return { at: Field.SIZE, bytes: eightBytes(size) };
}

/** The incompatible features are these bits. */
export function incompatible(features: number): HeaderChange {
  return { at: Field.INCOMPATIBLE, bytes: eightBytes(features) };
}

/** Features that a writer takes back who does not know them are gone. */
export const NO_AUTOCLEAR: HeaderChange = { at: Field.AUTOCLEAR, bytes: new Uint8Array(8) };

function eightBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** `length` bytes at `offset`; zeros beyond the end. @throws BlockError when the host cannot read */
export function bytesAt(image: BlockBackend, offset: number, length: number): Uint8Array {
  const first = Math.floor(offset / SECTOR_BYTES);
  const end = Math.min(Math.ceil((offset + length) / SECTOR_BYTES), image.sectors);
  const bytes = new Uint8Array(Math.max(0, end - first) * SECTOR_BYTES);
  if (bytes.length > 0) image.read(first, bytes);
  const wanted = new Uint8Array(length);
  wanted.set(bytes.subarray(offset - first * SECTOR_BYTES).subarray(0, length));
  return wanted;
}

/** A number of eight bytes. @throws BlockError with `message` for one that no file has */
export function number(view: DataView, offset: number, message: string): number {
  const value = view.getBigUint64(offset);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(message);
  return Number(value);
}

/** An image that cannot be used, and why. Rule `qcow2`. */
export function refuse(message: string): BlockError {
  return new BlockError(message, { rule: "qcow2" });
}
