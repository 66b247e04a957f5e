/** Errors of the host's file system, in words. */

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a directory",
  ENOTDIR: "a part of the path is not a directory",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EMFILE: "too many open files",
  ELOOP: "too many symbolic links",
  EBUSY: "it is in use",
};

/** Message of `error`, without codes and paths where its cause is a known one. */
export function hostErrorText(error: unknown): string {
  const code = codeOf(error);
  const words = code === null ? undefined : WORDS[code];
  if (words !== undefined) {
    return words;
  }
  if (error instanceof Error) {
    return error.cause instanceof Error ? hostErrorText(error.cause) : error.message;
  }
  return String(error);
}

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null) {
    return null;
  }
  if ("code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "cause" in error ? codeOf(error.cause) : null;
}
