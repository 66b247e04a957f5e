import { type MemoryRegion, type MemorySystem, toSize } from "@mem/core";
import type { FileRamOptions } from "./file-ram-options.js";
import { HostFile } from "./host-file.js";
import { RamFile } from "./ram-file.js";

/**
 * Memory whose bytes come from a file, chunk by chunk as they are touched (`memory-backend-file`,
 * `memory_region_init_ram_from_file`, `memory_region_init_ram_from_fd`). Stores reach the file of
 * shared memory when it is synced, closed or at the end of the region; no process that ends
 * without either writes them.
 * @throws HostFileError when the file cannot be opened, is too short, or does not start at a page
 * @throws MemoryModelError for what `MemorySystem.ram` refuses
 * @see the README of `@mem/hostmem`
 */
export function fileRam(machine: MemorySystem, options: FileRamOptions): MemoryRegion {
  const { path, fd, offset = 0, share = false, readonly = false, create = false } = options;
  const region = options.name ?? "(anonymous region)";
  const size = Number(toSize(options.size, "size", region));
  const needs = { region, path, fd, offset, size, create: create && !readonly };
  // Whoever makes or extends a file writes it; to be private takes reading only.
  const file = new HostFile({ ...needs, writable: !readonly && (share || create) });
  try {
    const key = `file:${file.name}:${region}`;
    const backing = new RamFile(file, share && !readonly, (kind, message) =>
      machine.logOnce(`${key}:${kind}`, "callback", `${region}: ${message}`),
    );
    const { name, owner = null, shared, migratable, alignment } = options;
    const memory = machine[readonly ? "rom" : "ram"]({
      name,
      owner,
      size: options.size,
      source: backing,
      backing,
      ...(shared === undefined ? {} : { shared }),
      ...(migratable === undefined ? {} : { migratable }),
      ...(alignment === undefined ? {} : { alignment }),
      ...(options.protected === undefined ? {} : { protected: options.protected }),
    });
    if (memory.ramBlock) backing.attach(memory.ramBlock);
    return memory;
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/**
 * The file behind a region of {@link fileRam}, aliases followed; `null` for other regions.
 * @see the README of `@mem/hostmem`
 */
export function ramFile(region: MemoryRegion): RamFile | null {
  if (region.alias) return ramFile(region.alias);
  const backing = region.ramBlock?.backing;
  return backing instanceof RamFile ? backing : null;
}
