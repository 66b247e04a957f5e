/** Names for the bits and numbers of the x86 architecture that the package uses. */

/** Indices of the general registers. */
export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;

/** Indices of the segment registers, LDTR and TR in the segment arrays. */
export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;

/** EFLAGS bits. */
export const F_CF = 0x1;
export const F_PF = 0x4;
export const F_AF = 0x10;
export const F_ZF = 0x40;
export const F_SF = 0x80;
export const F_TF = 0x100;
export const F_IF = 0x200;
export const F_DF = 0x400;
export const F_OF = 0x800;
export const F_IOPL = 0x3000;
export const F_NT = 0x4000;
export const F_RF = 0x10000;
export const F_VM = 0x20000;
export const F_AC = 0x40000;
export const F_VIF = 0x80000;
export const F_VIP = 0x100000;
export const F_ID = 0x200000;
/** The six arithmetic flags, which are kept lazily and not in `Cpu.eflags`. */
export const F_ARITH = 0x8d5;

/** CR0 bits. */
export const CR0_PE = 1;
export const CR0_MP = 2;
export const CR0_EM = 4;
export const CR0_TS = 8;
export const CR0_ET = 0x10;
export const CR0_NE = 0x20;
export const CR0_WP = 0x10000;
export const CR0_AM = 0x40000;
export const CR0_NW = 0x20000000;
export const CR0_CD = 0x40000000;
export const CR0_PG = 0x80000000 | 0;
/** CR4 bits. */
export const CR4_TSD = 4;
export const CR4_DE = 8;
export const CR4_PSE = 0x10;
export const CR4_PGE = 0x80;

/** Exception vectors. */
export const EX_DE = 0;
export const EX_DB = 1;
export const EX_NMI = 2;
export const EX_BP = 3;
export const EX_OF = 4;
export const EX_BR = 5;
export const EX_UD = 6;
export const EX_NM = 7;
export const EX_DF = 8;
export const EX_TS = 10;
export const EX_NP = 11;
export const EX_SS = 12;
export const EX_GP = 13;
export const EX_PF = 14;
export const EX_MF = 16;
export const EX_AC = 17;

/** Bits of a descriptor's high dword. */
export const D_ACCESSED = 0x100;
/** Data: writable. Code: readable. */
export const D_RW = 0x200;
/** Data: expand-down. Code: conforming. */
export const D_EC = 0x400;
export const D_CODE = 0x800;
/** Code or data (not a system descriptor). */
export const D_S = 0x1000;
export const D_P = 0x8000;
/** Default operand size / big stack. */
export const D_B = 0x400000;
export const D_G = 0x800000;
/** The bits kept in the segment cache as attributes. */
export const D_ATTR = 0x00f0ff00;

/** Reasons to leave the fast path of the run loop, OR-ed in `Cpu.events`. */
export const EV_INTR = 1;
export const EV_NMI = 2;
export const EV_TRAP = 4;
export const EV_SHADOW = 8;
export const EV_STOP = 16;
export const EV_HALT = 32;
export const EV_SHUTDOWN = 64;
/** A watched address was accessed. */
export const EV_DEBUG = 128;
/** A system management interrupt is pending. */
export const EV_SMI = 512;
/** Execution breakpoints are enabled. */
export const EV_BREAK = 256;

/** Entries of each software TLB (power of two), and the tag of an empty one. */
export const TLB_SIZE = 1024;
export const TLB_MASK = TLB_SIZE - 1;
export const TLB_EMPTY = 1;
