/** The PVH entry of a kernel: protected mode, and a start information (Xen's `hvm_start_info`). */
import { Arena, words } from "./arena.js";
import { readElf } from "./elf.js";
import { encodeHandover, MAP_BYTES } from "./handover.js";
import { KernelError } from "./kernel-error.js";
import type { KernelLayout, PcKernel } from "./layout.js";

const NOTE = { OWNER: "Xen", PHYSICAL_ENTRY: 18 } as const;
const START_MAGIC = 0x336e_c578;
const VERSION = 1;
const MODULE_BYTES = 32;
/** The start information, and where in it the number of ranges of the memory map is. */
const START = { BYTES: 56, MAP_ENTRIES: 48 } as const;

/** Physical address of the PVH entry, `null` for an image without one. */
export function findPvhEntry(image: Uint8Array): number | null {
  const note = readElf(image)?.note(NOTE.OWNER, NOTE.PHYSICAL_ENTRY) ?? null;
  if (note === null || note.length < 4) return null;
  return new DataView(note.buffer, note.byteOffset, note.byteLength).getUint32(0, true);
}

/** Lay a kernel out. @throws KernelError when it cannot be started */
export function layOutPvh(
  { image, commandLine = "", modules = [] }: PcKernel,
  entry: number,
  end: number,
): Omit<KernelLayout, "rom"> {
  const elf = readElf(image);
  if (elf === null) throw new KernelError("the kernel is no ELF image");
  const kernel = elf.load();
  const arena = new Arena(kernel.address + kernel.bytes.length);
  const text = arena.text(commandLine);
  const list = new Uint8Array(MODULE_BYTES * modules.length);
  const listAt = arena.add(list);
  for (const [index, module] of modules.entries()) {
    const { bytes } = module;
    const about = arena.text(module.commandLine);
    list.set(words(arena.page(bytes), 0, bytes.length, 0, about, 0), MODULE_BYTES * index);
  }
  const ranges = arena.add(new Uint8Array(MAP_BYTES));
  const start = arena.add(new Uint8Array(START.BYTES));
  const information = words(
    ...[START_MAGIC, VERSION, 0, modules.length],
    ...[modules.length === 0 ? 0 : listAt, 0],
    ...[text, 0],
    ...[0, 0],
    ...[ranges, 0, 0, 0],
  );
  const spare = arena.add(new Uint8Array(12));
  const initrd = arena.finish(end);
  initrd.bytes.set(information, start - initrd.address);
  return {
    kernel,
    entry,
    initrd,
    commandLine: null,
    setup: encodeHandover({
      eax: 0,
      ebx: start,
      entry,
      memory: spare,
      ranges,
      lead: 0,
      count: start + START.MAP_ENTRIES,
      bias: 0,
      scale: 1,
      total: spare + 8,
    }),
  };
}
