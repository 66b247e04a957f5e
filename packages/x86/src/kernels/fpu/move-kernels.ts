/** Kernels that load, store and exchange, and those on ST(0) alone. */
import type { Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { AT_FPU_STATUS, AT_FPU_TOP, AT_SCRATCH } from "../../state/layout.js";
import { ValueType } from "@mem/wasm-emit";
import type { Arithmetic } from "./arithmetic.js";
import { denormalOperand, normalise } from "./arithmetic.js";
import { memoryOperand } from "./arithmetic-kernels.js";
import { CONDITIONS, FpuBit } from "./bits.js";
import type { Conversions } from "./convert.js";
import { loaded, roundedBits } from "./convert.js";
import type { Remainders } from "./remainder.js";
import type { Stack } from "./state.js";
import {
  BIAS,
  DEFAULT_NAN,
  EXTENDED,
  INTEGER_BIT,
  control,
  exponent,
  isDenormal,
  isNan,
  isSpecial,
  isUnsupported,
  isZero,
  rounding,
  signOf,
  status,
  top,
} from "./state.js";

const { i32, i64 } = ValueType;

/** FLD1 to FLDZ: exponent, and the significand with 64 bits more, which rounding looks at. */
const CONSTANTS: readonly (readonly [exponent: number, significand: bigint, more: bigint])[] = [
  [0x3fff, 1n << 63n, 0n],
  [0x4000, 0xd49a784bcd1b8afen, 0x492bf6ff4dafdb4cn],
  [0x3fff, 0xb8aa3b295c17f0bbn, 0xbe87fed0691d3e88n],
  [0x4000, 0xc90fdaa22168c234n, 0xc4c6628b80dc1cd1n],
  [0x3ffd, 0x9a209a84fbcff798n, 0x8f8959ac0b7c9178n],
  [0x3ffe, 0xb17217f7d1cf79abn, 0xc9e3b39803f2f6afn],
  [0, 0n, 0n],
];

/** Adds the kernels that load and store. */
export function moveKernels(module: KernelModule, stack: Stack, conversions: Conversions): void {
  for (const kind of ["m32", "m64", "i16", "i32", "i64"] as const) {
    module.kernel(`fld_${kind}`, (f, s) => {
      stack.begin(f, s);
      stack.needRoom(f, s);
      const number = memoryOperand(f, s, conversions, kind);
      if (kind.startsWith("m")) {
        loaded(f, stack, s, number);
        f.if(stack.isInvalid(s), () => f.return(0));
      }
      const [se, m] = number;
      stack.push(f, s, se, m);
    });
  }
  module.kernel("fld_m80", (f, s) => {
    stack.begin(f, s);
    stack.needRoom(f, s);
    stack.push(f, s, s.load16(AT_SCRATCH + 8), s.load64(AT_SCRATCH));
  });
  module.kernel("fld_st", (f, s, i) => {
    stack.begin(f, s);
    f.if(stack.isEmpty(s, i), () => {
      stack.raiseBits(f, s, FpuBit.IE | FpuBit.SF);
      f.if(control(s).and(FpuBit.IE), () => stack.push(f, s, ...DEFAULT_NAN));
      f.return(0);
    });
    stack.needRoom(f, s);
    const x = stack.read(f, stack.register(f, s, i));
    stack.push(f, s, x.se, x.m);
  });
  // The operand is the constant's number: the low bits of ModRM.
  module.kernel("fld_constant", (f, s, which) => {
    stack.begin(f, s);
    stack.needRoom(f, s);
    const se = f.local(i32);
    const m = f.local(i64);
    const rc = f.let(rounding(s));
    CONSTANTS.forEach(([e, significand, more], n) =>
      f.if(which.eq(n), () => {
        f.set(se, e);
        f.set(m, significand);
        if (more === 0n) return;
        // They are positive, and rounded as 64 bits whatever the precision control says.
        const up = more >= 1n << 63n ? rc.not().or(rc.eq(2)) : rc.eq(2);
        f.set(m, m.add(up.wide()));
      }),
    );
    stack.push(f, s, se, m);
  });

  storeKernels(module, stack, conversions);

  module.kernel("fxch", (f, s, i) => {
    stack.begin(f, s);
    const at = stack.register(f, s, 0);
    const other = stack.register(f, s, i);
    const missing = f.let(stack.isEmpty(s, 0).or(stack.isEmpty(s, i).shl(1)));
    f.if(missing, () => {
      stack.raiseBits(f, s, FpuBit.IE | FpuBit.SF);
      f.if(stack.isRefused(s), () => f.return(0));
      f.if(missing.and(1), () => {
        stack.write(f, at, ...DEFAULT_NAN);
        stack.fill(f, s, 0);
      });
      f.if(missing.and(2), () => {
        stack.write(f, other, ...DEFAULT_NAN);
        stack.fill(f, s, i);
      });
    });
    const x = stack.read(f, at);
    const y = stack.read(f, other);
    stack.write(f, at, y.se, y.m);
    stack.write(f, other, x.se, x.m);
  });
  // The operand is the register's number, plus 8 if the condition holds.
  module.kernel("fcmov", (f, s, i) => {
    const number = f.let(i.and(7));
    const missing = stack.isEmpty(s, 0).or(stack.isEmpty(s, number));
    const to = stack.target(f, s, 0, missing, undefined, 0);
    f.if(i.and(8), () => {
      const x = stack.read(f, stack.register(f, s, number));
      stack.write(f, to, x.se, x.m);
    });
  });
  module.kernel("ffree", (f, s, i) => {
    stack.begin(f, s);
    stack.free(f, s, i);
  });
  module.kernel("ffreep", (f, s, i) => {
    stack.begin(f, s);
    stack.free(f, s, i);
    stack.pop(f, s);
  });
  // The operand is what is added to TOP.
  module.kernel("fincstp", (f, s, step) => {
    stack.begin(f, s);
    f.store32(s, AT_FPU_TOP, top(s).add(step).and(7));
  });
}

/** Stores answer 1 if the scratch area is to be written to memory; the operand says whether to pop. */
function storeKernels(module: KernelModule, stack: Stack, conversions: Conversions): void {
  const store = (
    name: string,
    missing: bigint,
    convert: (f: KernelFunction, s: Local, se: Local, m: Local) => readonly Local[],
  ): void => {
    module.kernel(name, (f, s, pops) => {
      stack.begin(f, s);
      f.if(stack.isEmpty(s, 0), () => {
        stack.raiseBits(f, s, FpuBit.IE | FpuBit.SF);
        f.if(stack.isRefused(s), () => f.return(0));
        f.store64(s, AT_SCRATCH, long(missing));
        f.store64(s, AT_SCRATCH + 8, long(0xffff));
        f.if(pops, () => stack.pop(f, s));
        f.return(1);
      });
      const x = stack.read(f, stack.register(f, s, 0));
      const [bits, may] = convert(f, s, x.se as Local, x.m as Local);
      f.if(may.not(), () => f.return(0));
      f.store64(s, AT_SCRATCH, bits);
      f.if(pops, () => stack.pop(f, s));
      f.results(1);
    });
  };
  store("fst_m32", 0xffc00000n, (f, s, se, m) => f.call(conversions.toSingle, s, se, m));
  store("fst_m64", 0xfff8n << 48n, (f, s, se, m) => f.call(conversions.toDouble, s, se, m));
  for (const width of [16, 32, 64]) {
    const indefinite = 1n << BigInt(width - 1);
    store(`fist_i${width}`, indefinite, (f, s, se, m) =>
      f.call(conversions.toInteger, s, se, m, width, rounding(s)),
    );
    store(`fisttp_i${width}`, indefinite, (f, s, se, m) => {
      const results = f.call(conversions.toInteger, s, se, m, width, 3);
      return results;
    });
  }
  store("fst_m80", DEFAULT_NAN[1], (f, s, se, m) => {
    f.store64(s, AT_SCRATCH + 8, se.wide());
    return [m, f.let(int(1))];
  });
  // The operand is the register's number, plus 8 to pop.
  module.kernel("fst_st", (f, s, i) => {
    const number = f.let(i.and(7));
    const pop = (): void => f.if(i.and(8), () => stack.pop(f, s));
    const to = stack.target(f, s, number, stack.isEmpty(s, 0), pop);
    const x = stack.read(f, stack.register(f, s, 0));
    stack.write(f, to, x.se, x.m);
    stack.fill(f, s, number);
    pop();
  });
}

/** Adds the kernels of FBLD and FBSTP. */
export function decimalKernels(module: KernelModule, stack: Stack, conversions: Conversions): void {
  module.kernel("fbld", (f, s) => {
    stack.begin(f, s);
    stack.needRoom(f, s);
    const value = f.local(i64);
    const at = f.let(int(9));
    f.while(at.gt(0), () => {
      f.set(at, at.sub(1));
      const byte = f.let(s.add(at).load8(AT_SCRATCH).wide());
      f.set(value, value.mul(100).add(byte.shr(4).mul(10)).add(byte.and(15)));
    });
    const [se, m] = f.call(conversions.fromInteger, value);
    stack.push(
      f,
      s,
      se.or(
        s
          .load8(AT_SCRATCH + 9)
          .and(0x80)
          .shl(8),
      ),
      m,
    );
  });
  module.kernel("fbstp", (f, s) => {
    stack.begin(f, s);
    const indefinite = (): void => {
      f.if(stack.isRefused(s), () => f.return(0));
      f.store64(s, AT_SCRATCH, long(0xc0n << 56n));
      f.store16(s, AT_SCRATCH + 8, int(0xffff));
      f.store8(s, AT_SCRATCH + 7, int(0xc0));
      f.store64(s, AT_SCRATCH, long(0xc000000000000000n));
      stack.pop(f, s);
      f.return(1);
    };
    f.if(stack.isEmpty(s, 0), () => {
      stack.raiseBits(f, s, FpuBit.IE | FpuBit.SF);
      indefinite();
    });
    const x = stack.read(f, stack.register(f, s, 0));
    const [value, how, beyond] = f.call(conversions.toMagnitude, rounding(s), x.se, x.m);
    f.if(beyond.or(value.geU(10n ** 18n)), () => {
      stack.raiseBits(f, s, FpuBit.IE);
      indefinite();
    });
    f.if(how, () => stack.raiseBits(f, s, roundedBits(how)));
    const at = f.local(i32);
    f.while(at.lt(9), () => {
      const pair = f.let(value.remU(100));
      f.set(value, value.divU(100));
      f.store8(s.add(at), AT_SCRATCH, pair.divU(10).shl(4).or(pair.remU(10)).low());
      f.set(at, at.add(1));
    });
    f.store8(s, AT_SCRATCH + 9, signOf(x).shr(8));
    stack.pop(f, s);
    f.results(1);
  });
}

/** Adds a kernel whose result is that of a function of ST(0), in its place. */
export function functionKernel(
  module: KernelModule,
  stack: Stack,
  name: string,
  callee: Callee,
): void {
  module.kernel(name, (f, s) => {
    const at = stack.target(f, s, 0);
    const x = stack.read(f, at);
    stack.finish(f, s, at, f.call(callee, s, x.se, x.m));
  });
}

/** Adds the kernels of one operand, and FPREM, FPREM1, FSCALE and FXTRACT. */
export function unaryKernels(
  module: KernelModule,
  stack: Stack,
  { squareRoot, nan }: Arithmetic,
  { remainder, roundToInteger, scale }: Remainders,
): void {
  for (const [name, change] of [
    ["fchs", (se: Local) => se.xor(0x8000)],
    ["fabs", (se: Local) => se.and(0x7fff)],
  ] as const) {
    module.kernel(name, (f, s) => {
      const at = stack.target(f, s, 0);
      const x = stack.read(f, at);
      stack.write(f, at, change(x.se as Local), x.m);
    });
  }
  module.kernel("fxam", (f, s) => {
    const x = stack.read(f, stack.register(f, s, 0));
    const kind = f.let(int(FpuBit.C2));
    f.if(isUnsupported(x), () => f.set(kind, 0));
    f.if(isSpecial(x).and(x.m.lt(0)), () => f.set(kind, int(FpuBit.C0).or(isNan(x).not().shl(10))));
    f.if(isZero(x), () => f.set(kind, FpuBit.C3));
    f.if(isDenormal(x), () => f.set(kind, FpuBit.C3 | FpuBit.C2));
    f.if(stack.isEmpty(s, 0), () => f.set(kind, FpuBit.C3 | FpuBit.C0));
    const old = status(s).and(~(FpuBit.C1 | CONDITIONS));
    f.store32(s, AT_FPU_STATUS, old.or(kind).or(signOf(x).shr(6)));
  });

  functionKernel(module, stack, "fsqrt", squareRoot);
  functionKernel(module, stack, "frndint", roundToInteger);

  for (const [name, callee, more] of [
    ["fprem", remainder, [0]],
    ["fprem1", remainder, [1]],
    ["fscale", scale, []],
  ] as const) {
    module.kernel(name, (f, s) => {
      const cleared = name === "fscale" ? FpuBit.C1 : FpuBit.C1 | FpuBit.C2;
      const missing = stack.isEmpty(s, 0).or(stack.isEmpty(s, 1));
      const at = stack.target(f, s, 0, missing, undefined, cleared);
      const x = stack.read(f, at);
      const y = stack.read(f, stack.register(f, s, 1));
      stack.finish(f, s, at, f.call(callee, s, x.se, x.m, y.se, y.m, ...more));
    });
  }

  /** `(state, a) -> (exponent as a number, significand)`. */
  const extract = module.function([i32, ...EXTENDED], EXTENDED, (f, s, se, m) => {
    const a = { se, m };
    denormalOperand(f, stack, s, isDenormal(a));
    const e = f.let(exponent(a));
    normalise(f, e, m);
    f.results(e.sub(BIAS), m);
  });
  module.kernel("fxtract", (f, s) => {
    const at = stack.target(f, s, 0, undefined, () => stack.push(f, s, ...DEFAULT_NAN));
    stack.needRoom(f, s, () => stack.write(f, at, ...DEFAULT_NAN));
    const x = stack.read(f, at);
    const [is, nse, nm] = f.call(nan, s, x.se, x.m, x.se, x.m);
    f.if(is, () => {
      f.if(stack.isRefused(s), () => f.return(0));
      stack.write(f, at, nse, nm);
      stack.push(f, s, nse, nm);
      f.return(0);
    });
    f.if(isZero(x), () => {
      stack.raiseBits(f, s, FpuBit.ZE);
      f.if(stack.isRefused(s), () => f.return(0));
      stack.write(f, at, 0xffff, INTEGER_BIT);
      stack.push(f, s, x.se, x.m);
      f.return(0);
    });
    f.if(isSpecial(x), () => {
      stack.write(f, at, 0x7fff, INTEGER_BIT);
      stack.push(f, s, x.se, x.m);
      f.return(0);
    });
    const [e, m] = f.call(extract, s, x.se, x.m);
    f.if(stack.isRefused(s), () => f.return(0));
    // The exponent as a number.
    const size = f.let(int(0).sub(e).when(e.lt(0), e).wide());
    const n = f.let(size.clz());
    const sign = f.let(e.lt(0).shl(15));
    f.if(
      e.not(),
      () => stack.write(f, at, 0, 0n),
      () => stack.write(f, at, sign.or(int(BIAS + 63).sub(n.low())), size.shl(n)),
    );
    stack.push(f, s, signOf(x).or(BIAS), m);
  });
}
