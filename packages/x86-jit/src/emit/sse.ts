/** Translates the rows of the table of SSE instructions. */
import type { SseRow } from "@mem/x86";
import { SseTable, StateLayout } from "@mem/x86";
import type { CodeWriter } from "@mem/wasm-emit";
import { MemoryOp, Op, SimdLaneOp, SimdMemoryOp } from "@mem/wasm-emit";
import type { Instruction, MemoryOperand } from "../decode/instruction.js";
import { regField, rmField } from "../decode/instruction.js";
import { SSE } from "../decode/sse.js";
import { probe, pushOffset, toLinear } from "./access.js";
import type { Emitter } from "./emitter.js";
import { Imports } from "./unit-mode.js";
import { Flags } from "./flags/kinds.js";
import { setKind, setOwnWords } from "./flags/flags.js";
import { extendUnsigned, pushRm } from "./operands.js";
import { operationsOf } from "./words.js";

const { GENERAL } = SseTable.place;

/** Translates an instruction of the table; false: the interpreter shall execute it. */
export function translateSse(e: Emitter, i: Instruction, row: SseRow): boolean {
  const { memory } = i;
  // Checks of segments are those of four bytes; 64-bit code has none.
  if (
    !e.isLong &&
    memory !== null &&
    row.bytes > 4 &&
    (e.mode.flatSegments & (1 << memory.segment)) === 0
  ) {
    return false;
  }
  if (memory !== null) reach(e, i, row, memory);
  const middle = SSE.offsetOf(row.reg, regField(i), e.isLong);
  const low = memory === null ? SSE.offsetOf(row.rm, rmField(i), e.isLong) : StateLayout.scratch;
  if (row.isStore) {
    if (memory === null || !storeDirectly(e, row, middle)) call(e, i, row, low, middle);
  } else if (memory === null || !loadDirectly(e, row, middle)) {
    if (memory !== null && !isWhole(row)) fillScratch(e, row);
    if (!operate(e, i, row, middle, low)) call(e, i, row, middle, low);
  }
  return true;
}

/** Makes sure that the operand can be accessed: its address is in `host` then. */
function reach(e: Emitter, i: Instruction, row: SseRow, memory: MemoryOperand): void {
  pushOffset(e, memory);
  toLinear(e, i, memory.segment, row.isStore);
  if (row.isAligned) {
    e.get(e.locals.address);
    e.narrow(4);
    e.with(15, Op.i32And);
    e.leaveBeforeIf(i);
  }
  // An aligned operand lies in one page.
  probe(e, i, row.isAligned ? 1 : row.bytes, row.isStore);
}

function pushVector(e: Emitter, offset: number): (code: CodeWriter) => void {
  return (code) => {
    code.i32Const(e.state);
    code.simdMemory(SimdMemoryOp.v128Load, offset, 4);
  };
}
function storeVector(e: Emitter, offset: number, push: () => void): void {
  e.number(e.state);
  push();
  e.code.simdMemory(SimdMemoryOp.v128Store, offset, 4);
}
function pushHost(e: Emitter): (code: CodeWriter) => void {
  return (code) => {
    code.localGet(e.locals.host);
    code.simdMemory(SimdMemoryOp.v128Load);
  };
}

/** Can the operand in memory be loaded as a vector where it is? */
function isWhole(row: SseRow): boolean {
  return row.bytes === 16;
}

/** Moves of a part of a register to memory. */
function storeDirectly(e: Emitter, row: SseRow, from: number): boolean {
  const { code } = e;
  const moves: Readonly<Record<string, () => void>> = {
    mov: () => {
      pushVector(e, from)(code);
      code.simdMemory(SimdMemoryOp.v128Store);
    },
    mov32: () => {
      e.loadState(from);
      code.memory(MemoryOp.i32Store);
    },
    mov64: () => moveDouble(e, from),
    "mov64.zero": () => moveDouble(e, from),
    "mov64.high": () => moveDouble(e, from + 8),
  };
  const move = moves[row.memoryKernel];
  if (move === undefined) return false;
  e.get(e.locals.host);
  move();
  return true;
}
function moveDouble(e: Emitter, from: number): void {
  e.number(e.state);
  e.code.memory(MemoryOp.i64Load, from);
  e.code.memory(MemoryOp.i64Store);
}

/** Pushes an operand of less than 16 bytes in memory as a vector that ends in zeros. */
function pushZeroExtended(e: Emitter, bytes: number): void {
  e.get(e.locals.host);
  const { v128Load64Zero, v128Load32Zero } = SimdMemoryOp;
  e.code.simdMemory(bytes === 8 ? v128Load64Zero : v128Load32Zero);
}

/** Loads of a whole register. */
function loadDirectly(e: Emitter, row: SseRow, to: number): boolean {
  const { bytes, memoryKernel } = row;
  const isZeroed = memoryKernel === "mov" || memoryKernel.endsWith(".zero");
  if (!isZeroed || (bytes !== 4 && bytes !== 8)) return false;
  storeVector(e, to, () => pushZeroExtended(e, bytes));
  return true;
}

