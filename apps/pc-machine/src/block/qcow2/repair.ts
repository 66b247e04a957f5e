/** Reference counts of an image that its last writer left dirty, counted anew. */
import { packedPlace } from "./compressed.js";
import type { ClusterFile } from "./cluster-file.js";
import { DiskTable } from "./disk-table.js";
import { ENTRY_BYTES, High, isCompressed, isCopied, offsetOf, type Entry } from "./entry.js";
import { incompatible, refuse } from "./header/fields.js";
import type { ImageParts } from "./image-parts.js";
import type { Refcounts } from "./refcounts.js";

/** Tables that are read at most: more than any image has that is used. */
const MOST_TABLES = 2 ** 20;

/**
 * Count, store what was wrong, and mark the image as clean. Clusters of bitmaps are in no table here:
 * where there are any, no count becomes less.
 * @throws BlockError when a table is damaged, or the host does not write
 */
export function repair(parts: ImageParts): void {
  const { file, header, counts, metadata } = parts;
  if (metadata.conflict !== null) throw damaged();
  const users = countUsers(parts);
  for (const [cluster, wanted] of users.entries()) {
    const stored = counts.get(cluster);
    if (wanted > counts.most) throw damaged();
    if (stored < wanted || (stored > wanted && !header.hasBitmaps)) counts.set(cluster, 1, wanted);
  }
  markCopied(parts);
  file.flush();
  const clean = incompatible(0);
  file.patch(clean.at, clean.bytes);
}

/** Number of users of each cluster of the file. */
function countUsers({ file, header, counts }: ImageParts): Uint32Array {
  const { clusterBytes } = file;
  const users = new Uint32Array(Math.ceil(file.bytes / clusterBytes));
  const add = (offset: number, bytes: number): void => {
    const end = Math.ceil((offset + bytes) / clusterBytes);
    if (end > users.length) throw damaged();
    for (let at = Math.floor(offset / clusterBytes); at < end; at++)
      users[at] = (users[at] ?? 0) + 1;
  };
  const { place } = counts;
  add(0, clusterBytes);
  add(place.offset, place.bytes);
  for (const block of counts.blocks()) add(block, clusterBytes);
  const { offset, bytes, snapshots } = header.snapshots;
  if (snapshots.length > 0) add(offset, bytes);
  let tables = 0;
  for (const { l1Offset, l1Entries } of [...snapshots, header]) {
    add(l1Offset, l1Entries * ENTRY_BYTES);
    for (const { table } of tablesOf(file, l1Offset, l1Entries)) {
      if (++tables > MOST_TABLES) throw damaged();
      add(table.offset, clusterBytes);
      for (const entry of entriesOf(table)) addCluster(entry, clusterBytes, add);
    }
  }
  return users;
}

function addCluster(
  entry: Entry,
  clusterBytes: number,
  add: (offset: number, bytes: number) => void,
): void {
  if (isCompressed(entry)) {
    const { offset, bytes } = packedPlace(entry, clusterBytes);
    add(offset, bytes);
    return;
  }
  const offset = offsetOf(entry);
  if (offset % clusterBytes !== 0) throw damaged();
  if (offset !== 0) add(offset, clusterBytes);
}

/** Entries say again which clusters have one user. */
function markCopied({ file, header, counts }: ImageParts): void {
  const { clusterBytes } = file;
  const { l1Offset, l1Entries } = header;
  const l1 = DiskTable.load(file, l1Offset, l1Entries * ENTRY_BYTES);
  for (const { table, index } of tablesOf(file, l1Offset, l1Entries)) {
    mark(l1, index, clusterBytes, counts);
    for (let at = 0; at < table.entries; at++) mark(table, at, clusterBytes, counts);
  }
}

function mark(table: DiskTable, index: number, clusterBytes: number, counts: Refcounts): void {
  const entry = table.entry(index);
  const offset = offsetOf(entry);
  if (isCompressed(entry) || offset === 0) return;
  const isOwn = counts.get(offset / clusterBytes) === 1;
  if (isOwn === isCopied(entry)) return;
  table.enter(index, [{ ...entry, high: (entry.high ^ High.COPIED) >>> 0 }]);
}

/** The tables that a table of tables names. @throws BlockError for one that is nowhere */
function* tablesOf(
  file: ClusterFile,
  l1Offset: number,
  l1Entries: number,
): Generator<{ readonly table: DiskTable; readonly index: number }> {
  const l1 = DiskTable.load(file, l1Offset, l1Entries * ENTRY_BYTES);
  for (let index = 0; index < l1Entries; index++) {
    const offset = offsetOf(l1.entry(index));
    if (offset === 0) continue;
    if (offset % file.clusterBytes !== 0 || offset >= file.bytes) throw damaged();
    yield { table: DiskTable.load(file, offset, file.clusterBytes), index };
  }
}

function* entriesOf(table: DiskTable): Generator<Entry> {
  for (let index = 0; index < table.entries; index++) yield table.entry(index);
}

function damaged(): Error {
  return refuse("Could not repair dirty image: its tables are damaged");
}
