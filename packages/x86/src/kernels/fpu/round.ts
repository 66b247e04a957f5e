/** Rounding, and putting numbers of 80 bits together. */
import { ValueType } from "@mem/wasm-emit";
import { AT_FPU_STATUS } from "../../state/layout.js";
import { int, long } from "../expression.js";
import type { Callee } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { FpuBit } from "./bits.js";
import type { Stack } from "./state.js";
import { EXTENDED, INTEGER_BIT, control, rounding, status } from "./state.js";

const { i32, i64 } = ValueType;

/** Flags that {@link Rounding.round} answers beside the significand. */
export const ROUNDED = { inexact: 1, up: 2, carry: 4 } as const;
/** Number added to or taken from the exponent when overflow or underflow is not masked. */
const WRAP = 0x6000;

/** The functions of this file. */
export interface Rounding {
  /** `(hi, lo, count)`: 128 bits shifted right; the last bit is set if others have been lost. */
  readonly shiftRight: Callee;
  /**
   * `(rounding control, sign, hi, lo, bits dropped of hi)`: the significand with {@link ROUNDED}.
   * `lo` is the fraction below `hi`.
   */
  readonly round: Callee;
  /**
   * `(state, sign, exponent, hi, lo)`: the number as the precision and rounding control want it,
   * with the exceptions it raises. `hi` has its integer bit; the exponent may lie out of range.
   */
  readonly pack: Callee;
  /** {@link pack} with one parameter more, the bits dropped: 0 ignores the precision control. */
  readonly packAt: Callee;
}

/** Adds the functions of this file. */
export function roundingFunctions(module: KernelModule, stack: Stack): Rounding {
  const shiftRight = module.function([i64, i64, i32], [i64, i64], (f, hi, lo, n) => {
    const left = f.let(int(64).sub(n).and(63).wide());
    const right = f.let(n.wide());
    f.if(n.not(), () => f.return(hi, lo));
    f.if(n.ltU(64), () =>
      f.return(hi.shr(right), hi.shl(left).or(lo.shr(right)).or(lo.shl(left).ne(0).wide())),
    );
    f.if(n.eq(64), () => f.return(0, hi.or(lo.ne(0).wide())));
    f.if(n.ltU(128), () => f.return(0, hi.shr(right).or(hi.shl(left).or(lo).ne(0).wide())));
    f.results(0, hi.or(lo).ne(0).wide());
  });

  const round = module.function([i32, i32, i64, i64, i32], [i64, i32], (f, rc, sign, hi, lo, n) => {
    const unit = f.let(long(1).shl(n.wide()));
    f.if(n, () => {
      f.set(lo, hi.shl(int(64).sub(n).wide()).or(lo.ne(0).wide()));
      f.set(hi, hi.and(long(0).sub(unit)));
    });
    f.if(lo.not(), () => f.return(hi, 0));
    const up = f.local(i32);
    f.if(
      rc.not(),
      () => f.set(up, lo.lt(0).and(lo.shl(1).or(hi.and(unit)).ne(0))),
      () => f.set(up, rc.eq(1).and(sign.ne(0)).or(rc.eq(2).and(sign.not()))),
    );
    f.if(up.not(), () => f.return(hi, ROUNDED.inexact));
    f.set(hi, hi.add(unit));
    f.if(hi.not(), () => f.return(INTEGER_BIT, 7));
    f.results(hi, ROUNDED.inexact | ROUNDED.up);
  });

  const parameters = [i32, i32, i32, i64, i64];
  const packAt = module.function(
    [...parameters, i32],
    EXTENDED,
    (f, s, sign, e, hi, lo, dropped) => {
      const rc = f.let(rounding(s));
      const [m, how] = f.call(round, rc, sign, hi, lo, dropped);
      const at = f.let(e.add(how.shr(2)));
      const bits = f.local(i32);
      // Inexact is bit 0, and up bit 1, of `how`; they become PE and C1.
      const exceptions = (): void => f.set(bits, how.and(1).shl(5).or(how.and(2).shl(8)));
      exceptions();
      f.if(at.ge(0x7fff), () => {
        f.if(control(s).and(FpuBit.OE), () => {
          const infinite = f.let(rc.not().or(rc.eq(int(1).when(sign, 2))));
          const largest = long(-1).shl(dropped.wide());
          stack.raiseBits(f, s, int(FpuBit.OE | FpuBit.PE).or(infinite.shl(9)));
          f.return(
            sign.or(int(0x7fff).when(infinite, 0x7ffe)),
            long(INTEGER_BIT).when(infinite, largest),
          );
        });
        stack.raiseBits(f, s, bits.or(FpuBit.OE));
        f.return(sign.or(at.sub(WRAP).and(0x7fff)), m);
      });
      f.if(at.le(0), () => {
        f.if(control(s).and(FpuBit.UE).not(), () => {
          stack.raiseBits(f, s, bits.or(FpuBit.UE));
          f.return(sign.or(at.add(WRAP).and(0x7fff)), m);
        });
        const [low, rest] = f.call(shiftRight, hi, lo, int(1).sub(e));
        const [tiny, tinyHow] = f.call(round, rc, sign, low, rest, dropped);
        f.set(how, tinyHow);
        f.set(m, tiny);
        exceptions();
        f.if(how, () => f.set(bits, bits.or(FpuBit.UE)));
        f.set(at, m.lt(0));
      });
      f.if(bits, () => stack.raiseBits(f, s, bits));
      f.results(sign.or(at), m);
    },
  );

  const pack = module.function(parameters, EXTENDED, (f, s, sign, e, hi, lo) => {
    f.if(e.sub(1).ltU(0x7ffd).and(control(s).and(0xf20).eq(0x320)), () => {
      f.if(lo.not(), () => f.return(sign.or(e), hi));
      f.if(lo.lt(0).and(lo.shl(1).or(hi.and(1)).ne(0)), () => {
        f.store32(s, AT_FPU_STATUS, status(s).or(FpuBit.PE | FpuBit.C1));
        f.set(hi, hi.add(1));
        f.if(hi.not(), () => f.return(sign.or(e.add(1)), INTEGER_BIT));
        f.return(sign.or(e), hi);
      });
      f.store32(s, AT_FPU_STATUS, status(s).or(FpuBit.PE));
      f.return(sign.or(e), hi);
    });
    const precision = f.let(control(s).shr(8).and(3));
    const dropped = int(40).when(precision.not(), int(11).when(precision.eq(2), 0));
    const [se, m] = f.call(packAt, s, sign, e, hi, lo, dropped);
    f.results(se, m);
  });
  return { shiftRight, round, pack, packAt };
}
