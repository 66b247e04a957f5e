/** The bytes that are decoded, and what a code segment says about them. */
export interface CodeBytes {
  readonly bytes: Uint8Array;
  /** Index of the page's first byte. */
  readonly at: number;
  /**
   * The bytes that follow the page's last one, as many as the longest instruction has, or `null`: no instruction
   * may reach so far.
   */
  readonly following: Uint8Array | null;
  /** Linear address of the page; its low 32 bits, signed. */
  readonly page: number;
  /** Operands and addresses have 32 bits unless a prefix says otherwise. */
  readonly code32: boolean;
  /** The full linear address of the page if it is 64-bit code; `null` for other code. */
  readonly longPage: number | null;
  /** Instructions on XMM registers may be used. */
  readonly sse: boolean;
  /** The x87 unit may be used. */
  readonly fpu: boolean;
  /** The current level may change IF, see `MODE_IF`. */
  readonly changesIf: boolean;
  /** The current level may use all ports, without a look at the task's map of them. */
  readonly usesPorts: boolean;
  /** PAUSE is told to somebody, by the interpreter. */
  readonly tellsPause: boolean;
  /** Is a feature of processors, by QEMU's name, there? */
  hasFeature(name: string): boolean;
}

/** Bytes of the longest instruction. */
export const LONGEST_INSTRUCTION = 15;
