/** Images in qcow2, made and checked by what the format says. */
import { BlockError, checkRange, type BlockBackend } from "../../src/storage/block-backend.js";

const SECTOR = 512;

/** A file in memory that grows, up to a limit of bytes where the host is full. */
export class GrowingFile implements BlockBackend {
  readonly readonly = false;
  /** Writes beyond this fail. */
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
}): GrowingFile {
  const { size, clusterBits, backing, version = 3, features = 0 } = options;
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
    view.setUint32(96, 4);
    view.setUint32(100, 104);
  }
  if (backing !== undefined) {
    const name = new TextEncoder().encode(backing);
    bytes.set(name, 200);
    view.setBigUint64(8, 200n);
    view.setUint32(16, name.length);
  }
  view.setBigUint64(cluster, BigInt(2 * cluster));
  for (let at = 0; at < 3 + tables; at++) view.setUint16(2 * cluster + 2 * at, 1);
  return new GrowingFile(bytes);
}

/** Clusters whose count is not the number of their users, as `qemu-img check` counts them. */
export function wrongCounts(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const cluster = 2 ** view.getUint32(20);
  const users = new Map<number, number>();
  const use = (offset: number): void => {
    users.set(offset, (users.get(offset) ?? 0) + 1);
  };
  const place = (at: number): number => Number(view.getBigUint64(at) & 0x00ff_ffff_ffff_fe00n);
  use(0);
  const tableAt = Number(view.getBigUint64(48));
  const tableBytes = view.getUint32(56) * cluster;
  for (let at = 0; at < tableBytes; at += cluster) use(tableAt + at);
  const l1 = Number(view.getBigUint64(40));
  const l1Bytes = 8 * view.getUint32(36);
  for (let at = 0; at < l1Bytes; at += cluster) use(l1 + at);
  for (let at = 0; at < l1Bytes; at += 8) {
    const l2 = place(l1 + at);
    if (l2 === 0) continue;
    use(l2);
    for (let entry = 0; entry < cluster; entry += 8) {
      const isCompressed = (view.getUint8(l2 + entry) & 0x40) !== 0;
      if (!isCompressed && place(l2 + entry) !== 0) use(place(l2 + entry));
    }
  }
  const counts = new Map<number, number>();
  const perBlock = cluster / 2;
  for (let index = 0; index < tableBytes / 8; index++) {
    const block = place(tableAt + 8 * index);
    if (block === 0) continue;
    use(block);
    for (let at = 0; at < perBlock; at++) {
      const count = view.getUint16(block + 2 * at);
      if (count !== 0) counts.set((index * perBlock + at) * cluster, count);
    }
  }
  const all = new Set([...users.keys(), ...counts.keys()]);
  return [...all]
    .filter((offset) => (users.get(offset) ?? 0) !== (counts.get(offset) ?? 0))
    .map((offset) => `0x${offset.toString(16)}: ${counts.get(offset)} of ${users.get(offset)}`);
}
