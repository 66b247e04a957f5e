import { type MemoryRegion, MemorySystem, type RamBlock, toSize } from "@mem/core";
import {
  anInstance,
  blockInternals,
  checkArgument,
  checkRegion,
  refuseArgument,
} from "@mem/core/plumbing";
import { chooseMemory } from "./choose-memory.js";
import type { FileChanged, FileTrouble } from "./file-memory.js";
import { checkFileRamOptions, type FileRamOptions } from "./file-ram-options.js";
import { FileUsers } from "./file-users.js";
import { HostFile } from "./host-file.js";
import { HostFileError } from "./host-file-error.js";
import { RamFile } from "./ram-file.js";

const A_MACHINE = anInstance("a Machine or MemorySystem", () => MemorySystem);

/**
 * Memory whose bytes come from a file (`memory-backend-file`, `memory_region_init_ram_from_file`,
 * `memory_region_init_ram_from_fd`). Where the file can be mapped, stores into shared memory are in
 * it at once, for every process. Otherwise they reach it when it is synced, closed or at the end
 * of the region; no process that ends without either writes them.
 * @throws HostFileError when the file cannot be opened, is too short, or does not start at a
 *   page; when it has to be mapped and cannot; when it cannot be mapped, or another user could not
 *   map it, and both want to share it
 * @throws MemoryModelError for what `MemorySystem.ram` refuses
 *
 * @example
 * const kept = fileRam(machine, { name: "kept", size: 0x2000, path, create: true, share: true });
 * system.addSubregion(0x1000_0000, kept);
 * space.store(0x1000_0000, 4, 7);
 * kept.msync(0, 0x2000); // it is in the file now, whether or not that is mapped
 */
export function fileRam(machine: MemorySystem, options: FileRamOptions): MemoryRegion {
  checkArgument(machine, A_MACHINE, "fileRam", "the machine", refuseArgument);
  checkFileRamOptions(options);
  const { path, fd, offset = 0, readonly = false, create = false, prealloc = false } = options;
  const share = (options.share ?? false) && !readonly;
  const region = options.name ?? "(anonymous region)";
  const size = Number(toSize(options.size, "size", region));
  // Whoever makes, extends or fills a file writes it; to be private takes reading only.
  const writable = !readonly && (share || create || prealloc);
  const needs = { region, path, fd, offset, size, create: create && !readonly };
  const file = new HostFile({ ...needs, writable });
  const undo = [() => file.abandon()];
  try {
    const trouble: FileTrouble = (kind, message) =>
      machine.logOnce(`file:${file.name}:${region}:${kind}`, "callback", `${region}: ${message}`);
    const statistics = { bytesLoaded: 0, bytesWritten: 0 };
    const notMapped = (reason: string) => {
      const message = `files are read and written back, not mapped: ${reason}`;
      machine.logOnce(`file:${message}`, "unimp", message);
    };
    let ram: MemoryRegion | null = null;
    const block = () => ram?.ramBlock ?? null;
    const changed: FileChanged = (at, length) => tellOfChange(block(), at, length);
    const memory = chooseMemory({ file, options, share, statistics, trouble, changed, notMapped });
    undo.unshift(() => memory.end());
    const leave = share ? enter(file, memory.isMapped, trouble) : () => undefined;
    undo.unshift(leave);
    const backing = new RamFile({ file, memory, share, statistics, trouble, block, leave });
    const { name, owner = null, shared, migratable, alignment } = options;
    ram = machine[readonly ? "rom" : "ram"]({
      name,
      owner,
      size: options.size,
      source: memory,
      backing,
      ...(shared === undefined ? {} : { shared }),
      ...(migratable === undefined ? {} : { migratable }),
      ...(alignment === undefined ? {} : { alignment }),
      ...(options.protected === undefined ? {} : { protected: options.protected }),
    });
    return ram;
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
}

/**
 * The file behind a region of {@link fileRam}, aliases followed; `null` for other regions.
 *
 * @example
 * const kept = fileRam(machine, { name: "kept", size: 0x2000, path, create: true, share: true });
 * const file = ramFile(kept);
 * console.log(file?.path === path, file?.share, ramFile(ram)); // prints: true true null
 * file?.close(); // syncs; the memory stays
 */
export function ramFile(region: MemoryRegion): RamFile | null {
  checkRegion(region, "ramFile");
  if (region.alias) return ramFile(region.alias);
  const backing = region.ramBlock?.backing;
  return backing instanceof RamFile ? backing : null;
}

/** A translator that watches pages of the memory hears that the file changed them. */
function tellOfChange(block: RamBlock | null, offset: number, length: number): void {
  if (block === null) return;
  const most = Math.min(length, block.maxLength - offset);
  if (most > 0) blockInternals(block).codeStored(offset, most);
}

/**
 * Notes that stores will reach a stretch of a file.
 * @returns a function that takes the note back
 */
function enter(file: HostFile, isMapped: boolean, trouble: FileTrouble): () => void {
  const { offset, size } = file;
  const kind = isMapped ? "mapped" : "copied";
  let other: (() => void) | number;
  try {
    const use = { identity: file.identity(), from: offset, to: offset + size, kind } as const;
    other = new FileUsers().enter(use);
  } catch (error) {
    if (error instanceof HostFileError) throw error;
    trouble("users", `whether others use ${file.name} cannot be told: ${String(error)}`);
    return () => undefined;
  }
  if (typeof other !== "number") return other;
  throw file.error(
    "file-in-use",
    `process ${other} shares it too, and one of both copies it: they would lose each other's stores`,
  );
}
