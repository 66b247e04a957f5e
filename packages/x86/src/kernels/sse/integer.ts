/** Integer arithmetic of SSE on lanes: one expression an instruction. */
import { int } from "../expression.js";
import type { Expression } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import {
  loadVector,
  shiftBy,
  shuffleLanes,
  simd,
  splat,
  storeVector,
  zeroVector,
} from "../vector.js";
import { sseKernel } from "./operands.js";

/** The result of an instruction from its first operand and its second. */
export type LaneOperation = (a: Expression, b: Expression) => Expression;

type SimdName = Parameters<typeof simd>[0];

function plain(name: SimdName): LaneOperation {
  return (a, b) => simd(name, a, b);
}
function swapped(name: SimdName): LaneOperation {
  return (a, b) => simd(name, b, a);
}
function unary(...names: readonly SimdName[]): LaneOperation {
  return (_, b) => names.reduce((value, name) => simd(name, value), b);
}

const EVEN_WORDS = [0, 2, 4, 6, 8, 10, 12, 14];
const ODD_WORDS = EVEN_WORDS.map((lane) => lane + 1);

/** Adds or subtracts neighbours of both operands. */
function neighbours(name: SimdName, size: 2 | 4): LaneOperation {
  const count = 16 / size;
  const even = EVEN_WORDS.slice(0, count);
  const odd = ODD_WORDS.slice(0, count);
  return (a, b) => simd(name, shuffleLanes(a, b, size, even), shuffleLanes(a, b, size, odd));
}

/** The high halves of products of words. */
function highProducts(signed: boolean): LaneOperation {
  const low = signed ? "i32x4ExtmulLowI16x8S" : "i32x4ExtmulLowI16x8U";
  const high = signed ? "i32x4ExtmulHighI16x8S" : "i32x4ExtmulHighI16x8U";
  return (a, b) => shuffleLanes(simd(low, a, b), simd(high, a, b), 2, ODD_WORDS);
}

function signExtendLow(v: Expression): Expression {
  return shiftBy("i64x2ShrS", shiftBy("i64x2Shl", v, 32), 32);
}
function zeroExtendLow(v: Expression): Expression {
  return simd("v128And", v, splat(8, 0xffffffff));
}

/** Gives lanes of the first operand the sign of the second's. */
function withSign(bits: "i8x16" | "i16x8" | "i32x4"): LaneOperation {
  const size = bits === "i8x16" ? 1 : bits === "i16x8" ? 2 : 4;
  return (a, b) => {
    const negative = shiftBy(`${bits}ShrS`, b, 8 * size - 1);
    const turned = simd(`${bits}Sub`, simd("v128Xor", a, negative), negative);
    return simd("v128Andnot", turned, simd(`${bits}Eq`, b, zeroVector()));
  };
}

function interleave(size: 1 | 2 | 4 | 8, high: boolean): LaneOperation {
  const count = 16 / size;
  const first = high ? count / 2 : 0;
  const lanes = Array.from(
    { length: count },
    (_, k) => first + (k >> 1) + ((k & 1) === 0 ? 0 : count),
  );
  return (a, b) => shuffleLanes(a, b, size, lanes);
}

/** Products of unsigned bytes of the first operand and signed ones of the second, added in pairs. */
const pmaddubsw: LaneOperation = (a, b) => {
  const even = simd(
    "i16x8Mul",
    simd("v128And", a, splat(2, 0xff)),
    shiftBy("i16x8ShrS", shiftBy("i16x8Shl", b, 8), 8),
  );
  const odd = simd("i16x8Mul", shiftBy("i16x8ShrU", a, 8), shiftBy("i16x8ShrS", b, 8));
  return simd("i16x8AddSatS", even, odd);
};

/** WebAssembly has the most positive number where the product of two most negative overflows. */
const pmulhrsw: LaneOperation = (a, b) => {
  const least = splat(2, 0x8000);
  const overflow = simd("v128And", simd("i16x8Eq", a, least), simd("i16x8Eq", b, least));
  return simd("v128Xor", simd("i16x8Q15mulrSatS", a, b), overflow);
};

