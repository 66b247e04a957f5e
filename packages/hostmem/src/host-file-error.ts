import { type MemoryErrorDetails, MemoryModelError } from "@mem/core";

/**
 * The details that a {@link HostFileError} carries besides its message.
 * @see {@link HostFileError}
 */
export interface HostFileErrorDetails extends MemoryErrorDetails {
  /** Path of the file, or `fd N`. */
  readonly file: string;
}

/**
 * A file does not suit the memory that is to be kept in it, or the file system failed. Thrown to
 * the programmer who opens, syncs or closes, never into an access of a guest.
 */
export class HostFileError extends MemoryModelError {
  static override readonly name: string = "HostFileError";

  /** Path of the file, or `fd N`. */
  readonly file: string;
  /** The file system's own code, such as `ENOSPC`, where it failed. */
  readonly code: string | undefined;

  constructor(message: string, details: HostFileErrorDetails) {
    super(message, details);
    this.file = details.file;
    this.code = codeOf(details.cause);
  }
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  return typeof cause.code === "string" ? cause.code : undefined;
}
