/** The x87 unit's registers and words as kernels read and write them. */
import { ValueType } from "@mem/wasm-emit";
import {
  AT_FPU_CONTROL,
  AT_FPU_STATUS,
  AT_FPU_TAGS,
  AT_FPU_TOP,
  AT_ST,
} from "../../state/layout.js";
import type { Expression, Local, Operand } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { FpuBit } from "./bits.js";

const { i32, i64 } = ValueType;

/** An 80-bit number in two locals: 16 bits of sign and exponent, 64 of significand. */
export interface Extended {
  readonly se: Expression;
  readonly m: Expression;
}
/** The types of an {@link Extended} as parameters or results. */
export const EXTENDED = [i32, i64] as const;

/** The significand's integer bit. */
export const INTEGER_BIT = 1n << 63n;
/** The bit that tells quiet NaNs. */
export const QUIET_BIT = 1n << 62n;
/** Answer of an invalid operation. */
export const DEFAULT_NAN: readonly [number, bigint] = [0xffff, 3n << 62n];
/** The exponent of 1. */
export const BIAS = 16383;

export const control = (s: Local): Expression => s.load32(AT_FPU_CONTROL);
export const status = (s: Local): Expression => s.load32(AT_FPU_STATUS);
/** Rounding control: 0 to nearest, 1 down, 2 up, 3 towards zero. */
export const rounding = (s: Local): Expression => control(s).shr(10).and(3);
/** Exponent without the sign. */
export const exponent = (x: Extended): Expression => x.se.and(0x7fff);
export const signOf = (x: Extended): Expression => x.se.and(0x8000);
/** Patterns that are no number: an exponent, but no integer bit. */
export const isUnsupported = (x: Extended): Expression => exponent(x).ne(0).and(x.m.ge(0));
/** Infinity or NaN, if it is supported. */
export const isSpecial = (x: Extended): Expression => exponent(x).eq(0x7fff);
export const isNan = (x: Extended): Expression => isSpecial(x).and(x.m.shl(1).ne(0));
export const isSignalling = (x: Extended): Expression => isNan(x).and(x.m.and(QUIET_BIT).not());
export const isZero = (x: Extended): Expression => exponent(x).eq(0).and(x.m.not());
/** Pseudo-denormals too. */
export const isDenormal = (x: Extended): Expression => exponent(x).eq(0).and(x.m.ne(0));
/** Neither zero, denormal, infinity, NaN nor unsupported. */
export const isNormal = (x: Extended): Expression => exponent(x).sub(1).ltU(0x7ffe).and(x.m.lt(0));

/** The address whose {@link AT_ST} is physical register `number`. */
const addressOf = (s: Local, number: Expression): Expression => s.add(number.shl(4));
export const top = (s: Local): Expression => s.load32(AT_FPU_TOP);
export const tags = (s: Local): Expression => s.load32(AT_FPU_TAGS);
/** The physical number of ST(i). */
export const physical = (s: Local, i: Operand): Expression =>
  i === 0 ? top(s) : top(s).add(i).and(7);

const nothing = (): void => undefined;

/** Operations of kernels on the register stack. */
export class Stack {
  /** `(state, bits)`: sets bits of the status word, and ES if one is an unmasked exception. */
  readonly raise: Callee;

  constructor(module: KernelModule) {
    this.raise = module.function([i32, i32], [], (f, s, bits) => {
      f.store32(s, AT_FPU_STATUS, status(s).or(bits));
      f.if(bits.and(control(s).xor(-1)).and(FpuBit.EXCEPTIONS), () =>
        f.store32(s, AT_FPU_STATUS, status(s).or(FpuBit.ES | FpuBit.B)),
      );
    });
  }