const psadbw: LaneOperation = (a, b) => {
  const distance = simd("i8x16Sub", simd("i8x16MaxU", a, b), simd("i8x16MinU", a, b));
  const fours = simd("i32x4ExtaddPairwiseI16x8U", simd("i16x8ExtaddPairwiseI8x16U", distance));
  return simd("i64x2Add", zeroExtendLow(fours), shiftBy("i64x2ShrU", fours, 32));
};

/** The operations by the name of their kernel, which is the instruction's. */
export const LANE_OPERATIONS: Readonly<Record<string, LaneOperation>> = {
  mov: (_, b) => b,
  pand: plain("v128And"),
  pandn: swapped("v128Andnot"),
  por: plain("v128Or"),
  pxor: plain("v128Xor"),
  paddb: plain("i8x16Add"),
  paddw: plain("i16x8Add"),
  paddd: plain("i32x4Add"),
  paddq: plain("i64x2Add"),
  paddsb: plain("i8x16AddSatS"),
  paddsw: plain("i16x8AddSatS"),
  paddusb: plain("i8x16AddSatU"),
  paddusw: plain("i16x8AddSatU"),
  psubb: plain("i8x16Sub"),
  psubw: plain("i16x8Sub"),
  psubd: plain("i32x4Sub"),
  psubq: plain("i64x2Sub"),
  psubsb: plain("i8x16SubSatS"),
  psubsw: plain("i16x8SubSatS"),
  psubusb: plain("i8x16SubSatU"),
  psubusw: plain("i16x8SubSatU"),
  pavgb: plain("i8x16AvgrU"),
  pavgw: plain("i16x8AvgrU"),
  pminub: plain("i8x16MinU"),
  pminsb: plain("i8x16MinS"),
  pminuw: plain("i16x8MinU"),
  pminsw: plain("i16x8MinS"),
  pminud: plain("i32x4MinU"),
  pminsd: plain("i32x4MinS"),
  pmaxub: plain("i8x16MaxU"),
  pmaxsb: plain("i8x16MaxS"),
  pmaxuw: plain("i16x8MaxU"),
  pmaxsw: plain("i16x8MaxS"),
  pmaxud: plain("i32x4MaxU"),
  pmaxsd: plain("i32x4MaxS"),
  pcmpeqb: plain("i8x16Eq"),
  pcmpeqw: plain("i16x8Eq"),
  pcmpeqd: plain("i32x4Eq"),
  pcmpeqq: plain("i64x2Eq"),
  pcmpgtb: plain("i8x16GtS"),
  pcmpgtw: plain("i16x8GtS"),
  pcmpgtd: plain("i32x4GtS"),
  pcmpgtq: plain("i64x2GtS"),
  pmullw: plain("i16x8Mul"),
  pmulld: plain("i32x4Mul"),
  pmulhw: highProducts(true),
  pmulhuw: highProducts(false),
  pmuludq: (a, b) => simd("i64x2Mul", zeroExtendLow(a), zeroExtendLow(b)),
  pmuldq: (a, b) => simd("i64x2Mul", signExtendLow(a), signExtendLow(b)),
  pmaddwd: plain("i32x4DotI16x8S"),
  pmaddubsw,
  pmulhrsw,
  psadbw,
  packsswb: plain("i8x16NarrowI16x8S"),
  packssdw: plain("i16x8NarrowI32x4S"),
  packuswb: plain("i8x16NarrowI16x8U"),
  packusdw: plain("i16x8NarrowI32x4U"),
  punpcklbw: interleave(1, false),
  punpcklwd: interleave(2, false),
  punpckldq: interleave(4, false),
  punpcklqdq: interleave(8, false),
  punpckhbw: interleave(1, true),
  punpckhwd: interleave(2, true),
  punpckhdq: interleave(4, true),
  punpckhqdq: interleave(8, true),
  // A lane number with bit 7 gives 0; WebAssembly gives 0 for every number above 15.
  pshufb: (a, b) => simd("i8x16Swizzle", a, simd("v128And", b, splat(1, 0x8f))),
  phaddw: neighbours("i16x8Add", 2),
  phaddd: neighbours("i32x4Add", 4),
  phaddsw: neighbours("i16x8AddSatS", 2),
  phsubw: neighbours("i16x8Sub", 2),
  phsubd: neighbours("i32x4Sub", 4),
  phsubsw: neighbours("i16x8SubSatS", 2),
  psignb: withSign("i8x16"),
  psignw: withSign("i16x8"),
  psignd: withSign("i32x4"),
  pabsb: unary("i8x16Abs"),
  pabsw: unary("i16x8Abs"),
  pabsd: unary("i32x4Abs"),
  pmovsxbw: unary("i16x8ExtendLowI8x16S"),
  pmovsxbd: unary("i16x8ExtendLowI8x16S", "i32x4ExtendLowI16x8S"),
  pmovsxbq: unary("i16x8ExtendLowI8x16S", "i32x4ExtendLowI16x8S", "i64x2ExtendLowI32x4S"),
  pmovsxwd: unary("i32x4ExtendLowI16x8S"),
  pmovsxwq: unary("i32x4ExtendLowI16x8S", "i64x2ExtendLowI32x4S"),
  pmovsxdq: unary("i64x2ExtendLowI32x4S"),
  pmovzxbw: unary("i16x8ExtendLowI8x16U"),
  pmovzxbd: unary("i16x8ExtendLowI8x16U", "i32x4ExtendLowI16x8U"),
  pmovzxbq: unary("i16x8ExtendLowI8x16U", "i32x4ExtendLowI16x8U", "i64x2ExtendLowI32x4U"),
  pmovzxwd: unary("i32x4ExtendLowI16x8U"),
  pmovzxwq: unary("i32x4ExtendLowI16x8U", "i64x2ExtendLowI32x4U"),
  pmovzxdq: unary("i64x2ExtendLowI32x4U"),
  unpcklps: interleave(4, false),
  unpcklpd: interleave(8, false),
  unpckhps: interleave(4, true),
  unpckhpd: interleave(8, true),
  movsldup: (_, b) => shuffleLanes(b, b, 4, [0, 0, 2, 2]),
  movshdup: (_, b) => shuffleLanes(b, b, 4, [1, 1, 3, 3]),
  movddup: (_, b) => shuffleLanes(b, b, 8, [0, 0]),
};