/** Puts an operand in memory where a kernel looks for it. */
function fillScratch(e: Emitter, row: SseRow): void {
  const { bytes } = row;
  if (bytes === 4 || bytes === 8) {
    storeVector(e, StateLayout.scratch, () => pushZeroExtended(e, bytes));
    return;
  }
  e.storeState(StateLayout.scratch, () => {
    e.get(e.locals.host);
    e.code.memory(bytes === 1 ? MemoryOp.i32Load8U : MemoryOp.i32Load16U);
  });
}

/** Operations on whole vectors, in place. */
function operate(e: Emitter, i: Instruction, row: SseRow, target: number, source: number): boolean {
  if (row.reg === GENERAL || row.rm === GENERAL || row.setsFlags || row.hasImmediate) return false;
  const isInMemory = i.memory !== null && isWhole(row);
  const second = isInMemory ? pushHost(e) : pushVector(e, source);
  const kernel = i.memory === null ? row.kernel : row.memoryKernel;
  const { code } = e;
  e.number(e.state);
  if (SSE.writeOperation(code, kernel, pushVector(e, target), second)) {
    code.simdMemory(SimdMemoryOp.v128Store, target, 4);
    return true;
  }
  e.op(Op.drop);
  if (isInMemory) storeVector(e, StateLayout.scratch, () => pushHost(e)(code));
  return false;
}

/** Calls a kernel. */
function call(e: Emitter, i: Instruction, row: SseRow, target: number, source: number): void {
  const { value } = e.locals;
  const isFromMemory = i.memory !== null && !row.isStore;
  // Where `operate` does not come by.
  if (isFromMemory && isWhole(row) && (row.reg === GENERAL || row.setsFlags || row.hasImmediate)) {
    storeVector(e, StateLayout.scratch, () => pushHost(e)(e.code));
  }
  if (row.rm === GENERAL && i.memory === null && !row.isStore) {
    const push = (): void => e.get(e.registers[rmField(i)]);
    if (e.isLong) e.storeQuad(source, push);
    else e.storeState(source, push);
  }
  e.number(e.state);
  e.number(SSE.operand(target, source, i.immediate));
  e.number(e.kernelNumber(i.memory === null ? row.kernel : row.memoryKernel));
  e.code.callIndirect(Imports.KERNEL_TYPE, Imports.KERNEL_TABLE);
  e.tee(value);
  e.with(0, Op.i32LtS);
  e.leaveBeforeIf(i);
  if (row.setsFlags) setFlags(e);
  const general = row.isStore ? row.rm : row.reg;
  if (general !== GENERAL || (row.isStore && i.memory !== null)) {
    if (row.isStore && i.memory !== null) storeScratch(e, row.bytes);
    return;
  }
  // What is written in 32 bits clears those above.
  const isWide = i.wide === 8;
  if (isWide) e.loadQuad(target);
  else e.loadState(target);
  e.setRegister(row.isStore ? rmField(i) : regField(i), isWide ? 8 : 4);
}

/** Stores what a kernel left for memory. */
function storeScratch(e: Emitter, bytes: number): void {
  const { code } = e;
  e.get(e.locals.host);
  if (bytes > 4) {
    pushVector(e, StateLayout.scratch)(code);
    if (bytes === 16) code.simdMemory(SimdMemoryOp.v128Store);
    else {
      code.simdLane(SimdLaneOp.i64x2ExtractLane, 0);
      code.memory(MemoryOp.i64Store);
    }
    return;
  }
  e.loadState(StateLayout.scratch);
  const { i32Store, i32Store16, i32Store8 } = MemoryOp;
  code.memory(bytes === 4 ? i32Store : bytes === 2 ? i32Store16 : i32Store8);
}

/** POPCNT: ZF tells of a zero, the other flags are clear. */
export function countBits(e: Emitter, i: Instruction): void {
  const { value } = e.operands(i.wide);
  const o = operationsOf(i.wide);
  pushRm(e, i, i.wide);
  extendUnsigned(e, i.wide);
  e.set(value);
  if (e.flagsNeeded) {
    const pushIsZero = (): void => {
      e.get(value);
      e.op(o.eqz);
    };
    setOwnWords(
      e,
      () => {
        pushIsZero();
        e.op(Op.i32Eqz);
      },
      () => {
        // The parity of a zero would set PF.
        pushIsZero();
        e.with(8, Op.i32Shl);
      },
    );
    setKind(e, Flags.OWN);
  }
  e.get(value);
  e.op(o.popcnt);
  e.setRegister(regField(i), i.wide);
}

/** The flags in `value`, where ZF, PF and CF may be set, SF and OF too. */
function setFlags(e: Emitter): void {
  if (!e.flagsNeeded) return;
  const { value } = e.locals;
  const bit = (at: number): void => {
    e.get(value);
    if (at > 0) e.with(at, Op.i32ShrU);
    e.with(1, Op.i32And);
  };
  setOwnWords(
    e,
    () => {
      bit(6);
      e.op(Op.i32Eqz);
    },
    () => {
      // CF in bit 31, CF and OF in bit 30: OF is clear. PF as it follows from the result, or not.
      bit(0);
      e.with(-0x40000000, Op.i32Mul);
      bit(2);
      bit(6);
      e.op(Op.i32Ne);
      e.with(8, Op.i32Shl);
      e.op(Op.i32Or);
    },
  );
  setKind(e, Flags.OWN);
}
