import type { RegionOptions } from "@mem/core";
import {
  aFlag,
  anOwner,
  aNumber,
  anything,
  aText,
  checkOptions,
  oneOf,
  type OptionTable,
  orNull,
  refuseRegionOptions,
} from "@mem/core/plumbing";

/**
 * Memory whose bytes come from a file; either `path` or `fd` says which.
 * @see {@link fileRam}
 */
export interface FileRamOptions extends RegionOptions {
  /** The file to open; it is closed when the region ends. */
  readonly path?: string;
  /** A file that the caller has open, for reading and, if it is shared, for writing. It stays the caller's to close, after the region ended. */
  readonly fd?: number;
  /** Start of the memory in the file: a multiple of 4096 bytes, default 0. */
  readonly offset?: number;
  /**
   * True if stores reach the file (`RAM_SHARED`): at once where it is mapped, otherwise at `msync`
   * and when the memory is closed. What is private, the default, stays in this process and is
   * lost with it.
   */
  readonly share?: boolean;
  /** Opens the file for reading only and makes a ROM; default false. */
  readonly readonly?: boolean;
  /** Makes the file when there is none, and longer when it is too short; default false. */
  readonly create?: boolean;
  /**
   * Reserves the medium's blocks at once (`prealloc`), so that no later store finds it full: into
   * a mapping that would end the process. Of a file that is opened for writing; default false.
   */
  readonly prealloc?: boolean;
  /**
   * True if the file is mapped by the operating system, for which the optional package `koffi`
   * has to be installed, or read and written back. `"auto"`, the default, maps where that is
   * possible, and tells the log once where it is not; `"required"` throws then; `"never"` does
   * not try.
   */
  readonly mapping?: "auto" | "required" | "never";
  /** The bytes live in `SharedArrayBuffer`s, which workers can share, and which no mapping can be; default false. */
  readonly shared?: boolean;
  /** Takes part in migration; the name must then be unique in the system. Default false. */
  readonly migratable?: boolean;
  /** Marks memory that ordinary means such as DMA cannot reach. Default false. */
  readonly protected?: boolean;
  /**
   * Alignment at which the guest had best see it: multiples of this power of two; default a page.
   */
  readonly alignment?: number;
}

const OPTIONS: OptionTable = {
  call: "fileRam",
  required: { name: orNull(aText), size: anything },
  optional: {
    owner: anOwner,
    path: aText,
    fd: aNumber,
    offset: anything,
    share: aFlag,
    readonly: aFlag,
    create: aFlag,
    prealloc: aFlag,
    mapping: oneOf("auto", "required", "never"),
    shared: aFlag,
    migratable: aFlag,
    protected: aFlag,
    alignment: aNumber,
  },
};

/** @throws RegionOptionsError for options that are missing, unknown or of the wrong kind */
export function checkFileRamOptions(options: unknown): void {
  checkOptions(options, OPTIONS, refuseRegionOptions);
}
