/** Files of the host that nodes are opened from, where there is a host with files. */
import type { BlockBackend } from "../storage/block-backend.js";
import { BlockdevError } from "./errors.js";

/** Access to files. */
export interface BlockFiles {
  /** Open a file as an image. @throws BlockError when it cannot be */
  open(path: string, options: { readonly readonly: boolean }): BlockBackend;
  /** Unpacks raw deflate into `bytes` bytes; absent where nothing can. @throws Error for what is damaged */
  inflate?(packed: Uint8Array, bytes: number): Uint8Array;
  /** The text of a file. @throws Error of the host when it cannot be read */
  readText(path: string): string;
  /** The text of a pipe, which comes when somebody has written it; `null` of other files: they are read at once. */
  readPipe?(path: string): Promise<string> | null;
}

/** A host without files, such as a browser. */
export const NO_FILES: BlockFiles = {
  open: (path) => refuse(path),
  readText: (path) => refuse(path),
};

function refuse(path: string): never {
  throw new BlockdevError(`Could not open '${path}': there are no files here`);
}
