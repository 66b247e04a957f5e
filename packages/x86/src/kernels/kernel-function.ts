/** The statements of one kernel. */
import type { CodeWriter, Label, ValueType } from "@mem/wasm-emit";
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Expression, Operand } from "./expression.js";
import { Local, operand } from "./expression.js";

/** A function that kernels call, or a kernel itself. */
export interface Callee {
  /** Its number in the module. */
  readonly index: number;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Writes one function: statements are emitted in the order in which they are called. */
export class KernelFunction {
  /** For what has no method here. */
  readonly code: CodeWriter;
  readonly #results: readonly ValueType[];
  #isAnswered = false;

  constructor(code: CodeWriter, results: readonly ValueType[]) {
    this.code = code;
    this.#results = results;
  }

  /** A local that holds the value as it is now. */
  let(value: Expression): Local {
    value.write(this.code);
    const local = this.local(value.type);
    this.code.localSet(local.index);
    return local;
  }
  /** A local; it holds 0 at first, and when its place in a loop is reached again what it held. */
  local(type: ValueType): Local {
    return new Local(type, this.code.local(type));
  }
  set(local: Local, value: Operand): void {
    operand(value, local.type).write(this.code);
    this.code.localSet(local.index);
  }
  if(condition: Expression, then: () => void, otherwise?: () => void): void {
    condition.write(this.code);
    this.code.if();
    then();
    if (otherwise !== undefined) {
      this.code.else();
      otherwise();
    }
    this.code.end();
  }
  /** The body is told the label that leaves it. */
  block(body: (leave: Label) => void): void {
    body(this.code.block());
    this.code.end();
  }
  while(condition: Expression, body: () => void): void {
    const leave = this.code.block();
    const again = this.code.loop();
    condition.not().write(this.code);
    this.code.brIf(leave);
    body();
    this.code.br(again);
    this.code.end();
    this.code.end();
  }
  leave(label: Label): void {
    this.code.br(label);
  }
  leaveIf(condition: Expression, label: Label): void {
    condition.write(this.code);
    this.code.brIf(label);
  }
  /** Ends the function with these results. */
  return(...values: Operand[]): void {
    this.#write(values);
    this.code.op(Op.return);
  }
  /** Has anything been said about results at the end? */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }
  /** The results at the end of the function. */
  results(...values: Operand[]): void {
    this.#isAnswered = true;
    this.#write(values);
  }
  #write(values: readonly Operand[]): void {
    values.forEach((value, n) => operand(value, this.#results[n]).write(this.code));
  }
  /** Calls a function; its results are in the locals. */
  call(callee: Callee, ...values: Operand[]): Local[] {
    values.forEach((value, n) => operand(value, callee.parameters[n]).write(this.code));
    this.code.call(callee.index);
    const locals = callee.results.map((type) => this.local(type));
    for (const local of locals.toReversed()) this.code.localSet(local.index);
    return locals;
  }

  store(
    op: (typeof MemoryOp)[keyof typeof MemoryOp],
    address: Expression,
    offset: number,
    value: Expression,
  ): void {
    address.write(this.code);
    value.write(this.code);
    this.code.memory(op, offset);
  }
  store64(address: Expression, offset: number, value: Expression): void {
    this.store(MemoryOp.i64Store, address, offset, value);
  }
  store32(address: Expression, offset: number, value: Expression): void {
    this.store(MemoryOp.i32Store, address, offset, value);
  }
  store16(address: Expression, offset: number, value: Expression): void {
    this.store(MemoryOp.i32Store16, address, offset, value);
  }
  store8(address: Expression, offset: number, value: Expression): void {
    this.store(MemoryOp.i32Store8, address, offset, value);
  }
}
