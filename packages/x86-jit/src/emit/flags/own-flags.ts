/** Flags of 64-bit units, whose words have 8 bytes each, in the processor's own form. */
import { Flags, isWide, ownRest, ownResult } from "./kinds.js";

/** The flags in the processor's own form. */
export interface OwnFlags {
  readonly result: number;
  readonly rest: number;
}

/** The words of flags, as they lie in the memory. */
export interface WideFlags {
  readonly kind: number;
  /** The low and the high half of the first word, and of the second. */
  readonly aLow: number;
  readonly aHigh: number;
  readonly bLow: number;
  readonly bHigh: number;
}

/** Sign, whether it is zero, and the low byte of a result of 64 bits. */
function fold(low: number, high: number): number {
  const rest = (low >>> 8) | high;
  return (high & 0x80000000) | (low & 0xff) | (rest !== 0 ? 0x100 : 0);
}

/** Brings flags into the processor's own form. */
export function ownFlags(flags: WideFlags): OwnFlags {
  const { kind, aLow, aHigh, bLow, bHigh } = flags;
  if (!isWide(kind)) {
    return { result: ownResult(kind, aLow, bLow), rest: ownRest(kind, aLow, bLow) };
  }
  switch (kind) {
    case Flags.ADD64:
    case Flags.SUB64:
      return ofSum(flags, kind === Flags.SUB64);
    case Flags.LOGIC64:
      return { result: fold(aLow, aHigh), rest: 0 };
    case Flags.RESULT64:
      return { result: fold(aLow, aHigh), rest: bLow };
    case Flags.PRODUCT64:
      return ofProduct(pair(aLow, aHigh) * pair(bLow, bHigh));
    default:
      return ofCount(flags, kind === Flags.DEC64);
  }
}

function ofSum({ aLow, aHigh, bLow, bHigh }: WideFlags, isDifference: boolean): OwnFlags {
  // A difference is the sum with the complement and 1; its borrows are the carries turned round.
  const low = isDifference ? (aLow - bLow) | 0 : (aLow + bLow) | 0;
  const carries = (a: number, b: number, sum: number): number =>
    isDifference ? (~a & b) | (~(a ^ b) & sum) : (a & b) | ((a | b) & ~sum);
  const lowCarries = carries(aLow, bLow, low);
  const carry = lowCarries >>> 31;
  const high = (isDifference ? aHigh - bHigh - carry : aHigh + bHigh + carry) | 0;
  return {
    result: fold(low, high),
    rest: (carries(aHigh, bHigh, high) & 0xc0000000) | (lowCarries & 8),
  };
}

function pair(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}
function ofProduct(product: bigint): OwnFlags {
  const low = BigInt.asIntN(64, product);
  const word = (shift: bigint): number => Number(BigInt.asIntN(32, low >> shift));
  return { result: fold(word(0n), word(32n)), rest: low === product ? 0 : 0x80000000 | 0 };
}

function ofCount({ aLow, aHigh, bLow }: WideFlags, isDown: boolean): OwnFlags {
  const isEdge = isDown
    ? aLow === -1 && aHigh === 0x7fffffff
    : aLow === 0 && aHigh === (0x80000000 | 0);
  const half = (aLow & 15) === (isDown ? 15 : 0) ? 8 : 0;
  const rest = (bLow !== 0 ? 0xc0000000 : 0) ^ (isEdge ? 0x40000000 : 0) ^ half;
  return { result: fold(aLow, aHigh), rest };
}
