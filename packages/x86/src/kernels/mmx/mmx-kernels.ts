/**
 * Kernels of MMX instructions that are not SSE's on the lower 8 bytes: those that mix their operands'
 * halves. MMX registers are the significands of the x87 registers, which lie 16 bytes apart, so kernels
 * may write 16 bytes: what follows a significand is set afterwards.
 */
import { ValueType } from "@mem/wasm-emit";
import type { Expression } from "../expression.js";
import { int } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import { sseKernel } from "../sse/operands.js";
import type { LaneOperation } from "../sse/integer.js";
import { loadVector, shuffleLanes, simd, splat, storeVector } from "../vector.js";

const { i64 } = ValueType;

type SimdName = Parameters<typeof simd>[0];

/** Both operands in one vector, on which `name` works with itself. */
const joined =
  (name: SimdName): LaneOperation =>
  (a, b) => {
    const both = shuffleLanes(a, b, 8, [0, 2]);
    return simd(name, both, both);
  };
/** Adds or subtracts neighbours of both operands. */
const neighbours =
  (name: SimdName, size: 2 | 4): LaneOperation =>
  (a, b) => {
    const both = shuffleLanes(a, b, 8, [0, 2]);
    const even = Array.from({ length: 16 / size }, (_, k) => (2 * k) % (16 / size));
    const odd = even.map((lane) => lane + 1);
    return simd(name, shuffleLanes(both, both, size, even), shuffleLanes(both, both, size, odd));
  };
/** Interleaves the upper halves. */
const interleaveHigh =
  (size: 1 | 2 | 4): LaneOperation =>
  (a, b) => {
    const lanes = Array.from({ length: 16 / size }, (_, k) => {
      const lane = 4 / size + ((k >> 1) % (4 / size));
      return (k & 1) === 0 ? lane : lane + 16 / size;
    });
    return shuffleLanes(a, b, size, lanes);
  };

const OPERATIONS: Readonly<Record<string, LaneOperation>> = {
  "packsswb.mmx": joined("i8x16NarrowI16x8S"),
  "packssdw.mmx": joined("i16x8NarrowI32x4S"),
  "packuswb.mmx": joined("i8x16NarrowI16x8U"),
  "punpckhbw.mmx": interleaveHigh(1),
  "punpckhwd.mmx": interleaveHigh(2),
  "punpckhdq.mmx": interleaveHigh(4),
  "pshufb.mmx": (a, b) => simd("i8x16Swizzle", a, simd("v128And", b, splat(1, 0x87))),
  "phaddw.mmx": neighbours("i16x8Add", 2),
  "phaddd.mmx": neighbours("i32x4Add", 4),
  "phaddsw.mmx": neighbours("i16x8AddSatS", 2),
  "phsubw.mmx": neighbours("i16x8Sub", 2),
  "phsubd.mmx": neighbours("i32x4Sub", 4),
  "phsubsw.mmx": neighbours("i16x8SubSatS", 2),
};

/** Adds the kernels. */
export function mmxKernels(module: KernelModule): void {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    sseKernel(module, name, (f, { target, source }) => {
      storeVector(f, target, operation(loadVector(target), loadVector(source)));
    });
  }
  sseKernel(module, "pmovmskb.mmx", (f, { target, source }) =>
    f.store32(target, 0, simd("i8x16Bitmask", loadVector(source)).and(0xff)),
  );
  sseKernel(module, "pshufw", (f, { target, source, immediate }) => {
    const word = (k: number): Expression => {
      const lane = immediate.shr(2 * k).and(3);
      return source
        .load64(0)
        .shr(lane.shl(4).wide())
        .and(0xffff)
        .shl(16 * k);
    };
    f.store64(target, 0, word(0).or(word(1)).or(word(2)).or(word(3)));
  });
  sseKernel(module, "pinsrw.mmx", (f, { target, source, immediate }) => {
    const value = f.let(source.load16(0));
    f.store16(target.add(immediate.and(3).shl(1)), 0, value);
  });
  sseKernel(module, "pextrw.mmx", (f, { target, source, immediate }) =>
    f.store32(target, 0, source.add(immediate.and(3).shl(1)).load16(0)),
  );
  sseKernel(module, "palignr.mmx", (f, { target, source, immediate }) => {
    const high = f.let(target.load64(0));
    const low = f.let(source.load64(0));
    const n = f.let(immediate.shl(3));
    const result = f.local(i64);
    f.if(
      n.ltU(64),
      () => {
        f.set(result, low);
        f.if(n, () => f.set(result, low.shr(n.wide()).or(high.shl(int(64).sub(n).wide()))));
      },
      () => f.if(n.ltU(128), () => f.set(result, high.shr(n.sub(64).wide()))),
    );
    f.store64(target, 0, result);
  });
}
