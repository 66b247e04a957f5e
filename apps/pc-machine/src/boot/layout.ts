/** Parts of a kernel, and the places they go to. */
import type { KernelRom } from "./kernel-rom.js";

/** A file that a kernel finds in memory, with what is said about it. */
export interface KernelModule {
  /** Its bytes, which stay what they are while the machine lives: a guest may read them at each reset. */
  readonly bytes: Uint8Array;
  /** Usually the file's name and arguments. */
  readonly commandLine: string;
}

/**
 * A kernel to start: a Linux image (bzImage or zImage), an image of Multiboot 1 or 2, or an ELF
 * image with a PVH entry.
 */
export interface PcKernel {
  /** The image, whose bytes stay what they are while the machine lives: a guest may read them at each reset. */
  readonly image: Uint8Array;
  /** Command line for the kernel. Default: nothing. */
  readonly commandLine?: string;
  /**
   * The first is the initial RAM disk of Linux and of PVH; Multiboot takes any number of modules.
   * Default: none.
   */
  readonly modules?: readonly KernelModule[];
}

/** The place where the kernel may be put. */
export interface KernelRoom {
  /** Bytes of RAM below 4 GiB. */
  readonly below4g: number;
}

/** Bytes and the address they go to. */
export interface Placed {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Everything laid out. */
export interface KernelLayout {
  readonly rom: KernelRom;
  readonly kernel: Placed;
  readonly entry: number;
  readonly initrd: Placed | null;
  readonly commandLine: Placed | null;
  /** Linux: the real-mode part; else the handover. */
  readonly setup: Placed;
}
