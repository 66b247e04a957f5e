/** A function of WebAssembly that units call: 128 bits divided by 64. */
import { CodeWriter, ModuleWriter, Op, ValueType } from "@mem/wasm-emit";

const HALF = 32n;
const LOW = 0xffffffffn;

/** Writes the function, digit by digit of 32 bits; the divisor has been shifted until its top bit is set. */
function body(): Uint8Array<ArrayBuffer> {
  const code = new CodeWriter(512);
  code.begin(3);
  const [high, low, divisor] = [0, 1, 2] as const;
  const local = (): number => code.local(ValueType.i64);
  const [shift, first, second, digit, rest, quotient] = [
    local(),
    local(),
    local(),
    local(),
    local(),
    local(),
  ];
  const get = (...locals: readonly number[]): void => locals.forEach((n) => code.localGet(n));
  const withConstant = (value: bigint, op: (typeof Op)[keyof typeof Op]): void => {
    code.i64Const(value);
    code.op(op);
  };

  get(divisor);
  code.op(Op.i64Clz);
  code.localSet(shift);
  get(divisor, shift);
  code.op(Op.i64Shl);
  code.localSet(divisor);
  get(high, shift);
  code.op(Op.i64Shl);
  get(low);
  withConstant(1n, Op.i64ShrU);
  code.i64Const(63n);
  get(shift);
  code.op(Op.i64Sub);
  code.op(Op.i64ShrU);
  code.op(Op.i64Or);
  code.localSet(high);
  get(low, shift);
  code.op(Op.i64Shl);
  code.localSet(low);
  get(divisor);
  withConstant(HALF, Op.i64ShrU);
  code.localSet(first);
  get(divisor);
  withConstant(LOW, Op.i64And);
  code.localSet(second);

  // Each digit is guessed by the divisor's upper half, and is too large by two at most.
  const nextDigit = (pushNext: () => void): void => {
    get(high, first);
    code.op(Op.i64DivU);
    code.localTee(digit);
    get(first);
    code.op(Op.i64Mul);
    code.localSet(rest);
    get(high, rest);
    code.op(Op.i64Sub);
    code.localSet(rest);
    const isRight = code.block();
    const again = code.loop();
    get(digit);
    withConstant(LOW, Op.i64GtU);
    get(digit, second);
    code.op(Op.i64Mul);
    get(rest);
    withConstant(HALF, Op.i64Shl);
    pushNext();
    code.op(Op.i64Or);
    code.op(Op.i64GtU);
    code.op(Op.i32Or);
    code.op(Op.i32Eqz);
    code.brIf(isRight);
    get(digit);
    withConstant(1n, Op.i64Sub);
    code.localSet(digit);
    get(rest, first);
    code.op(Op.i64Add);
    code.localTee(rest);
    withConstant(LOW, Op.i64LeU);
    code.brIf(again);
    code.end();
    code.end();
  };
  const pushUpper = (): void => {
    get(low);
    withConstant(HALF, Op.i64ShrU);
  };
  const pushLower = (): void => {
    get(low);
    withConstant(LOW, Op.i64And);
  };
  nextDigit(pushUpper);
  get(digit);
  code.localSet(quotient);
  get(high);
  withConstant(HALF, Op.i64Shl);
  pushUpper();
  code.op(Op.i64Or);
  get(digit, divisor);
  code.op(Op.i64Mul);
  code.op(Op.i64Sub);
  code.localSet(high);
  nextDigit(pushLower);
  get(quotient);
  withConstant(HALF, Op.i64Shl);
  get(digit);
  code.op(Op.i64Add);
  return code.finish();
}

/** Makes the function `(high, low, divisor) -> quotient`, for a divisor above `high`; all are unsigned. */
export function wideDivision(): (high: bigint, low: bigint, divisor: bigint) => bigint {
  const { i64 } = ValueType;
  const module = new ModuleWriter();
  const type = module.type([i64, i64, i64], [i64]);
  module.export("divide", "function", module.addFunction(type, body()));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()));
  return exports["divide"] as (high: bigint, low: bigint, divisor: bigint) => bigint;
}
