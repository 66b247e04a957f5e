/** The host's reasons when a back end cannot be had, in QEMU's words. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { SocketPlace } from "../backend-spec.js";

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EPERM: "Operation not permitted",
  ECONNREFUSED: "Connection refused",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  ENOTSOCK: "Socket operation on non-socket",
  ENOTFOUND: "Name or service not known",
  EAI_AGAIN: "Temporary failure in name resolution",
  ETIMEDOUT: "Connection timed out",
  EINVAL: "Invalid argument",
  EISDIR: "Is a directory",
};

/**
 * The reason in words why a server is not at a place. Of a folder that is not there Node says that it
 * may not be written.
 */
export function listenReasonOf(error: unknown, place: SocketPlace): string {
  const isMissingFolder = place.type === "unix" && !existsSync(dirname(place.path));
  return reasonOf(isMissingFolder ? { code: "ENOENT" } : error);
}

/** The reason in words. */
export function reasonOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error) {
    const words = WORDS[String(error.code)];
    if (words !== undefined) return words;
  }
  return error instanceof Error ? error.message : String(error);
}
