/** A kernel that is started without a boot loader: QEMU's `-kernel`, `-initrd` and `-append`. */
import { FwCfgKey } from "../devices/fw-cfg/index.js";
import { KernelError } from "./kernel-error.js";
import { ELF_ROM, LINUX_ROM } from "./kernel-rom.js";
import type { KernelLayout, KernelRoom, PcKernel, Placed } from "./layout.js";
import { isLinux, layOutLinux } from "./linux.js";
import { findMultiboot, layOutMultiboot } from "./multiboot.js";
import { findPvhEntry, layOutPvh } from "./pvh.js";

/** Boot protocol of a kernel. */
export type KernelKind = "linux" | "multiboot" | "multiboot2" | "pvh";

/** Firmware keeps its tables at the end of the RAM below 4 GiB. */
const FIRMWARE_TABLES = 0x28000;

/** Kind of kernel that `image` is, `null` for none that can be started. */
export function kernelKind(image: Uint8Array): KernelKind | null {
  if (isLinux(image)) return "linux";
  const header = findMultiboot(image);
  if (header !== null) return header.version === 1 ? "multiboot" : "multiboot2";
  return findPvhEntry(image) === null ? null : "pvh";
}

/** Lay a kernel out in memory. @throws KernelError when it cannot be started */
export function layOutKernel(kernel: PcKernel, room: KernelRoom): KernelLayout {
  const end = room.below4g - FIRMWARE_TABLES;
  const { image } = kernel;
  if (isLinux(image)) return { rom: LINUX_ROM, ...layOutLinux(kernel, end) };
  const header = findMultiboot(image);
  if (header !== null) return { rom: ELF_ROM, ...layOutMultiboot(kernel, header, end) };
  const entry = findPvhEntry(image);
  if (entry !== null) return { rom: ELF_ROM, ...layOutPvh(kernel, entry, end) };
  throw new KernelError(
    "the image is neither a Linux kernel, nor of Multiboot, nor ELF with a PVH entry",
  );
}

/** The items of fw_cfg, by key: what the option ROM reads. */
export function kernelItems(layout: KernelLayout): ReadonlyMap<number, Uint8Array | number> {
  const { kernel, initrd, commandLine, setup, entry } = layout;
  const nothing: Placed = { address: 0, bytes: new Uint8Array(0) };
  const ramDisk = initrd ?? nothing;
  const words = commandLine ?? nothing;
  return new Map<number, Uint8Array | number>([
    [FwCfgKey.KERNEL_ADDR, kernel.address],
    [FwCfgKey.KERNEL_SIZE, kernel.bytes.length],
    [FwCfgKey.KERNEL_DATA, kernel.bytes],
    [FwCfgKey.KERNEL_ENTRY, entry],
    [FwCfgKey.INITRD_ADDR, ramDisk.address],
    [FwCfgKey.INITRD_SIZE, ramDisk.bytes.length],
    [FwCfgKey.INITRD_DATA, ramDisk.bytes],
    [FwCfgKey.CMDLINE_ADDR, words.address],
    [FwCfgKey.CMDLINE_SIZE, words.bytes.length],
    [FwCfgKey.CMDLINE_DATA, words.bytes],
    [FwCfgKey.SETUP_ADDR, setup.address],
    [FwCfgKey.SETUP_SIZE, setup.bytes.length],
    [FwCfgKey.SETUP_DATA, setup.bytes],
  ]);
}
