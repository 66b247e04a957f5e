/** Names for the bits and numbers of the x86 architecture that the package uses. */

// Indices of the general registers.

/** EAX, AX; AL is byte register 0. */
export const EAX = 0;
/** ECX, CX. */
export const ECX = 1;
/** EDX, DX. */
export const EDX = 2;
/** EBX, BX. */
export const EBX = 3;
/** ESP, SP. */
export const ESP = 4;
/** EBP, BP. */
export const EBP = 5;
/** ESI, SI. */
export const ESI = 6;
/** EDI, DI. */
export const EDI = 7;

// Indices of the segment registers, LDTR and TR in the segment arrays.

/** The string destination. */
export const ES = 0;
/** Code. */
export const CS = 1;
/** Stack. */
export const SS = 2;
/** Data, unless a prefix says otherwise. */
export const DS = 3;
/** Data, by prefix alone. */
export const FS = 4;
/** Data, by prefix alone. */
export const GS = 5;
/** The local descriptor table. */
export const LDTR = 6;
/** The task. */
export const TR = 7;

// EFLAGS bits.

/** Carry. */
export const F_CF = 0x1;
/** Parity of the low byte. */
export const F_PF = 0x4;
/** Carry out of bit 3. */
export const F_AF = 0x10;
/** Zero. */
export const F_ZF = 0x40;
/** Sign. */
export const F_SF = 0x80;
/** Single step. */
export const F_TF = 0x100;
/** Interrupts are let in. */
export const F_IF = 0x200;
/** String instructions go down. */
export const F_DF = 0x400;
/** Signed overflow. */
export const F_OF = 0x800;
/** I/O privilege level, two bits. */
export const F_IOPL = 0x3000;
/** The task is nested: IRET returns to the one before. */
export const F_NT = 0x4000;
/** The next instruction runs in spite of its breakpoint. */
export const F_RF = 0x10000;
/** Virtual-8086 mode. */
export const F_VM = 0x20000;
/** Alignment checking at level 3. */
export const F_AC = 0x40000;
/** Virtual interrupt flag: stored only. */
export const F_VIF = 0x80000;
/** Virtual interrupt pending: stored only. */
export const F_VIP = 0x100000;
/** Can be toggled, so there is a CPUID instruction. */
export const F_ID = 0x200000;
/** The six arithmetic flags, which are kept lazily and not in `Cpu.eflags`. */
export const F_ARITH = 0x8d5;
/** Every flag that exists; the rest of EFLAGS reads 0, but for bit 1. */
export const F_ALL = 0x3f7fd5;

// CR0 bits.

/** Protected mode. */
export const CR0_PE = 1;
/** WAIT obeys TS. */
export const CR0_MP = 2;
/** x87 opcodes raise #NM. */
export const CR0_EM = 4;
/** A task was switched since the x87 unit was used. */
export const CR0_TS = 8;
/** Always set. */
export const CR0_ET = 0x10;
/** x87 exceptions are #MF; otherwise the board is told, which raises IRQ 13. */
export const CR0_NE = 0x20;
/** Supervisor stores obey read-only pages. */
export const CR0_WP = 0x10000;
/** EFLAGS.AC counts. */
export const CR0_AM = 0x40000;
/** Not write-through: stored only. */
export const CR0_NW = 0x20000000;
/** Cache disabled: stored only. */
export const CR0_CD = 0x40000000;
/** Paging. */
export const CR0_PG = 0x80000000 | 0;

// CR4 bits.

/** RDTSC at level 0 alone. */
export const CR4_TSD = 4;
/** DR4 and DR5 do not exist. */
export const CR4_DE = 8;
/** 4 MiB pages. */
export const CR4_PSE = 0x10;
/** Page table entries of 8 bytes. */
export const CR4_PAE = 0x20;
/** Machine checks: stored only. */
export const CR4_MCE = 0x40;
/** Global pages stay when CR3 is loaded. */
export const CR4_PGE = 0x80;
/** RDPMC at any level: stored only. */
export const CR4_PCE = 0x100;
/** FXSAVE and SSE are the system's to use. */
export const CR4_OSFXSR = 0x200;
/** The system knows #XM. */
export const CR4_OSXMMEXCPT = 0x400;

