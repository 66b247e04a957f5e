import type { RamBlock, RamSource } from "@mem/core";

/**
 * The way of a file's bytes into memory, and back.
 * @see {@link CopiedMemory}, {@link MappedMemory}
 */
export interface FileMemory extends RamSource {
  /** True if memory is the file itself, and not a copy. */
  readonly isMapped: boolean;
  /**
   * Brings whole pages of `[from, to)` of shared memory to the medium.
   * @throws HostFileError when the file system fails, or the file has lost what it held.
   */
  sync(block: RamBlock, from: number, to: number): void;
  /**
   * Takes the file as it is now.
   * @throws HostFileError when it cannot be read, or is too short.
   */
  reload(block: RamBlock): void;
  /** The file is about to be closed: memory stays as it is, and belongs to no file. */
  leave(block: RamBlock): void;
  /** The region ended: memory that others still look at need not be kept. */
  end(): void;
  /** {@link end}, of memory that nobody knows any more: refers to nothing that could know it. */
  readonly release: () => void;
}

/** Bytes of memory became others though nobody stored into it: the offset, and how many. */
export type FileChanged = (offset: number, length: number) => void;

/** An event that befell a file, for its owner: each kind is logged once. */
export type FileTrouble = (kind: "unread" | "cut" | "moved" | "users", message: string) => void;
