/** The option ROMs that start kernels: assembled from `firmware/kernel/*.asm`. */
import { ELFBOOT_BASE64, LINUXBOOT_BASE64 } from "../firmware/kernel-rom-bytes.js";

/** An option ROM, as a file of fw_cfg. */
export interface KernelRom {
  /** Firmware runs what it finds below `genroms/`. */
  readonly file: string;
  /** A new copy. */
  bytes(): Uint8Array;
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Starts Linux by its real-mode entry. */
export const LINUX_ROM: KernelRom = {
  file: "genroms/linuxboot_dma.bin",
  bytes: () => decode(LINUXBOOT_BASE64),
};

/** Starts what a {@link Handover} describes. */
export const ELF_ROM: KernelRom = {
  file: "genroms/multiboot_dma.bin",
  bytes: () => decode(ELFBOOT_BASE64),
};