  /** The address of ST(i), kept. */
  register(f: KernelFunction, s: Local, i: Operand): Local {
    return f.let(addressOf(s, physical(s, i)));
  }
  /** Reads the register at an address. */
  read(f: KernelFunction, at: Local): Extended {
    return { se: f.let(at.load16(AT_ST + 8)), m: f.let(at.load64(AT_ST)) };
  }
  /** Writes the register at an address. */
  write(f: KernelFunction, at: Local, se: Operand, m: Operand): void {
    f.store64(at, AT_ST, typeof m === "object" ? m : long(m));
    f.store16(at, AT_ST + 8, typeof se === "object" ? se : int(Number(se)));
  }
  /** Is ST(i) empty? */
  isEmpty(s: Local, i: Operand): Expression {
    return tags(s).shr(physical(s, i)).and(1).not();
  }
  /** Marks ST(i) as not empty. */
  fill(f: KernelFunction, s: Local, i: Operand): void {
    f.store32(s, AT_FPU_TAGS, tags(s).or(int(1).shl(physical(s, i))));
  }
  /** Marks ST(i) as empty. */
  free(f: KernelFunction, s: Local, i: Operand): void {
    f.store32(s, AT_FPU_TAGS, tags(s).and(int(1).shl(physical(s, i)).xor(-1)));
  }
  /** Drops ST(0). */
  pop(f: KernelFunction, s: Local): void {
    this.free(f, s, 0);
    f.store32(s, AT_FPU_TOP, top(s).add(1).and(7));
  }
  /** Makes room for a new ST(0), and writes it. */
  push(f: KernelFunction, s: Local, se: Operand, m: Operand): void {
    f.store32(s, AT_FPU_TOP, top(s).sub(1).and(7));
    this.fill(f, s, 0);
    this.write(f, this.register(f, s, 0), se, m);
  }
  /** Every instruction begins with C1 clear: it tells of rounding up, and of stack overflow. */
  begin(f: KernelFunction, s: Local, cleared: number = FpuBit.C1): void {
    f.store32(s, AT_FPU_STATUS, status(s).and(~cleared));
  }
  /**
   * Begins a kernel whose result goes to ST(`i`): the address of that. Ends it if an operand is missing.
   * @param missing by default: ST(`i`) is empty
   * @param masked writes the masked response, when ST(`i`) has become the default NaN
   * @param cleared bits of the status word that are cleared
   */
  target(
    f: KernelFunction,
    s: Local,
    i: Operand,
    missing = this.isEmpty(s, i),
    masked = nothing,
    cleared: number = FpuBit.C1,
  ): Local {
    this.begin(f, s, cleared);
    const at = this.register(f, s, i);
    this.need(f, s, missing, () => {
      this.write(f, at, ...DEFAULT_NAN);
      this.fill(f, s, i);
      masked();
    });
    return at;
  }
  /** Writes a result at an address, or ends the kernel if an unmasked exception holds it back. */
  finish(f: KernelFunction, s: Local, at: Local, [se, m]: readonly Local[]): void {
    f.if(this.isRefused(s), () => f.return(0));
    this.write(f, at, se, m);
  }
  /** Raises IE and ends the function with the default NaN. */
  invalid(f: KernelFunction, s: Local): void {
    this.raiseBits(f, s, FpuBit.IE);
    f.return(...DEFAULT_NAN);
  }
  /** Has an exception that prevents the result been raised, and is it unmasked? */
  isRefused(s: Local): Expression {
    return status(s)
      .and(control(s).xor(-1))
      .and(FpuBit.IE | FpuBit.DE | FpuBit.ZE);
  }
  /** Has an unmasked invalid operation been raised? */
  isInvalid(s: Local): Expression {
    return status(s).and(control(s).xor(-1)).and(FpuBit.IE);
  }
  raiseBits(f: KernelFunction, s: Local, bits: Operand): void {
    f.call(this.raise, s, bits);
  }
  /**
   * Ends the kernel if there is no room for one more register.
   * @param masked writes the masked response, given that the default NaN has been pushed
   */
  needRoom(f: KernelFunction, s: Local, masked = nothing): void {
    f.if(this.isEmpty(s, 7).not(), () => {
      this.raiseBits(f, s, FpuBit.IE | FpuBit.SF | FpuBit.C1);
      f.if(control(s).and(FpuBit.IE), () => {
        this.push(f, s, ...DEFAULT_NAN);
        masked();
      });
      f.return(0);
    });
  }
  /** Ends the kernel if an operand is missing; `masked` does the masked response. */
  need(f: KernelFunction, s: Local, missing: Expression, masked: () => void): void {
    f.if(missing, () => {
      this.begin(f, s);
      this.raiseBits(f, s, FpuBit.IE | FpuBit.SF);
      f.if(control(s).and(FpuBit.IE), masked);
      f.return(0);
    });
  }
}
