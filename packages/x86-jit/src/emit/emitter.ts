/** State that all parts of the translation of one unit share: locals, registers, ways out. */
import { StateLayout } from "@mem/x86";
import type { CodeWriter, Label } from "@mem/wasm-emit";
import { MemoryOp, Op, ValueType } from "@mem/wasm-emit";
import {
  AT_FLAG_KIND,
  AT_JUMPS,
  AT_TLBS,
  JUMP_ENTRIES,
  JUMP_ENTRY_BYTES,
  JUMP_SHIFT,
  jumpIndex,
  jumpSalt,
  TLB_BYTES,
} from "../layout.js";
import type { Instruction, Width } from "../decode/instruction.js";

/** Reason why a unit came to its end. */
export const Reason = {
  /** There was no unit for where it led. */
  NEXT: 0,
  /** The instruction at EIP is the interpreter's. */
  INTERPRET: 1,
  /** There are not enough instructions left in the run. */
  BUDGET: 2,
  /** The interpreter was called and said that the unit must not go on; everything is in its place. */
  STOPPED: 3,
} as const;

/** An entry of the jump cache has two to the power of this bytes. */
const ENTRY_SHIFT = Math.log2(JUMP_ENTRY_BYTES);

/** Flag in the width, in bytes, that a miss is told of: the access is a store. */
export const ACCESS_WRITE = 32;

/** Numbers of what every unit's module imports. */
export const Imports = {
  /** `(linear, write) -> filled`: enters a page in the TLB. */
  MISS: 0,
  /** `(next) -> stop`: has the interpreter execute the instruction at EIP, which leads to `next`. */
  INTERPRET: 1,
  /** `(kind, a, b) -> result`: the flags' last result in the processor's own form. */
  FLAG_RESULT: 2,
  /** `(kind, a, b) -> rest`: the rest. */
  FLAG_REST: 3,
  /** `(number) -> ()`: a unit whose runs are counted was entered. */
  ENTERED: 4,
  /** `() -> stop`: has the interpreter execute the instruction at EIP, wherever that leads. */
  STEP: 5,
  /** The type of kernels, `(storage, operand) -> answer`. */
  KERNEL_TYPE: 1,
  /** The table of kernels. */
  KERNEL_TABLE: 1,
} as const;

/** The mode that a unit is translated for. */
export interface UnitMode {
  readonly code32: boolean;
  readonly stack32: boolean;
  readonly user: boolean;
  /** The code segment is flat: EIP is the linear address. */
  readonly flatCode: boolean;
  /** Segment registers, as a mask, whose base is 0 and whose limit needs no check. */
  readonly flatSegments: number;
  /** The number of the mode and of what else units take for granted: a part of the jump cache's tags. */
  readonly context: number;
}

/** Bytes from the memory's beginning to the state. */
export interface Placement {
  readonly state: number;
  /** The place of a kernel of SSE in the table of kernels. */
  readonly kernelNumber: (name: string) => number;
  /** Do units go on at other units by themselves? Otherwise each one returns at its end. */
  readonly isLinked: boolean;
  /** The number that a unit tells when it is entered, or `null`: its runs are not counted. */
  readonly runNumber: number | null;
}

