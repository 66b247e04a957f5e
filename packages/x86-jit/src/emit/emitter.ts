/** State that all parts of the translation of one unit share: locals, registers, ways out. */
import { StateLayout } from "@mem/x86";
import type { CodeWriter, Label } from "@mem/wasm-emit";
import { MemoryOp, Op, ValueType } from "@mem/wasm-emit";
import { AT_FLAG_KIND, AT_WIDE_FLAGS } from "../layout.js";
import type { Instruction, Width } from "../decode/instruction.js";
import {
  Imports,
  type OperandLocals,
  type CommonLocals,
  type Placement,
  Reason,
  type UnitMode,
} from "./unit-mode.js";
import { operationsOf } from "./words.js";

/** The state of one translation. */
export class Emitter {
  readonly code: CodeWriter;
  readonly mode: UnitMode;
  readonly locals: CommonLocals;
  /** Local of each general register that the unit uses. */
  readonly registers: number[] = [];
  /** Masks of registers used and written. */
  readonly used: number;
  readonly written: number;
  readonly #state: number;
  /** Do units go on at others by themselves? */
  readonly isLinked: boolean;
  /** The place of a kernel of SSE in the table of kernels. */
  readonly kernelNumber: (name: string) => number;
  exit: Label = 0;
  /** Kind of the flags here, or -1: only the local knows. */
  kind = -1;
  /** Instructions of the block before the one being translated. */
  done = 0;
  /** Is what the instruction does to flags looked at? */
  flagsNeeded = true;
  /** Do byte registers 4 to 7 name bits 8 to 15 of the first four? Not in an instruction with REX. */
  hasHighBytes = true;
  /** Type of units in the module. */
  readonly unitType: number;
  /** Is it 64-bit code? */
  readonly isLong: boolean;
  readonly #page: number;
  readonly #wideOperands: OperandLocals;

  constructor(
    code: CodeWriter,
    mode: UnitMode,
    masks: { used: number; written: number },
    placement: Placement,
    unitType: number,
  ) {
    this.code = code;
    this.mode = mode;
    this.used = masks.used;
    this.written = masks.written;
    this.#state = placement.state;
    this.isLinked = placement.isLinked;
    this.kernelNumber = placement.kernelNumber;
    this.unitType = unitType;
    this.isLong = mode.isLong;
    this.#page = placement.page;
    code.begin(0);
    const i32 = (): number => code.local(ValueType.i32);
    const i64 = (): number => code.local(ValueType.i64);
    const word = this.isLong ? i64 : i32;
    for (let r = 0; r < this.registerCount; r++) {
      this.registers.push((masks.used & (1 << r)) !== 0 ? word() : -1);
    }
    this.locals = {
      left: i32(),
      eip: this.isLong ? code.local(ValueType.f64) : i32(),
      reason: i32(),
      flagA: word(),
      flagB: word(),
      flagKind: i32(),
      address: word(),
      entry: i32(),
      host: i32(),
      a: i32(),
      b: i32(),
      value: i32(),
      spare: i32(),
      wide: code.local(ValueType.i64),
      wide2: code.local(ValueType.i64),
    };
    const none = { a: -1, b: -1, value: -1, entry: -1 };
    this.#wideOperands = this.isLong ? { a: i64(), b: i64(), value: i64(), entry: i64() } : none;
  }

  /** General registers that there are. */
  get registerCount(): 8 | 16 {
    return this.isLong ? 16 : 8;
  }
  /** Bytes of a general register and of an address. */
  get wordWidth(): 4 | 8 {
    return this.isLong ? 8 : 4;
  }
  /** Locals for operands of a width. */
  operands(width: Width): OperandLocals {
    return width === 8 ? this.#wideOperands : this.locals;
  }

  // ---- short forms ----------------------------------------------------------------------

