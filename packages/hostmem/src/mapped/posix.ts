import { arch, platform } from "node:process";

/** The numbers by which a system knows what may be asked of a mapping. */
export interface MappingConstants {
  readonly MAP_FIXED: number;
  readonly MAP_ANONYMOUS: number;
  readonly MAP_NORESERVE: number;
  readonly MS_SYNC: number;
  readonly F_DUPFD_CLOEXEC: number;
  /** True if `posix_fallocate` is there. */
  readonly reserves: boolean;
  /** True if `fallocate` can make holes. */
  readonly punches: boolean;
}

/** Protections of a mapping, equal on all of these systems. */
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const FALLOC_FL_KEEP_SIZE = 1;
export const FALLOC_FL_PUNCH_HOLE = 2;

const BSD = { MAP_FIXED: 0x10, MAP_ANONYMOUS: 0x1000, reserves: false, punches: false };

const LINUX: MappingConstants = {
  MAP_FIXED: 0x10,
  MAP_ANONYMOUS: 0x20,
  MAP_NORESERVE: 0x4000,
  MS_SYNC: 4,
  F_DUPFD_CLOEXEC: 1030,
  reserves: true,
  punches: true,
};

const SYSTEMS: Partial<Record<NodeJS.Platform, MappingConstants>> = {
  linux: LINUX,
  android: { ...LINUX, reserves: false },
  darwin: { ...BSD, MAP_NORESERVE: 0x40, MS_SYNC: 0x10, F_DUPFD_CLOEXEC: 67 },
  freebsd: { ...BSD, MAP_NORESERVE: 0, MS_SYNC: 0, F_DUPFD_CLOEXEC: 17, reserves: true },
  openbsd: { ...BSD, MAP_NORESERVE: 0, MS_SYNC: 2, F_DUPFD_CLOEXEC: 10 },
};

/** Architectures on which a position in a file takes as many bits as an address. */
const WIDE = ["x64", "arm64", "riscv64", "loong64", "ppc64"];

/** The constants of this system; `null` where it is not known how it maps files. */
export function mappingConstants(): MappingConstants | null {
  return WIDE.includes(arch) ? (SYSTEMS[platform] ?? null) : null;
}
