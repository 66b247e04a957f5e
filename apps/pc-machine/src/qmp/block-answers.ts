/** Drives and nodes as QMP tells of them. */
import type { BlockDrive } from "../block/block-drive.js";
import type { BlockNode, ImageDetails, ImageSnapshot } from "../block/block-node.js";
import type { BlockStatistics } from "../block/block-statistics.js";
import { SECTOR_BYTES } from "../storage/block-backend.js";

/** A node as `query-named-block-nodes` has it: `BlockDeviceInfo`. */
export function nodeInfo(node: BlockNode): Readonly<Record<string, unknown>> {
  const { cache, backing } = node;
  return {
    iops_rd: 0,
    detect_zeroes: node.detectZeroes,
    image: imageInfo(node),
    iops_wr: 0,
    ro: node.image.readonly,
    "node-name": node.name,
    backing_file_depth: node.backingDepth,
    ...(backing === null ? {} : { backing_file: backing.filename }),
    drv: node.driver,
    iops: 0,
    bps_wr: 0,
    write_threshold: 0,
    encrypted: false,
    bps: 0,
    bps_rd: 0,
    cache: { "no-flush": cache.noFlush, direct: cache.direct, writeback: cache.writeback },
    file: node.filename,
  };
}

function imageInfo(node: BlockNode): Readonly<Record<string, unknown>> {
  const { backing, details } = node;
  return {
    ...(details === null || details.snapshots.length === 0
      ? {}
      : { snapshots: details.snapshots.map(snapshotInfo) }),
    "virtual-size": node.image.sectors * SECTOR_BYTES,
    filename: node.filename,
    ...(details === null ? {} : { "cluster-size": details.clusterBytes }),
    format: node.driver,
    "actual-size": node.allocatedBytes,
    ...(details === null ? {} : { "format-specific": details.specific }),
    "dirty-flag": details?.dirty ?? false,
    ...backingInfo(details),
    ...(backing === null ? {} : { "backing-image": imageInfo(backing) }),
  };
}

/** The image beneath, as the one above names it. */
function backingInfo(details: ImageDetails | null): Readonly<Record<string, unknown>> {
  if (details === null || details.backing === null) return {};
  const { name, fullName, format } = details.backing;
  return {
    "backing-filename": name,
    "full-backing-filename": fullName,
    ...(format === null ? {} : { "backing-filename-format": format }),
  };
}

function snapshotInfo(snapshot: ImageSnapshot): Readonly<Record<string, unknown>> {
  const { id, name, seconds, nanoseconds, clock, stateSize, icount } = snapshot;
  return {
    ...(icount === undefined ? {} : { icount }),
    "vm-clock-nsec": clock.nanoseconds,
    name,
    "date-sec": seconds,
    "date-nsec": nanoseconds,
    "vm-clock-sec": clock.seconds,
    id,
    "vm-state-size": stateSize,
  };
}

/** A drive as `query-block` has it: `BlockInfo`. */
export function driveInfo(drive: BlockDrive): Readonly<Record<string, unknown>> {
  const { frontEnd, node } = drive;
  const removable = frontEnd?.removable ?? true;
  const tray = frontEnd?.tray ?? null;
  const keepsStatus = frontEnd !== null && (!removable || tray !== null);
  return {
    ...(keepsStatus && drive.id !== null ? { "io-status": drive.ioStatus } : {}),
    device: drive.id ?? "",
    locked: tray?.locked ?? false,
    removable,
    ...(node === null ? {} : { inserted: nodeInfo(node) }),
    ...(frontEnd === null ? {} : { qdev: frontEnd.qdev }),
    ...(tray === null ? {} : { tray_open: tray.open }),
    type: "unknown",
  };
}

/** Counts of a drive and of the nodes beneath it: `BlockStats`. */
export function driveStatistics(drive: BlockDrive): Readonly<Record<string, unknown>> {
  const { node, frontEnd } = drive;
  const [file] = node?.children ?? [];
  return {
    device: drive.id ?? "",
    ...(node === null ? {} : { "node-name": node.name }),
    ...(frontEnd === null ? {} : { qdev: frontEnd.qdev }),
    stats: counts(drive.statistics),
    ...(file === undefined ? {} : { parent: nodeStatistics(file) }),
  };
}

/** Counts of a node by itself: those of drives are theirs. */
export function nodeStatistics(node: BlockNode): Readonly<Record<string, unknown>> {
  const [file] = node.children;
  return {
    "node-name": node.name,
    stats: counts(null),
    ...(file === undefined ? {} : { parent: nodeStatistics(file) }),
  };
}

function counts(statistics: BlockStatistics | null): Readonly<Record<string, unknown>> {
  const none = { bytes: 0, operations: 0, failed: 0, ns: 0 };
  const { read, write, flush, highest } = statistics ?? {
    read: none,
    write: none,
    flush: none,
    highest: 0,
  };
  return {
    rd_bytes: read.bytes,
    wr_bytes: write.bytes,
    unmap_bytes: 0,
    rd_operations: read.operations,
    wr_operations: write.operations,
    flush_operations: flush.operations,
    unmap_operations: 0,
    rd_total_time_ns: read.ns,
    wr_total_time_ns: write.ns,
    flush_total_time_ns: flush.ns,
    unmap_total_time_ns: 0,
    wr_highest_offset: highest,
    rd_merged: 0,
    wr_merged: 0,
    unmap_merged: 0,
    failed_rd_operations: read.failed,
    failed_wr_operations: write.failed,
    failed_flush_operations: flush.failed,
    failed_unmap_operations: 0,
    invalid_rd_operations: 0,
    invalid_wr_operations: 0,
    invalid_flush_operations: 0,
    invalid_unmap_operations: 0,
    account_invalid: statistics !== null,
    account_failed: statistics !== null,
    timed_stats: [],
  };
}