  get(local: number): void {
    this.code.localGet(local);
  }
  set(local: number): void {
    this.code.localSet(local);
  }
  tee(local: number): void {
    this.code.localTee(local);
  }
  number(value: number): void {
    this.code.i32Const(value);
  }
  op(operation: (typeof Op)[keyof typeof Op]): void {
    this.code.op(operation);
  }
  /** Combines the top of the stack with a constant. */
  with(value: number, operation: (typeof Op)[keyof typeof Op]): void {
    this.code.i32Const(value);
    this.code.op(operation);
  }
  /** Pushes a number that is no wider than 53 bits, as wide as operands of a width. */
  constant(value: number, width: Width): void {
    if (width === 8) this.code.i64Const(BigInt(value));
    else this.code.i32Const(value);
  }
  /** Combines the top of the stack, as wide as operands of a width, with a constant. */
  withWide(
    value: number,
    width: Width,
    operation: "add" | "and" | "or" | "shl" | "shrS" | "shrU" | "xor",
  ): void {
    this.constant(value, width);
    this.code.op(operationsOf(width)[operation]);
  }
  /** Extends what operands of `from` bytes, sign-extended to 32 bits, are to words of `to` bytes. */
  widen(from: Width, to: Width): void {
    if (to === 8 && from !== 8) this.op(Op.i64ExtendI32S);
  }
  /** Turns a word of the width of registers into one of an operand's. */
  narrow(width: Width): void {
    if (this.isLong && width !== 8) this.op(Op.i32WrapI64);
  }
  /** Address of the processor's storage. */
  get state(): number {
    return this.#state;
  }
  /** Pushes a word of the state. */
  loadState(at: number): void {
    this.code.i32Const(0);
    this.code.memory(MemoryOp.i32Load, this.#state + at, 2);
  }
  /** Stores what `push` pushes in a word of the state. */
  storeState(at: number, push: () => void): void {
    this.code.i32Const(0);
    push();
    this.code.memory(MemoryOp.i32Store, this.#state + at, 2);
  }

  // ---- registers ------------------------------------------------------------------------

  /** Local that holds a byte register, and the number of its lowest bit there. */
  #byteRegister(r: number): { local: number; shift: 0 | 8 } {
    const isHigh = this.hasHighBytes && r > 3 && r < 8;
    return { local: this.registers[isHigh ? r & 3 : r], shift: isHigh ? 8 : 0 };
  }
  /** Pushes the 32 bits of a register in which a byte register is the lowest. */
  #pushByte(r: number): void {
    const { local, shift } = this.#byteRegister(r);
    this.get(local);
    this.narrow(4);
    if (shift !== 0) this.with(shift, Op.i32ShrU);
  }
  /** Pushes a general register; 8 and 16 bits are sign-extended. */
  register(r: number, width: Width): void {
    if (width === 1) {
      this.#pushByte(r);
      this.op(Op.i32Extend8S);
      return;
    }
    this.get(this.registers[r]);
    this.narrow(width);
    if (width === 2) this.op(Op.i32Extend16S);
  }
  /** Pushes the low bits of a register, 8 or 16 of them zero-extended. */
  unsignedRegister(r: number, width: Width): void {
    if (width === 1) {
      this.#pushByte(r);
      this.with(0xff, Op.i32And);
      return;
    }
    this.get(this.registers[r]);
    this.narrow(width);
    if (width === 2) this.with(0xffff, Op.i32And);
  }
  /**
   * Pops into a register; of what is popped the low bits count. In 64-bit code 4 bytes clear those
   * above.
   */
  setRegister(r: number, width: Width): void {
    if (width >= 4) {
      if (this.isLong && width === 4) this.op(Op.i64ExtendI32U);
      this.set(this.registers[r]);
      return;
    }
    const { local, shift } =
      width === 1 ? this.#byteRegister(r) : { local: this.registers[r], shift: 0 };
    const mask = width === 1 ? 0xff : 0xffff;
    this.with(mask, Op.i32And);
    if (shift !== 0) this.with(shift, Op.i32Shl);
    if (this.isLong) this.op(Op.i64ExtendI32U);
    this.get(local);
    this.withWide(~(mask << shift), this.wordWidth, "and");
    this.op(operationsOf(this.wordWidth).or);
    this.set(local);
  }

