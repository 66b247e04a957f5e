/** Images in qcow2, made and checked by what the format says. */
import { BlockError, checkRange, type BlockBackend } from "../../src/storage/block-backend.js";

const SECTOR = 512;

/** A file in memory that grows, up to a limit of bytes where the host is full. */
export class GrowingFile implements BlockBackend {
  readonly readonly = false;
  /** Writes beyond this fail, and so does growth. */
  limit = Infinity;
  /** Room, which grows by doubling. */
  #room: Uint8Array<ArrayBuffer>;
  #length: number;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#room = bytes;
    this.#length = bytes.length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#room.subarray(0, this.#length);
  }

  get sectors(): number {
    return this.#length / SECTOR;
  }

  read(lba: number, into: Uint8Array): void {
    checkRange(this, lba, into.length);
    into.set(this.bytes.subarray(lba * SECTOR, lba * SECTOR + into.length));
  }

  write(lba: number, from: Uint8Array): void {
    checkRange(this, lba, from.length);
    if (lba * SECTOR + from.length > this.limit) throw new BlockError("full", { rule: "test" });
    this.bytes.set(from, lba * SECTOR);
  }

  resize(sectors: number): void {
    const length = sectors * SECTOR;
    if (length > this.limit) throw new BlockError("full", { rule: "test" });
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(length, 2 * this.#room.length));
      room.set(this.bytes);
      this.#room = room;
    }
    this.#room.fill(0, Math.min(length, this.#length), Math.max(length, this.#length));
    this.#length = length;
  }
}

/** An image without contents: header, table of counts, block of counts, table of tables. */
export function makeQcow2(options: {
  readonly size: number;
  readonly clusterBits: number;
  readonly backing?: string;
  readonly version?: 2 | 3;
  readonly features?: number;
  /** Two to this power are the bits of a count. */
  readonly order?: number;
}): GrowingFile {
  const { size, clusterBits, backing, version = 3, features = 0, order = 4 } = options;
  const cluster = 2 ** clusterBits;
  const entries = Math.ceil(size / (cluster * (cluster / 8)));
  const tables = Math.ceil((8 * entries) / cluster);
  const bytes = new Uint8Array((3 + tables) * cluster);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x5146_49fb);
  view.setUint32(4, version);
  view.setUint32(20, clusterBits);
  view.setBigUint64(24, BigInt(size));
  view.setUint32(36, entries);
  view.setBigUint64(40, BigInt(3 * cluster));
  view.setBigUint64(48, BigInt(cluster));
  view.setUint32(56, 1);
  if (version === 3) {
    view.setBigUint64(72, BigInt(features));
    view.setUint32(96, order);
    view.setUint32(100, 104);
  }
  if (backing !== undefined) {
    const name = new TextEncoder().encode(backing);
    bytes.set(name, 200);
    view.setBigUint64(8, 200n);
    view.setUint32(16, name.length);
  }
  view.setBigUint64(cluster, BigInt(2 * cluster));
  for (let at = 0; at < 3 + tables; at++) setCount(view, 2 * cluster, order, at, 1);
  return new GrowingFile(bytes);
}

/** A count in the block at `block`, bit by bit. */
export function countOf(view: DataView, block: number, order: number, index: number): number {
  const bits = 2 ** order;
  if (bits >= 8) {
    let count = 0;
    for (let at = 0; at < bits / 8; at++) {
      count = count * 256 + view.getUint8(block + (index * bits) / 8 + at);
    }
    return count;
  }
  const byte = view.getUint8(block + Math.floor((index * bits) / 8));
  return (byte >> ((index * bits) % 8)) % 2 ** bits;
}

/** Set a count. */
export function setCount(
  view: DataView,
  block: number,
  order: number,
  index: number,
  count: number,
): void {
  const bits = 2 ** order;
  for (let bit = 0; bit < bits; bit++) {
    const place =
      bits >= 8 ? index * bits + (bits - 8 - (bit & ~7)) + (bit % 8) : index * bits + bit;
    const at = block + Math.floor(place / 8);
    const mask = 1 << (place % 8);
    const isSet = Math.floor(count / 2 ** bit) % 2 === 1;
    view.setUint8(at, isSet ? view.getUint8(at) | mask : view.getUint8(at) & ~mask);
  }
}