/** Locals that every unit has. */
export interface CommonLocals {
  readonly left: number;
  readonly eip: number;
  readonly reason: number;
  readonly flagA: number;
  readonly flagB: number;
  readonly flagKind: number;
  readonly address: number;
  readonly entry: number;
  readonly host: number;
  readonly a: number;
  readonly b: number;
  readonly value: number;
  readonly wide: number;
  readonly wide2: number;
}

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
  readonly #isLinked: boolean;
  /** The place of a kernel of SSE in the table of kernels. */
  readonly kernelNumber: (name: string) => number;
  exit: Label = 0;
  /** Kind of the flags here, or -1: only the local knows. */
  kind = -1;
  /** Instructions of the block before the one being translated. */
  done = 0;
  /** Is what the instruction does to flags looked at? */
  flagsNeeded = true;
  /** Type of units in the module. */
  readonly unitType: number;

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
    this.#isLinked = placement.isLinked;
    this.kernelNumber = placement.kernelNumber;
    this.unitType = unitType;
    code.begin(0);
    const i32 = (): number => code.local(ValueType.i32);
    for (let r = 0; r < 8; r++) this.registers.push((masks.used & (1 << r)) !== 0 ? i32() : -1);
    this.locals = {
      left: i32(),
      eip: i32(),
      reason: i32(),
      flagA: i32(),
      flagB: i32(),
      flagKind: i32(),
      address: i32(),
      entry: i32(),
      host: i32(),
      a: i32(),
      b: i32(),
      value: i32(),
      wide: code.local(ValueType.i64),
      wide2: code.local(ValueType.i64),
    };
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

  /** Pushes a general register; 8 and 16 bits are sign-extended. */
  register(r: number, width: Width): void {
    if (width === 4) this.get(this.registers[r]);
    else if (width === 2) {
      this.get(this.registers[r]);
      this.op(Op.i32Extend16S);
    } else {
      this.get(this.registers[r & 3]);
      if (r > 3) this.with(8, Op.i32ShrU);
      this.op(Op.i32Extend8S);
    }
  }
  /** Pushes the low bits of a register, 8 or 16 of them zero-extended. */
  unsignedRegister(r: number, width: Width): void {
    if (width === 4) this.get(this.registers[r]);
    else if (width === 2) {
      this.get(this.registers[r]);
      this.with(0xffff, Op.i32And);
    } else {
      this.get(this.registers[r & 3]);
      if (r > 3) this.with(8, Op.i32ShrU);
      this.with(0xff, Op.i32And);
    }
  }
  /** Pops into a register; of what is popped the low bits count. */
  setRegister(r: number, width: Width): void {
    if (width === 4) {
      this.set(this.registers[r]);
      return;
    }
    const local = this.registers[width === 1 ? r & 3 : r];
    const shift = width === 1 && r > 3 ? 8 : 0;
    const mask = width === 1 ? 0xff : 0xffff;
    this.with(mask, Op.i32And);
    if (shift !== 0) this.with(shift, Op.i32Shl);
    this.get(local);
    this.with(~(mask << shift), Op.i32And);
    this.op(Op.i32Or);
    this.set(local);
  }

  /** Stores all that the unit changes, but for EIP and the count. */
  writeBack(): void {
    for (let r = 0; r < 8; r++) {
      if ((this.written & (1 << r)) !== 0) {
        this.storeState(StateLayout.registers + 4 * r, () => this.get(this.registers[r]));
      }
    }
    const { flagA, flagB, flagKind } = this.locals;
    this.storeState(StateLayout.flagResult, () => this.get(flagA));
    this.storeState(StateLayout.flagRest, () => this.get(flagB));
    this.storeState(AT_FLAG_KIND, () => this.get(flagKind));
  }
  /** Loads all that the unit uses, but for the count. */
  load(): void {
    for (let r = 0; r < 8; r++) {
      if ((this.used & (1 << r)) === 0) continue;
      this.loadState(StateLayout.registers + 4 * r);
      this.set(this.registers[r]);
    }
    const { flagA, flagB, flagKind } = this.locals;
    this.loadState(StateLayout.flagResult);
    this.set(flagA);
    this.loadState(StateLayout.flagRest);
    this.set(flagB);
    this.loadState(AT_FLAG_KIND);
    this.set(flagKind);
  }

  /** Pushes the EIP of a linear address. */
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
    this.number(linear);
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

  /** Writes the shared exit: everything goes to its place, and the reason is answered. */
  finishExit(): void {
    const { eip, left, reason } = this.locals;
    this.writeBack();
    this.storeState(StateLayout.eip, () => {
      this.get(eip);
      this.minusBase();
    });
    this.storeState(StateLayout.left, () => this.get(left));
    this.get(reason);
  }

  /** Goes on at a linear address outside the unit: in another one, if the jump cache knows it. */
  leaveTo(linear: number): void {
    this.writeBack();
    this.storeState(StateLayout.left, () => this.get(this.locals.left));
    if (this.#isLinked) this.#goToUnit(linear);
    this.storeState(StateLayout.eip, () => this.eipOf(linear));
    this.number(Reason.NEXT);
    this.op(Op.return);
  }
  /** Goes on at the unit of a linear address, if the jump cache knows one. */
  #goToUnit(linear: number): void {
    const { context } = this.mode;
    const at = this.#state + AT_JUMPS + jumpIndex(context, linear) * JUMP_ENTRY_BYTES;
    this.number(0);
    this.code.memory(MemoryOp.i64Load, at, 3);
    this.code.i64Const((BigInt(context) << 32n) | BigInt(linear >>> 0));
    this.op(Op.i64Eq);
    this.code.if();
    this.number(0);
    this.code.memory(MemoryOp.i32Load, at + 8, 2);
    this.code.returnCallIndirect(this.unitType);
    this.code.end();
  }
  /**
   * Has the interpreter execute the instruction at a linear address, and goes on where that leads;
   * `extra` instructions of the block are not counted yet.
   */
  leaveByStep(linear: number, extra: number): void {
    const { left, value } = this.locals;
    this.writeBack();
    this.storeState(StateLayout.eip, () => this.eipOf(linear));
    this.storeState(StateLayout.left, () => {
      this.get(left);
      if (extra !== 0) this.with(extra, Op.i32Sub);
    });
    this.code.call(Imports.STEP);
    this.code.if();
    this.number(Reason.STOPPED);
    this.op(Op.return);
    this.code.end();
    if (this.#isLinked) {
      this.loadState(StateLayout.eip);
      if (!this.mode.flatCode) {
        this.loadState(StateLayout.bases + 4);
        this.op(Op.i32Add);
      }
      this.set(value);
      this.#goToUnitOf(value);
    }
    this.number(Reason.NEXT);
    this.op(Op.return);
  }
  /** The same as {@link leaveTo} for the linear address in a local. */
  leaveToLocal(local: number): void {
    this.writeBack();
    this.storeState(StateLayout.left, () => this.get(this.locals.left));
    if (this.#isLinked) this.#goToUnitOf(local);
    this.storeState(StateLayout.eip, () => {
      this.get(local);
      this.minusBase();
    });
    this.number(Reason.NEXT);
    this.op(Op.return);
  }
  #goToUnitOf(local: number): void {
    const { entry } = this.locals;
    const { context } = this.mode;
    const jumps = this.#state + AT_JUMPS;
    this.get(local);
    this.get(local);
    this.with(JUMP_SHIFT, Op.i32ShrU);
    this.op(Op.i32Xor);
    if (context !== 0) this.with(jumpSalt(context), Op.i32Xor);
    this.with(JUMP_ENTRIES - 1, Op.i32And);
    this.with(ENTRY_SHIFT, Op.i32Shl);
    this.tee(entry);
    this.code.memory(MemoryOp.i64Load, jumps, 3);
    this.get(local);
    this.op(Op.i64ExtendI32U);
    if (context !== 0) {
      this.code.i64Const(BigInt(context) << 32n);
      this.op(Op.i64Or);
    }
    this.op(Op.i64Eq);
    this.code.if();
    this.get(entry);
    this.code.memory(MemoryOp.i32Load, jumps + 8, 2);
    this.code.returnCallIndirect(this.unitType);
    this.code.end();
  }

  /** Offset of the TLB of the unit's privilege level in the memory. */
  get tlb(): number {
    return this.#state + AT_TLBS + (this.mode.user ? TLB_BYTES : 0);
  }
}
