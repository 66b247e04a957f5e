import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryRegion, MemorySystem, type RamBlock } from "@mem/core";
import { fileRam, type RamFile, ramFile } from "@mem/hostmem";
import { afterEach, beforeEach } from "vitest";

/** Bytes in a page. */
export const PAGE = 4096;

/** A folder of one's own for each test of a file. */
export function temporaryFolder(): {
  path(name: string): string;
  write(name: string, bytes: Uint8Array): string;
  sparse(name: string, length: number): string;
  read(name: string): Buffer;
  poke(name: string, at: number, value: number): void;
  allocated(name: string): number;
  remove(name: string): void;
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
    poke(name, at, value) {
      const fd = openSync(path(name), "r+");
      writeSync(fd, new Uint8Array([value]), 0, 1, at);
      closeSync(fd);
    },
    remove: (name) => rmSync(path(name)),
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

/** Why no file can be mapped here; `null` if files can. */
export const whyNotMapped: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), "mem-hostmem-"));
  try {
    writeFileSync(join(folder, "f"), new Uint8Array(PAGE));
    const ram = fileRam(new MemorySystem(), {
      name: "ram",
      size: PAGE,
      path: join(folder, "f"),
      mapping: "required",
    });
    fileOf(ram).close();
    return null;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** How files can be kept in memory here: what holds for both is tested of both. */
export const ways: readonly ("never" | "required")[] =
  whyNotMapped === null ? ["never", "required"] : ["never"];
if (whyNotMapped !== null) process.stderr.write(`mappings are not tested: ${whyNotMapped}\n`);
