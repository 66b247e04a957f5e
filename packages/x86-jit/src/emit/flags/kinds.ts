/**
 * Representation of the arithmetic flags: two words and their kind, which says how the six flags
 * follow from the words. An operation stores its operands or its result, sign-extended to 32 bits,
 * and its kind; nothing is computed before it is read. The kind is known while translating nearly
 * always.
 */
export const Flags = {
  /** The processor's own form: the last result, and the rest (see the interpreter's flags.ts). */
  OWN: 0,
  /** Operands of an addition of 1, 2, 4 and 8 bytes. */
  ADD8: 1,
  ADD16: 2,
  ADD32: 3,
  ADD64: 4,
  /** Minuend and subtrahend. */
  SUB8: 5,
  SUB16: 6,
  SUB32: 7,
  SUB64: 8,
  /** The result; carry and overflow are clear. */
  LOGIC: 9,
  LOGIC64: 10,
  /** A result of 8 bytes, and the rest in the processor's own form. */
  RESULT64: 11,
  /** Factors of a signed product of 8 bytes. */
  PRODUCT64: 12,
  /** The result, and the carry from before as 0 or 1. */
  INC8: 13,
  INC16: 14,
  INC32: 15,
  INC64: 16,
  DEC8: 17,
  DEC16: 18,
  DEC32: 19,
  DEC64: 20,
} as const;
export type Flags = (typeof Flags)[keyof typeof Flags];

type Width = 1 | 2 | 4 | 8;
const WIDTHS: readonly Width[] = [1, 2, 4, 8];

/** Kinds by the width of operands in bytes. */
export function kindOf(first: Flags, width: Width): Flags {
  return (first + Math.log2(width)) as Flags;
}
/** Width in bytes of the operands of a kind of sums, differences, INC and DEC. */
export function widthOf(kind: number): Width {
  return WIDTHS[(kind - (kind < Flags.LOGIC ? Flags.ADD8 : Flags.INC8)) & 3];
}
/** Are the words of a kind 8 bytes wide? */
export function isWide(kind: number): boolean {
  if (kind >= Flags.LOGIC && kind < Flags.INC8) return kind !== Flags.LOGIC;
  return kind !== Flags.OWN && widthOf(kind) === 8;
}

/** Are the words the operands of an addition? */
export function isSum(kind: number): boolean {
  return kind >= Flags.ADD8 && kind < Flags.SUB8;
}
/** Are they those of a subtraction? */
export function isDifference(kind: number): boolean {
  return kind >= Flags.SUB8 && kind < Flags.LOGIC;
}
/** Is the first word the result, and are carry and overflow clear? */
export function isLogic(kind: number): boolean {
  return kind === Flags.LOGIC || kind === Flags.LOGIC64;
}
/** Is the first word the result of INC or DEC, and the second one the carry? */
export function isCount(kind: number): boolean {
  return kind >= Flags.INC8;
}
/** Is the second word the rest in the processor's own form? */
export function hasRest(kind: number): boolean {
  return kind === Flags.OWN || kind === Flags.RESULT64;
}

const KEEP = 0xc0000008 | 0;

/** The processor's own form of flags: the last result. */
export function ownResult(kind: number, a: number, b: number): number {
  switch (kind) {
    case Flags.ADD8:
    case Flags.ADD16:
    case Flags.ADD32:
      return extend(a + b, widthOf(kind));
    case Flags.SUB8:
    case Flags.SUB16:
    case Flags.SUB32:
      return extend(a - b, widthOf(kind));
    default:
      return a;
  }
}

/** The processor's own form of flags: the rest. */
export function ownRest(kind: number, a: number, b: number): number {
  if (kind === Flags.OWN) return b;
  if (kind === Flags.LOGIC) return 0;
  const width = widthOf(kind);
  if (kind >= Flags.INC8) {
    const edge = kind >= Flags.DEC8 ? 0x7fffffff >> (32 - 8 * width) : -1 << (8 * width - 1);
    const overflow = a === edge ? 0x40000000 : 0;
    const half = (a & 15) === (kind >= Flags.DEC8 ? 15 : 0) ? 8 : 0;
    return (b !== 0 ? 0xc0000000 : 0) ^ overflow ^ half;
  }
  const carries =
    kind < Flags.SUB8 ? (a & b) | ((a | b) & ~(a + b)) : (~a & b) | (~(a ^ b) & (a - b));
  if (width === 4) return carries & KEEP;
  const top = 8 * width;
  return ((carries << (32 - top)) & 0xc0000000) | (carries & 8);
}

function extend(value: number, width: Width): number {
  const shift = 32 - 8 * width;
  return (value << shift) >> shift;
}