/** SGDT, SIDT, SLDT, SMSW and STR at level 0 alone. */
export const CR4_UMIP = 0x800;
/** Level 0 does not execute pages of level 3. */
export const CR4_SMEP = 0x10_0000;
/** Level 0 does not access pages of level 3 unless EFLAGS.AC is set. */
export const CR4_SMAP = 0x20_0000;

// EFER bits.

/** SYSCALL is enabled. */
export const EFER_SCE = 1;
/** Long mode is wanted. */
export const EFER_LME = 0x100;
/** Long mode is active. */
export const EFER_LMA = 0x400;
/** Pages can be forbidden to be executed. */
export const EFER_NXE = 0x800;

// Exception vectors.

/** Divide error. */
export const EX_DE = 0;
/** Debug. */
export const EX_DB = 1;
/** Non-maskable interrupt. */
export const EX_NMI = 2;
/** Breakpoint, INT3. */
export const EX_BP = 3;
/** Overflow, INTO. */
export const EX_OF = 4;
/** Out of BOUND. */
export const EX_BR = 5;
/** Undefined opcode. */
export const EX_UD = 6;
/** No x87 unit. */
export const EX_NM = 7;
/** Double fault. */
export const EX_DF = 8;
/** Invalid TSS. */
export const EX_TS = 10;
/** Segment not present. */
export const EX_NP = 11;
/** Stack segment fault. */
export const EX_SS = 12;
/** General protection. */
export const EX_GP = 13;
/** Page fault. */
export const EX_PF = 14;
/** x87 exception. */
export const EX_MF = 16;
/** Alignment check. */
export const EX_AC = 17;
/** Numeric exception of SSE. */
export const EX_XM = 19;

// Bits of a descriptor's high dword.

/** Was loaded. */
export const D_ACCESSED = 0x100;
/** Data: writable. Code: readable. */
export const D_RW = 0x200;
/** Data: expand-down. Code: conforming. */
export const D_EC = 0x400;
/** Code, not data. */
export const D_CODE = 0x800;
/** Code or data (not a system descriptor). */
export const D_S = 0x1000;
/** Present. */
export const D_P = 0x8000;
/** Default operand size / big stack. */
export const D_B = 0x400000;
/** 64-bit code, while long mode is active. */
export const D_L = 0x200000;
/** The limit counts pages of 4 KiB. */
export const D_G = 0x800000;
/** The bits kept in the segment cache as attributes. */
export const D_ATTR = 0x00f0ff00;

// Reasons to leave the fast path of the run loop, OR-ed in `Cpu.events`.

/** The interrupt line is high. */
export const EV_INTR = 1;
/** An NMI is latched. */
export const EV_NMI = 2;
/** TF is, or was, set. */
export const EV_TRAP = 4;
/** Interrupts are held off for one more instruction. */
export const EV_SHADOW = 8;
/** Somebody asked the run to end. */
export const EV_STOP = 16;
/** HLT was executed. */
export const EV_HALT = 32;
/** A triple fault has stopped the processor. */
export const EV_SHUTDOWN = 64;
/** A watched address was accessed. */
export const EV_DEBUG = 128;
/** A system management interrupt is pending. */
export const EV_SMI = 512;
/** Execution breakpoints are enabled. */
export const EV_BREAK = 256;
/** An exception waits whose delivery ran into another one. */
export const EV_EXCEPTION = 1024;

/** INIT has come. */
export const EV_INIT = 2048;
/** The run goes on in another way: 64-bit code begins or ends. */
export const EV_MODE = 4096;

/** Entries of each software TLB, a power of two. */
export const TLB_SIZE = 1024;
/** The index of a page in them: its number and this. */
export const TLB_MASK = TLB_SIZE - 1;
/** The tag of an empty entry: no page begins at an odd address. */
export const TLB_EMPTY = 1;
