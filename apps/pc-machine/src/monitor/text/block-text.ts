/** `info block` and `info blockstats`: drives and nodes in words. */
import type { BlockDrive } from "../../block/block-drive.js";
import type { BlockNode, ImageDetails } from "../../block/block-node.js";
import { nameOf } from "../../block/block-control.js";
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import { sizeText, snapshotLines } from "./snapshot-text.js";

/** A drive. @param verbose true if its images are described, too */
export function driveText(drive: BlockDrive, verbose: boolean): string {
  const { frontEnd, node } = drive;
  const name = nameOf(drive);
  const lines = [
    node === null ? `${name}: [not inserted]` : `${name} (${node.name}): ${imageOf(node)}`,
  ];
  if (frontEnd !== null) lines.push(`    Attached to:      ${frontEnd.qdev}`);
  if (frontEnd?.removable ?? true) {
    const tray = frontEnd?.tray ?? null;
    const locked = tray?.locked === true ? "locked" : "not locked";
    lines.push(`    Removable device: ${locked}, tray ${tray?.open === true ? "open" : "closed"}`);
  }
  if (drive.ioStatus !== "ok") lines.push(`    I/O status:       ${drive.ioStatus}`);
  return [...lines, ...(node === null ? [] : nodeLines(node, verbose))].join("\n") + "\n";
}

/** A node by its own name. */
export function nodeText(node: BlockNode, verbose: boolean): string {
  return [`${node.name}: ${imageOf(node)}`, ...nodeLines(node, verbose)].join("\n") + "\n";
}

/** Counts of a drive, in a line. */
export function statisticsText(drive: BlockDrive): string {
  const { read, write, flush } = drive.statistics;
  const values = {
    rd_bytes: read.bytes,
    wr_bytes: write.bytes,
    rd_operations: read.operations,
    wr_operations: write.operations,
    flush_operations: flush.operations,
    wr_total_time_ns: write.ns,
    rd_total_time_ns: read.ns,
    flush_total_time_ns: flush.ns,
    rd_merged: 0,
    wr_merged: 0,
    idle_time_ns: 0,
  };
  const words = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return `${drive.id ?? ""}: ${words.join(" ")}\n`;
}

function imageOf(node: BlockNode): string {
  const flags = node.image.readonly ? ", read-only" : "";
  return `${node.filename} (${node.driver}${flags})`;
}

function nodeLines(node: BlockNode, verbose: boolean): string[] {
  const { cache, backing, detectZeroes } = node;
  const modes = [
    cache.writeback ? "writeback" : "writethrough",
    ...(cache.direct ? ["direct"] : []),
    ...(cache.noFlush ? ["ignore flushes"] : []),
  ];
  return [
    `    Cache mode:       ${modes.join(", ")}`,
    ...(backing === null
      ? []
      : [`    Backing file:     ${backing.filename} (chain depth: ${node.backingDepth})`]),
    ...(detectZeroes === "off" ? [] : [`    Detect zeroes:    ${detectZeroes}`]),
    ...(verbose ? ["", "Images:", ...imageLines(node)] : []),
  ];
}

function imageLines(node: BlockNode): string[] {
  const bytes = node.image.sectors * SECTOR_BYTES;
  const { backing, details } = node;
  return [
    `image: ${node.filename}`,
    `file format: ${node.driver}`,
    `virtual size: ${sizeText(bytes)} (${bytes} bytes)`,
    `disk size: ${sizeText(node.allocatedBytes)}`,
    ...(details === null ? [] : [`cluster_size: ${details.clusterBytes}`]),
    ...backingLines(node),
    ...(details === null || details.snapshots.length === 0
      ? []
      : ["Snapshot list:", ...snapshotLines(details.snapshots)]),
    ...(details === null ? [] : specificLines(details.specific.data)),
    ...(backing === null ? [] : imageLines(backing)),
  ];
}

function backingLines({ backing, details }: BlockNode): string[] {
  if (backing === null) return [];
  const { name, format, fullName } = details?.backing ?? {
    ...{ name: backing.filename, format: null, fullName: backing.filename },
  };
  const actual = name === fullName ? "" : ` (actual path: ${fullName})`;
  return [
    `backing file: ${name}${actual}`,
    ...(format === null ? [] : [`backing file format: ${format}`]),
  ];
}

function specificLines(data: ImageDetails["specific"]["data"]): string[] {
  return [
    "Format specific information:",
    ...Object.entries(data).map(([key, value]) => `    ${key.replaceAll("-", " ")}: ${value}`),
  ];
}
