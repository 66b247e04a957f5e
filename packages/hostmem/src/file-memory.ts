import type { RamBlock, RamSource } from "@mem/core";

/**
 * How the bytes of a file come to be memory, and how they get back.
 * @see {@link CopiedMemory}
 */
export interface FileMemory extends RamSource {
  /**
   * Brings whole pages of `[from, to)` to the medium.
   * @throws HostFileError when the file system fails, or the file has lost what it held.
   */
  sync(block: RamBlock, from: number, to: number): void;
  /**
   * Takes the file as it is now.
   * @throws HostFileError when it cannot be read, or is too short.
   */
  reload(block: RamBlock): void;
  /** The region ended: memory that others still look at need not be kept. */
  end(): void;
}

/** What befell a file, for its owner: each kind is logged once. */
export type FileTrouble = (kind: "unread" | "cut" | "moved", message: string) => void;
