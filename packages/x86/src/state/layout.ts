/**
 * The place where the registers lie in the processor's storage: byte offsets from its beginning. A translator
 * reads and writes them there. General registers and segments always are there; EIP, the flags and
 * the count of instructions are only when a translator takes over, and copied then: as words of a
 * typed array they would make the interpreter 45 % slower.
 */

/**
 * The place where the part of the processor's state that lies in memory is kept.
 * @see {@link Engine}
 */
export interface StateStorage {
  /** For instance a `WebAssembly.Memory`'s; it must not be replaced, as `grow` would. */
  readonly buffer: ArrayBufferLike;
  /**
   * The memory whose `buffer` that is. The x87 unit works in it: without it the processor has none
   * of x87, MMX and SSE, and CPUID says so.
   */
  readonly memory?: WebAssembly.Memory;
  /** First byte of {@link STATE_BYTES}, a multiple of 16. */
  readonly offset: number;
}

/**
 * Bytes that the state takes; what is not named below is kept for wider registers.
 * @see {@link Engine}
 */
export const STATE_BYTES = 2048;

/** Eight general registers of 4 bytes each, by number. */
export const AT_REGISTERS = 0;
/** EIP. */
export const AT_EIP = 32;
/** The last result, see flags.ts. */
export const AT_FLAG_RESULT = 36;
/** The flags that the last result does not tell, see flags.ts. */
export const AT_FLAG_REST = 40;
/** EFLAGS without the arithmetic flags. */
export const AT_EFLAGS = 44;
/** Instructions left in this run. */
export const AT_LEFT = 48;
/** RIP while 64-bit code runs: 8 bytes, a signed number as `f64`. */
export const AT_RIP = 56;
/** Eight selectors; these and the five that follow hold 4 bytes for each segment register. */
export const AT_SELECTORS = 64;
/** Bases of the segments. */
export const AT_BASES = 96;
/** Limits. */
export const AT_LIMITS = 128;
/** Access rights. */
export const AT_RIGHTS = 160;
/** Offsets below this may be read without further checks. */
export const AT_READ_ENDS = 192;
/** Offsets below this may be written without further checks. */
export const AT_WRITE_ENDS = 224;

/** Sixteen general registers of 8 bytes each, which rule while 64-bit code runs. */
export const AT_WIDE_REGISTERS = 256;
/** Bases of the eight segments in 64-bit code, 8 bytes each: signed numbers as `f64`. */
export const AT_WIDE_BASES = 384;

/**
 * The x87 registers, 16 bytes each as FXSAVE lays them out: 8 bytes of significand, 2 of sign and
 * exponent. They lie by their physical number, as MMX names them: ST(i) is number (TOP + i) mod 8.
 */
export const AT_ST = 512;
/** x87 control word. */
export const AT_FPU_CONTROL = 640;
/** x87 status word without TOP. */
export const AT_FPU_STATUS = 644;
/** TOP, 0 to 7: the physical number of ST(0). */
export const AT_FPU_TOP = 648;
/** A bit for each physical register: set if it is not empty, as FXSAVE's abridged tag word. */
export const AT_FPU_TAGS = 652;
/** EIP of the last x87 instruction that was none of control. */
export const AT_FPU_IP = 656;
/** Its CS. */
export const AT_FPU_CS = 660;
/** Offset of its memory operand. */
export const AT_FPU_DP = 664;
/** Selector of the segment of that operand. */
export const AT_FPU_DS = 668;
/** Its opcode: the low three bits of the first byte, then the second. */
export const AT_FPU_OPCODE = 672;
/** MXCSR: masks, flags and rounding of SSE. */
export const AT_MXCSR = 676;
/** Exceptions that a kernel of SSE has met so far, as the low six bits of MXCSR; 4 bytes. */
export const AT_SSE_RAISED = 680;
/** Bits 32 to 63 of the address of the last x87 instruction, and of its operand. */
export const AT_FPU_IP_HIGH = 684;
/** Those of its operand. */
export const AT_FPU_DP_HIGH = 688;
/** 64 bytes through which the interpreter hands memory operands to kernels and back. */
export const AT_SCRATCH = 704;
/** Sixteen registers XMM0 to XMM15 of 16 bytes each. */
export const AT_XMM = 768;

/**
 * The offsets by name, in bytes, for translators.
 * @see the guide "A translator on top of the memory API"
 */
export const StateLayout = {
  /** Eight general registers of 4 bytes each, by number. */
  registers: AT_REGISTERS,
  /** EIP, the instruction pointer. */
  eip: AT_EIP,
  /** The last result. */
  flagResult: AT_FLAG_RESULT,
  /** The flags that the last result does not tell. */
  flagRest: AT_FLAG_REST,
  /** EFLAGS without the arithmetic flags. */
  eflags: AT_EFLAGS,
  /** Instructions left in this run. */
  left: AT_LEFT,
  /** RIP while 64-bit code runs: 8 bytes, a signed number as `f64`. */
  rip: AT_RIP,
  /** Eight selectors of 4 bytes each. */
  selectors: AT_SELECTORS,
  /** Bases of the segments, 4 bytes each. */
  bases: AT_BASES,
  /** Limits of the segments, 4 bytes each. */
  limits: AT_LIMITS,
  /** Access rights of the segments, 4 bytes each. */
  rights: AT_RIGHTS,
  /** Offsets below this may be read without further checks; 4 bytes each. */
  readEnds: AT_READ_ENDS,
  /** Offsets below this may be written without further checks; 4 bytes each. */
  writeEnds: AT_WRITE_ENDS,
  /** Sixteen general registers of 8 bytes each, which rule while 64-bit code runs. */
  wideRegisters: AT_WIDE_REGISTERS,
  /** Bases of the segments in 64-bit code, 8 bytes each: signed numbers as `f64`. */
  wideBases: AT_WIDE_BASES,
  /** The x87 registers by physical number, 16 bytes each: significand, then sign and exponent. */
  st: AT_ST,
  /** x87 control word, 4 bytes as those that follow. */
  fpuControl: AT_FPU_CONTROL,
  /** x87 status word without TOP. */
  fpuStatus: AT_FPU_STATUS,
  /** TOP, 0 to 7. */
  fpuTop: AT_FPU_TOP,
  /** A bit for each physical x87 register: set if it is not empty. */
  fpuTags: AT_FPU_TAGS,
  /** EIP of the last x87 instruction that was none of control. */
  fpuIp: AT_FPU_IP,
  /** Its CS. */
  fpuCs: AT_FPU_CS,
  /** Offset of its memory operand. */
  fpuDp: AT_FPU_DP,
  /** Selector of the segment of that operand. */
  fpuDs: AT_FPU_DS,
  /** Its opcode, 11 bits. */
  fpuOpcode: AT_FPU_OPCODE,
  /** Bits 32 to 63 of the address of that instruction, in 64-bit code. */
  fpuIpHigh: AT_FPU_IP_HIGH,
  /** Those of its operand. */
  fpuDpHigh: AT_FPU_DP_HIGH,
  /** MXCSR: masks, flags and rounding of SSE. */
  mxcsr: AT_MXCSR,
  /** 64 bytes through which memory operands go to kernels and back. */
  scratch: AT_SCRATCH,
  /** Sixteen registers XMM0 to XMM15 of 16 bytes each. */
  xmm: AT_XMM,
} as const;