/** Make the active tables a snapshot's, too: a table of one snapshot, and counts of two. */
export function addSnapshot(file: GrowingFile, order = 4): void {
  const cluster = 2 ** new DataView(file.bytes.buffer).getUint32(20);
  const start = file.bytes.length;
  const l1Bytes = 8 * new DataView(file.bytes.buffer).getUint32(36);
  file.resize((start + cluster + Math.ceil(l1Bytes / cluster) * cluster) / SECTOR);
  const view = new DataView(file.bytes.buffer, 0, file.bytes.length);
  const l1 = Number(view.getBigUint64(40));
  const block = Number(view.getBigUint64(Number(view.getBigUint64(48))));
  const raise = (offset: number): void => {
    const count = countOf(view, block, order, offset / cluster);
    setCount(view, block, order, offset / cluster, count + 1);
  };
  for (let at = start; at < file.bytes.length; at += cluster) raise(at);
  const copied = (at: number): number => {
    const place = Number(view.getBigUint64(at) & 0x00ff_ffff_ffff_fe00n);
    view.setUint8(at, view.getUint8(at) & 0x7f);
    if (place !== 0) raise(place);
    return place;
  };
  for (let at = 0; at < l1Bytes; at += 8) {
    const l2 = copied(l1 + at);
    for (let entry = 0; l2 !== 0 && entry < cluster; entry += 8) copied(l2 + entry);
  }
  file.bytes.copyWithin(start + cluster, l1, l1 + l1Bytes);
  view.setUint32(60, 1);
  view.setBigUint64(64, BigInt(start));
  view.setBigUint64(start, BigInt(start + cluster));
  view.setUint32(start + 8, l1Bytes / 8);
  view.setUint16(start + 12, 1);
  view.setUint16(start + 14, 4);
  view.setUint32(start + 16, 1_700_000_000);
  file.bytes.set(new TextEncoder().encode("1once"), start + 40);
}

/** Clusters whose count is not the number of their users, as `qemu-img check` counts them. */
export function wrongCounts(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cluster = 2 ** view.getUint32(20);
  const order = view.getUint32(4) === 3 ? view.getUint32(96) : 4;
  const users = new Map<number, number>();
  const use = (offset: number): void => {
    users.set(offset, (users.get(offset) ?? 0) + 1);
  };
  const useAll = (offset: number, length: number): void => {
    for (let at = 0; at < length; at += cluster) use(offset + at);
  };
  const place = (at: number): number => Number(view.getBigUint64(at) & 0x00ff_ffff_ffff_fe00n);
  use(0);
  const tableAt = Number(view.getBigUint64(48));
  const tableBytes = view.getUint32(56) * cluster;
  useAll(tableAt, tableBytes);
  const trees = [{ at: Number(view.getBigUint64(40)), bytes: 8 * view.getUint32(36) }];
  if (view.getUint32(60) > 0) {
    const snapshot = Number(view.getBigUint64(64));
    use(snapshot);
    trees.push({
      at: Number(view.getBigUint64(snapshot)),
      bytes: 8 * view.getUint32(snapshot + 8),
    });
  }
  for (const l1 of trees) {
    useAll(l1.at, l1.bytes);
    for (let at = 0; at < l1.bytes; at += 8) {
      const l2 = place(l1.at + at);
      if (l2 === 0) continue;
      use(l2);
      for (let entry = 0; entry < cluster; entry += 8) {
        const isCompressed = (view.getUint8(l2 + entry) & 0x40) !== 0;
        if (isCompressed) useCompressed(view, l2 + entry, cluster, use);
        else if (place(l2 + entry) !== 0) use(place(l2 + entry));
      }
    }
  }
  const counts = new Map<number, number>();
  const perBlock = (cluster * 8) / 2 ** order;
  for (let index = 0; index < tableBytes / 8; index++) {
    const block = place(tableAt + 8 * index);
    if (block === 0) continue;
    use(block);
    for (let at = 0; at < perBlock; at++) {
      const count = countOf(view, block, order, at);
      if (count !== 0) counts.set((index * perBlock + at) * cluster, count);
    }
  }
  const all = new Set([...users.keys(), ...counts.keys()]);
  return [...all]
    .filter((offset) => (users.get(offset) ?? 0) !== (counts.get(offset) ?? 0))
    .map((offset) => `0x${offset.toString(16)}: ${counts.get(offset)} of ${users.get(offset)}`);
}

/** Clusters that a compressed one touches. */
function useCompressed(
  view: DataView,
  at: number,
  cluster: number,
  use: (offset: number) => void,
): void {
  const bits = BigInt(62 - (Math.log2(cluster) - 8));
  const entry = view.getBigUint64(at) & 0x3fff_ffff_ffff_ffffn;
  const offset = Number(entry % (1n << bits));
  const sectors = Number(entry >> bits) + 1;
  const end = Math.floor(offset / SECTOR) * SECTOR + sectors * SECTOR;
  for (let one = Math.floor(offset / cluster) * cluster; one < end; one += cluster) use(one);
}
