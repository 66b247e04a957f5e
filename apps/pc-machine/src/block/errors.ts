/** Errors of the block layer: what a person or a program asked for that cannot be, and codes of the host's. */
import { MemError } from "@mem/qom";

/** A request about nodes and drives that cannot be met; the message is QEMU's. Rule `blockdev`. */
export class BlockdevError extends MemError {
  static override readonly name: string = "BlockdevError";
  /** True if there is no such device. */
  readonly notFound: boolean;

  constructor(message: string, options: { readonly notFound?: boolean; cause?: unknown } = {}) {
    const { notFound = false, ...rest } = options;
    super(message, { rule: "blockdev", ...rest });
    this.notFound = notFound;
  }
}

/** Numbers of errors that fault injection can name, with their names. */
export const ERRNO: ReadonlyMap<number, string> = new Map([
  [1, "EPERM"],
  [2, "ENOENT"],
  [5, "EIO"],
  [12, "ENOMEM"],
  [13, "EACCES"],
  [16, "EBUSY"],
  [22, "EINVAL"],
  [27, "EFBIG"],
  [28, "ENOSPC"],
  [30, "EROFS"],
  [95, "EOPNOTSUPP"],
  [110, "ETIMEDOUT"],
  [123, "ENOMEDIUM"],
]);

const WORDS: Readonly<Record<string, string>> = {
  EPERM: "Operation not permitted",
  ENOENT: "No such file or directory",
  EIO: "Input/output error",
  ENOMEM: "Cannot allocate memory",
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
  EINVAL: "Invalid argument",
  EFBIG: "File too large",
  ENOSPC: "No space left on device",
  EROFS: "Read-only file system",
  EMFILE: "Too many open files",
  EOPNOTSUPP: "Operation not supported",
  ETIMEDOUT: "Connection timed out",
  ENOMEDIUM: "No medium found",
};

/** Name of the host's error beneath `error`, such as `ENOSPC`; `EIO` where there is none. */
export function errnoName(error: unknown): string {
  if (typeof error !== "object" || error === null) return "EIO";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? errnoName(error.cause) : "EIO";
}

/** The C library's words for an error's name. */
export function errnoText(name: string): string {
  return WORDS[name] ?? name;
}
