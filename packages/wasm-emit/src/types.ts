/** The types of WebAssembly. */

/**
 * Types of values, by their code in the binary format.
 * @see {@link ModuleWriter}
 */
export const ValueType = {
  /** Integers of 32 bits. */
  i32: 0x7f,
  /** Integers of 64 bits. */
  i64: 0x7e,
  /** IEEE singles. */
  f32: 0x7d,
  /** IEEE doubles. */
  f64: 0x7c,
  /** Vectors of 128 bits. */
  v128: 0x7b,
  /** References to functions. */
  funcref: 0x70,
  /** References to values of the host. */
  externref: 0x6f,
} as const;

/** One of {@link ValueType}. */
export type ValueType = (typeof ValueType)[keyof typeof ValueType];

/**
 * Result that a block leaves on the stack: nothing, or one value.
 * @see {@link CodeWriter}
 */
export type BlockType = ValueType | typeof EMPTY_BLOCK;

/**
 * The type of a block that leaves nothing.
 * @see {@link CodeWriter}
 */
export const EMPTY_BLOCK = 0x40;

/**
 * Size of a memory, in pages of 64 KiB, or of a table, in elements.
 * @see {@link ModuleWriter}
 */
export interface Limits {
  /** Size at first. */
  readonly initial: number;
  /** The number of pages or elements it may grow to; default: no bound. Shared memories need one. */
  readonly maximum?: number;
  /** A memory that threads share; default false. */
  readonly shared?: boolean;
  /** Addresses, or indices, of 64 bits; default false. */
  readonly address64?: boolean;
}
