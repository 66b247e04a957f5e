import { createRequire } from "node:module";
import { arch, platform } from "node:process";
import { getSystemErrorName } from "node:util";
import { MemoryModelError } from "@mem/core";
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  MAP_PRIVATE,
  MAP_SHARED,
  type MappingConstants,
  mappingConstants,
  PROT_READ,
  PROT_WRITE,
} from "./posix.js";

/** The part that is needed of the package that calls functions of the system. */
interface ForeignFunctions {
  load(path: null): { func(prototype: string): (...args: unknown[]) => unknown };
  view(address: bigint, length: number): ArrayBuffer;
  errno(): number;
}

/** An address of this process's memory. */
type HostAddress = bigint;

/** The piece that is mapped: `length` bytes of a file from `offset` on, or memory without a file. */
export interface MappingRequest {
  /** The place where it must lie, in place of what lies there; default: wherever there is room. */
  readonly at?: HostAddress;
  /** The file's descriptor; default: no file, and all of it is 0. */
  readonly fd?: number;
  readonly offset?: number;
  readonly length: number;
  /** True if stores reach the file. */
  readonly share: boolean;
}

/** The system's calls that deal with mappings. Those that fail throw an error with a `code`. */
export interface NativeMemory {
  /** Bytes in a page of the host's. */
  readonly pageSize: number;
  /** A descriptor of one's own for the same open file. */
  duplicate(fd: number): number;
  map(request: MappingRequest): HostAddress;
  unmap(at: HostAddress, length: number): void;
  /** Waits until a shared range is on the medium. */
  sync(at: HostAddress, length: number): void;
  /** The bytes at an address, not a copy. They must stay mapped while anything has the buffer. */
  view(at: HostAddress, length: number): ArrayBuffer;
  /** Reserves blocks of the medium; `false` where the system cannot. */
  reserve(fd: number, offset: number, length: number): boolean;
  /** Lets blocks of the medium go, and makes them read 0; `false` where the system cannot. */
  punch(fd: number, offset: number, length: number): boolean;
}

/**
 * The system's mappings, by the optional package `koffi`; otherwise why there are none.
 * @param find answers the package, or throws
 */
export function nativeMemory(
  find: () => unknown = () => createRequire(import.meta.url)("koffi"),
): NativeMemory | string {
  const constants = mappingConstants();
  if (!constants) return `nothing is known about mappings on ${platform}, ${arch}`;
  let found: unknown;
  try {
    found = find();
  } catch {
    return "the optional package koffi is not there";
  }
  try {
    if (!isForeignFunctions(found)) return "koffi is not what it should be";
    return posixMemory(found, constants);
  } catch (error) {
    return `koffi cannot call the system here: ${String(error)}`;
  }
}

function isForeignFunctions(found: unknown): found is ForeignFunctions {
  if (typeof found !== "object" || found === null) return false;
  return ["load", "view", "errno"].every(
    (name) => typeof (found as Record<string, unknown>)[name] === "function",
  );
}

function posixMemory(functions: ForeignFunctions, constants: MappingConstants): NativeMemory {
  const library = functions.load(null);
  const mmap = library.func("intptr_t mmap(intptr_t, size_t, int, int, int, int64_t)");
  const munmap = library.func("int munmap(intptr_t, size_t)");
  const fcntl = library.func("int fcntl(int, int, ...)");
  const msync = library.func("int msync(intptr_t, size_t, int)");
  const pageSize = Number(library.func("int getpagesize()")());
  const reserve = constants.reserves
    ? library.func("int posix_fallocate(int, int64_t, int64_t)")
    : null;
  const punch = constants.punches
    ? library.func("int fallocate(int, int, int64_t, int64_t)")
    : null;
  const check = (call: string, result: unknown): void => {
    if (Number(result) === -1) throw systemError(call, functions.errno());
  };
  return {
    pageSize,
    duplicate(fd) {
      const own = fcntl(fd, constants.F_DUPFD_CLOEXEC, "int", 0);
      check("fcntl", own);
      return Number(own);
    },
    map({ at, fd = -1, offset = 0, length, share }) {
      const flags =
        (share ? MAP_SHARED : MAP_PRIVATE | constants.MAP_NORESERVE) |
        (at === undefined ? 0 : constants.MAP_FIXED) |
        (fd === -1 ? constants.MAP_ANONYMOUS : 0);
      const address = mmap(at ?? 0n, length, PROT_READ | PROT_WRITE, flags, fd, offset);
      check("mmap", address);
      return BigInt(address as number | bigint);
    },
    unmap: (at, length) => check("munmap", munmap(at, length)),
    sync: (at, length) => check("msync", msync(at, length, constants.MS_SYNC)),
    view: (at, length) => functions.view(at, length),
    reserve(fd, offset, length) {
      if (!reserve) return false;
      const code = Number(reserve(fd, offset, length));
      if (code !== 0) throw systemError("posix_fallocate", code);
      return true;
    },
    punch(fd, offset, length) {
      const mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
      return punch !== null && Number(punch(fd, mode, offset, length)) === 0;
    },
  };
}

function systemError(call: string, errno: number): SystemCallError {
  return new SystemCallError(call, getSystemErrorName(-errno));
}

/** A call of the system failed. It reaches users as the cause of a `HostFileError`. */
class SystemCallError extends MemoryModelError {
  static override readonly name: string = "SystemCallError";
  /** The system's own name of the failure, such as `ENOMEM`. */
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${code}: ${call}`, { rule: "system-call" });
    this.code = code;
  }
}
