/** `info block` and `info blockstats`: drives and nodes in words. */
import type { BlockDrive } from "../../block/block-drive.js";
import type { BlockNode } from "../../block/block-node.js";
import { nameOf } from "../../block/block-control.js";
import { SECTOR_BYTES } from "../../storage/block-backend.js";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const KIB = 1024;
const DIGITS = 3;

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
  const { backing } = node;
  return [
    `image: ${node.filename}`,
    `file format: ${node.driver}`,
    `virtual size: ${sizeText(bytes)} (${bytes} bytes)`,
    `disk size: ${sizeText(node.allocatedBytes)}`,
    ...(backing === null ? [] : [`backing file: ${backing.filename}`, "", ...imageLines(backing)]),
  ];
}

/** Bytes with the unit that leaves three digits. */
function sizeText(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.floor(Math.log2(bytes) / Math.log2(KIB));
  const unit = UNITS[Math.min(power, UNITS.length - 1)] ?? "B";
  return `${Number((bytes / KIB ** power).toPrecision(DIGITS))} ${unit}`;
}