/** Shifts of lanes; a count beyond the width clears a lane, or fills it with its sign. */
const SHIFTS = [
  ["psllw", "i16x8Shl", 16],
  ["pslld", "i32x4Shl", 32],
  ["psllq", "i64x2Shl", 64],
  ["psrlw", "i16x8ShrU", 16],
  ["psrld", "i32x4ShrU", 32],
  ["psrlq", "i64x2ShrU", 64],
  ["psraw", "i16x8ShrS", 16],
  ["psrad", "i32x4ShrS", 32],
] as const;

/** Adds the kernels of this file. */
export function integerKernels(module: KernelModule): void {
  for (const [name, operation] of Object.entries(LANE_OPERATIONS)) {
    sseKernel(module, name, (f, { target, source }) => {
      storeVector(f, target, operation(loadVector(target), loadVector(source)));
    });
  }
  for (const [name, operation, width] of SHIFTS) {
    const keepsSign = operation.endsWith("ShrS");
    const shift = (a: Expression, count: Expression): Expression =>
      keepsSign
        ? simd(operation, a, count.when(count.ltU(width), width - 1))
        : simd(
            "v128And",
            simd(operation, a, count),
            // All ones or zeros: 0 or 1 less 1.
            simd("i32x4Splat", count.geU(width).sub(1)),
          );
    sseKernel(module, name, (f, { target, source }) => {
      const long = source.load64(0);
      const count = f.let(long.low().when(long.ltU(64), int(255)));
      storeVector(f, target, shift(loadVector(target), count));
    });
    sseKernel(module, `${name}.imm`, (f, { target, immediate }) => {
      storeVector(f, target, shift(loadVector(target), f.let(immediate)));
    });
  }
}
