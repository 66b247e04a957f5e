/**
 * Where the registers lie in the processor's storage: byte offsets from its beginning. A translator
 * reads and writes them there. General registers and segments always are there; EIP, the flags and
 * the count of instructions are only when a translator takes over, and copied then: as words of a
 * typed array they would make the interpreter 45 % slower.
 */

/**
 * Where the part of the processor's state that lies in memory is kept.
 * @see {@link Engine}
 */
export interface StateStorage {
  /** For instance a `WebAssembly.Memory`'s; it must not be replaced, as `grow` would. */
  readonly buffer: ArrayBufferLike;
  /** First byte of {@link STATE_BYTES}, a multiple of 16. */
  readonly offset: number;
}

/**
 * Bytes that the state takes; what is not named below is kept for wider registers.
 * @see {@link Engine}
 */
export const STATE_BYTES = 1024;

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
} as const;