  /** Stores all that the unit changes, but for EIP and the count. */
  writeBack(): void {
    const { flagA, flagB, flagKind } = this.locals;
    for (let r = 0; r < this.registerCount; r++) {
      if ((this.written & (1 << r)) === 0) continue;
      const at = this.isLong ? StateLayout.wideRegisters + 8 * r : StateLayout.registers + 4 * r;
      this.#storeWord(at, () => this.get(this.registers[r]));
    }
    const [a, b] = this.#flagPlaces();
    this.#storeWord(a, () => this.get(flagA));
    this.#storeWord(b, () => this.get(flagB));
    this.storeState(AT_FLAG_KIND, () => this.get(flagKind));
  }
  /** Leaves everything as it is before the instruction at a linear address of the block, for others to see. */
  showState(at: number): void {
    this.writeBack();
    this.storeIp(at);
    this.storeState(StateLayout.left, () => {
      this.get(this.locals.left);
      if (this.done !== 0) this.with(this.done, Op.i32Sub);
    });
  }
  /** Loads all that the unit uses, but for the count. */
  load(): void {
    for (let r = 0; r < this.registerCount; r++) {
      if ((this.used & (1 << r)) !== 0) this.loadRegister(r);
    }
    this.loadFlags();
  }
  /** Loads a general register. */
  loadRegister(r: number): void {
    this.#loadWord(this.isLong ? StateLayout.wideRegisters + 8 * r : StateLayout.registers + 4 * r);
    this.set(this.registers[r]);
  }
  /** Loads the flags. */
  loadFlags(): void {
    const { flagA, flagB, flagKind } = this.locals;
    const [a, b] = this.#flagPlaces();
    this.#loadWord(a);
    this.set(flagA);
    this.#loadWord(b);
    this.set(flagB);
    this.loadState(AT_FLAG_KIND);
    this.set(flagKind);
  }
  /** Has JavaScript bring the flags of 64-bit code into the processor's form. */
  callOwnFlags(): void {
    const { flagA, flagB, flagKind } = this.locals;
    this.#storeWord(AT_WIDE_FLAGS, () => this.get(flagA));
    this.#storeWord(AT_WIDE_FLAGS + 8, () => this.get(flagB));
    this.storeState(AT_FLAG_KIND, () => this.get(flagKind));
    this.code.call(Imports.OWN_FLAGS);
    this.op(Op.drop);
    this.loadFlags();
  }
  #flagPlaces(): readonly [number, number] {
    return this.isLong
      ? [AT_WIDE_FLAGS, AT_WIDE_FLAGS + 8]
      : [StateLayout.flagResult, StateLayout.flagRest];
  }
  #loadWord(at: number): void {
    if (this.isLong) this.loadQuad(at);
    else this.loadState(at);
  }
  #storeWord(at: number, push: () => void): void {
    if (this.isLong) this.storeQuad(at, push);
    else this.storeState(at, push);
  }
  /** Pushes 8 bytes of the state. */
  loadQuad(at: number): void {
    this.code.i32Const(0);
    this.code.memory(MemoryOp.i64Load, this.#state + at, 3);
  }
  /** Stores what `push` pushes in 8 bytes of the state. */
  storeQuad(at: number, push: () => void): void {
    this.code.i32Const(0);
    push();
    this.code.memory(MemoryOp.i64Store, this.#state + at, 3);
  }
  /** Pushes the base of a segment of 64-bit code. */
  loadWideBase(segment: number): void {
    this.loadAddress(StateLayout.wideBases + 8 * segment);
  }
  /** Pushes a linear address that the state holds as a number. */
  loadAddress(at: number): void {
    this.code.i32Const(0);
    this.code.memory(MemoryOp.f64Load, this.#state + at, 3);
    this.op(Op.i64TruncF64S);
  }

  /** The full linear address that, in 64-bit code, has these low 32 bits and is near. */
  full(linear: number): number {
    return this.#page + ((linear - (this.#page | 0)) | 0);
  }
  /** Pushes the instruction pointer of a linear address, in 64-bit code 8 bytes. */
  pushIp(linear: number): void {
    if (this.isLong) this.constant(this.full(linear), 8);
    else this.eipOf(linear);
  }
  /** Stores the instruction pointer of a linear address where it belongs. */
  storeIp(linear: number): void {
    if (!this.isLong) {
      this.storeState(StateLayout.eip, () => this.eipOf(linear));
      return;
    }
    this.storeRip(() => this.code.f64Const(this.full(linear)));
  }
  /** Stores RIP as the number that `push` pushes. */
  storeRip(push: () => void): void {
    this.code.i32Const(0);
    push();
    this.code.memory(MemoryOp.f64Store, this.#state + StateLayout.rip, 3);
  }
  /** Pushes the linear address in the local `address` as words of 32 bits, the low one first. */
  pushAddress(): void {
    const { address } = this.locals;
    this.get(address);
    if (!this.isLong) return;
    this.op(Op.i32WrapI64);
    this.get(address);
    this.withWide(32, 8, "shrU");
    this.op(Op.i32WrapI64);
  }
  /** Pushes the EIP of a linear address, of 16- and 32-bit code. */
  eipOf(linear: number): void {
    this.number(linear);
    this.minusBase();
  }
  /** Turns the linear address on the stack into an EIP. */
  minusBase(): void {
    if (this.mode.flatCode) return;
    this.loadState(StateLayout.bases + 4);
    this.op(Op.i32Sub);
  }

  // ---- ways out -------------------------------------------------------------------------

  /** Leaves the unit before an instruction; `extra` instructions of the block are not counted yet. */
  leaveAt(linear: number, reason: number, extra: number): void {
    const { eip, left } = this.locals;
    if (this.isLong) this.code.f64Const(this.full(linear));
    else this.number(linear);
    this.set(eip);
    if (extra !== 0) {
      this.get(left);
      this.with(extra, Op.i32Sub);
      this.set(left);
    }
    this.number(reason);
    this.set(this.locals.reason);
    this.code.br(this.exit);
  }
  /** Leaves the unit before instruction `i`, which the interpreter shall execute. */
  leaveBefore(i: Instruction): void {
    this.leaveAt(i.at, Reason.INTERPRET, this.done);
  }
  /** Leaves the unit before `i` if the value on the stack is not zero. */
  leaveBeforeIf(i: Instruction): void {
    this.code.if();
    this.leaveBefore(i);
    this.code.end();
  }
}
