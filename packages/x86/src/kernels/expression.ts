/** Values that a kernel computes: written once as an expression, emitted where they are used. */
import type { CodeWriter } from "@mem/wasm-emit";
import { MemoryOp, Op, ValueType } from "@mem/wasm-emit";

/** Operand of an operation: an expression, or a constant of the other operand's type. */
export type Operand = Expression | number | bigint;

/** The operations of two operands that i32 and i64 both have, by the end of their name in {@link Op}. */
type Binary =
  | "Add"
  | "Sub"
  | "Mul"
  | "DivS"
  | "DivU"
  | "RemS"
  | "RemU"
  | "And"
  | "Or"
  | "Xor"
  | "Shl"
  | "ShrS"
  | "ShrU"
  | "Rotl"
  | "Rotr";
type Comparison = "Eq" | "Ne" | "LtS" | "LtU" | "GtS" | "GtU" | "LeS" | "LeU" | "GeS" | "GeU";
type Unary = "Clz" | "Ctz" | "Popcnt";

const { i32, i64, f64 } = ValueType;

/**
 * A value of WebAssembly that has not been computed yet. It is emitted anew at each use: what costs
 * something, or must be read before it changes, is kept in a local by `KernelFunction.let`.
 */
export class Expression {
  readonly type: ValueType;
  /** Pushes the value. */
  readonly write: (code: CodeWriter) => void;

  constructor(type: ValueType, write: (code: CodeWriter) => void) {
    this.type = type;
    this.write = write;
  }

  #binary(name: Binary, other: Operand, result: ValueType = this.type): Expression {
    return this.#two(name, other, result);
  }
  #two(name: Binary | Comparison, other: Operand, result: ValueType): Expression {
    const right = operand(other, this.type);
    const op = Op[`${this.type === i64 ? "i64" : "i32"}${name}`];
    return new Expression(result, (code) => {
      this.write(code);
      right.write(code);
      code.op(op);
    });
  }
  #compare(name: Comparison, other: Operand): Expression {
    return this.#two(name, other, i32);
  }
  #unary(name: Unary): Expression {
    return this.apply(Op[`${this.type === i64 ? "i64" : "i32"}${name}`], this.type);
  }
  /** An operation of one operand by its code. */
  apply(op: (typeof Op)[keyof typeof Op], result: ValueType): Expression {
    return new Expression(result, (code) => {
      this.write(code);
      code.op(op);
    });
  }

  add(other: Operand): Expression {
    return this.#binary("Add", other);
  }
  sub(other: Operand): Expression {
    return this.#binary("Sub", other);
  }
  mul(other: Operand): Expression {
    return this.#binary("Mul", other);
  }
  /** Quotient of unsigned numbers; the divisor must not be 0. */
  divU(other: Operand): Expression {
    return this.#binary("DivU", other);
  }
  /** Remainder of unsigned numbers; the divisor must not be 0. */
  remU(other: Operand): Expression {
    return this.#binary("RemU", other);
  }
  and(other: Operand): Expression {
    return this.#binary("And", other);
  }
  or(other: Operand): Expression {
    return this.#binary("Or", other);
  }
  xor(other: Operand): Expression {
    return this.#binary("Xor", other);
  }
  /** Shifts left, by the count modulo the width. */
  shl(other: Operand): Expression {
    return this.#binary("Shl", other);
  }
  /** Shifts right with zeros, by the count modulo the width. */
  shr(other: Operand): Expression {
    return this.#binary("ShrU", other);
  }
  /** Shifts right with copies of the sign, by the count modulo the width. */
  sar(other: Operand): Expression {
    return this.#binary("ShrS", other);
  }
  clz(): Expression {
    return this.#unary("Clz");
  }
  ctz(): Expression {
    return this.#unary("Ctz");
  }
  popcnt(): Expression {
    return this.#unary("Popcnt");
  }

  eq(other: Operand): Expression {
    return this.#compare("Eq", other);
  }
  ne(other: Operand): Expression {
    return this.#compare("Ne", other);
  }
  /** Signed: less. */
  lt(other: Operand): Expression {
    return this.#compare("LtS", other);
  }
  /** Signed: greater. */
  gt(other: Operand): Expression {
    return this.#compare("GtS", other);
  }
  /** Signed: less or equal. */
  le(other: Operand): Expression {
    return this.#compare("LeS", other);
  }
  /** Signed: greater or equal. */
  ge(other: Operand): Expression {
    return this.#compare("GeS", other);
  }
  /** Unsigned: less. */
  ltU(other: Operand): Expression {
    return this.#compare("LtU", other);
  }
  /** Unsigned: greater. */
  gtU(other: Operand): Expression {
    return this.#compare("GtU", other);
  }
  /** Unsigned: less or equal. */
  leU(other: Operand): Expression {
    return this.#compare("LeU", other);
  }
  /** Unsigned: greater or equal. */
  geU(other: Operand): Expression {
    return this.#compare("GeU", other);
  }
  /** 1 for 0, and 0 for all else. */
  not(): Expression {
    return this.apply(this.type === i64 ? Op.i64Eqz : Op.i32Eqz, i32);
  }

  /** The low 32 bits of 64. */
  low(): Expression {
    return this.apply(Op.i32WrapI64, i32);
  }
  /** 32 bits as 64, with zeros. */
  wide(): Expression {
    return this.apply(Op.i64ExtendI32U, i64);
  }
  /** 32 bits as 64, with copies of the sign. */
  wideSigned(): Expression {
    return this.apply(Op.i64ExtendI32S, i64);
  }
  /** `this` if the condition is not 0, else `other`. Both are computed. */
  when(condition: Expression, other: Operand): Expression {
    const right = operand(other, this.type);
    return new Expression(this.type, (code) => {
      this.write(code);
      right.write(code);
      condition.write(code);
      code.op(Op.select);
    });
  }

  /** A load from this address, which is 32 bits wide, and `offset`. */
  load(op: (typeof MemoryOp)[keyof typeof MemoryOp], type: ValueType, offset: number): Expression {
    return new Expression(type, (code) => {
      this.write(code);
      code.memory(op, offset);
    });
  }
  load32(offset: number): Expression {
    return this.load(MemoryOp.i32Load, i32, offset);
  }
  load16(offset: number): Expression {
    return this.load(MemoryOp.i32Load16U, i32, offset);
  }
  load8(offset: number): Expression {
    return this.load(MemoryOp.i32Load8U, i32, offset);
  }
  load64(offset: number): Expression {
    return this.load(MemoryOp.i64Load, i64, offset);
  }
}

/** A local variable of a kernel, and its value at the time of the use. */
export class Local extends Expression {
  readonly index: number;
  constructor(type: ValueType, index: number) {
    super(type, (code) => code.localGet(index));
    this.index = index;
  }
}

/** A constant of 32 bits. */
export function int(value: number): Expression {
  return new Expression(i32, (code) => code.i32Const(value));
}
/** A constant of 64 bits; what lies above them is cut off. */
export function long(value: number | bigint): Expression {
  const bits = BigInt.asIntN(64, BigInt(value));
  return new Expression(i64, (code) => code.i64Const(bits));
}
/** A constant double. */
export function double(value: number): Expression {
  return new Expression(f64, (code) => code.f64Const(value));
}

/** An operand as an expression of the type. */
export function operand(value: Operand, type: ValueType): Expression {
  if (value instanceof Expression) return value;
  return type === i64 ? long(value) : int(Number(value));
}
