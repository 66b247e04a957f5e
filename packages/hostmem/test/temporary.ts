import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryRegion, type RamBlock } from "@mem/core";
import { type RamFile, ramFile } from "@mem/hostmem";
import { afterEach, beforeEach } from "vitest";

/** Bytes in a page. */
export const PAGE = 4096;

/** A folder of one's own for each test of a file. */
export function temporaryFolder(): {
  path(name: string): string;
  write(name: string, bytes: Uint8Array): string;
  sparse(name: string, length: number): string;
  read(name: string): Buffer;
  allocated(name: string): number;
} {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mem-hostmem-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    write(name, bytes) {
      writeFileSync(path(name), bytes);
      return path(name);
    },
    sparse(name, length) {
      writeFileSync(path(name), "");
      truncateSync(path(name), length);
      return path(name);
    },
    read: (name) => readFileSync(path(name)),
    allocated: (name) => statSync(path(name)).blocks * 512,
  };
}

/** The memory block of a region that has one. */
export function blockOf(region: MemoryRegion): RamBlock {
  if (!region.ramBlock) throw new Error(`${region.name} has no memory`);
  return region.ramBlock;
}

/** The file of a region that has one. */
export function fileOf(region: MemoryRegion): RamFile {
  const file = ramFile(region);
  if (!file) throw new Error(`${region.name} has no file`);
  return file;
}

/** Bytes that differ from page to page. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 7 + (i >>> 12) * 13 + seed;
  return bytes;
}
