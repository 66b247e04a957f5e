/** Translates a region into the body of one function. */
import { StateLayout } from "@mem/x86";
import type { CodeWriter, Label } from "@mem/wasm-emit";
import { Op } from "@mem/wasm-emit";
import type { Instruction } from "../decode/instruction.js";
import { isCalm } from "../decode/handling.js";
import { groupField, Handling } from "../decode/instruction.js";
import { isJump } from "../decode/jumps.js";
import { type Block, Ending } from "../region/block.js";
import type { Region } from "../region/region.js";
import type { Part, Structure } from "../region/structure.js";
import { entryOf, structure } from "../region/structure.js";
import { loadHost, moveStack, pushGuest, stackAddress } from "./access.js";
import { endAtDevice } from "./device-access.js";
import { beginsByOwnForm, neededFlags, registersOf } from "./effects.js";
import type { Placement, UnitMode } from "./unit-mode.js";
import { Emitter } from "./emitter.js";
import { finishExit, leaveByStep, leaveTo, leaveToLocal, stopIf } from "./links.js";
import { Imports, Reason } from "./unit-mode.js";
import { pushCondition } from "./flags/conditions.js";
import { ownForm } from "./flags/flags.js";
import { Flags } from "./flags/kinds.js";
import { extendUnsigned, pushRm } from "./operands.js";
import { translate } from "./translate.js";
import { operationsOf } from "./words.js";

const CS = 1;
const ECX = 1;

/**
 * Translates a region.
 * @param unitType number of the type `() -> i32` in the module
 * @returns the body of a function that answers a {@link Reason}
 */
export function translateRegion(
  code: CodeWriter,
  region: Region,
  mode: UnitMode,
  placement: Placement,
  unitType: number,
): Uint8Array<ArrayBuffer> {
  return new UnitWriter(code, region, mode, placement, unitType).write();
}

class UnitWriter {
  readonly #region: Region;
  readonly #structure: Structure;
  readonly #e: Emitter;
  /** The place where a jump to a block goes forwards, and back. */
  readonly #forward = new Map<number, Label>();
  readonly #loops = new Map<number, Label>();
  /** Kind of the flags that a block begins with, as far as jumps to it have been written. */
  readonly #kinds = new Map<number, number>();
  /** Instructions at most from a block's beginning to where the budget is looked at. */
  readonly #need: number[];
  readonly #runNumber: number | null;

  constructor(
    code: CodeWriter,
    region: Region,
    mode: UnitMode,
    placement: Placement,
    unitType: number,
  ) {
    this.#region = region;
    this.#structure = structure(region);
    let used = 0;
    let written = 0;
    for (const block of region.blocks) {
      for (const i of block.instructions) {
        const masks = registersOf(i);
        used |= masks.used;
        written |= masks.written;
      }
    }
    this.#e = new Emitter(code, mode, { used, written }, placement, unitType);
    this.#need = longestPaths(region, this.#structure);
    this.#runNumber = placement.runNumber;
  }

  write(): Uint8Array<ArrayBuffer> {
    const e = this.#e;
    if (this.#runNumber !== null) {
      e.number(this.#runNumber);
      e.code.call(Imports.ENTERED);
    }
    e.load();
    e.loadState(StateLayout.left);
    e.set(e.locals.left);
    e.exit = e.code.block();
    e.get(e.locals.left);
    e.with(this.#need[0], Op.i32LtS);
    e.code.if();
    e.leaveAt(this.#region.blocks[0].start, Reason.BUDGET, 0);
    e.code.end();
    this.#parts(this.#structure.parts);
    e.op(Op.unreachable);
    e.code.end();
    finishExit(e);
    return e.code.finish();
  }

  #parts(parts: readonly Part[]): void {
    const { code } = this.#e;
    for (let k = parts.length - 1; k > 0; k--) this.#forward.set(entryOf(parts[k]), code.block());
    parts.forEach((part, k) => {
      if (k > 0) code.end();
      if ("block" in part) this.#block(part.block);
      else this.#loop(part.header, part.parts);
    });
  }
  /**
   * Of what kind the flags are at a loop's beginning is not known, unless that is where they are needed in the
   * processor's form: then every jump there has them in it.
   */
  #loop(header: number, parts: readonly Part[]): void {
    const e = this.#e;
    const isOwn = beginsByOwnForm(this.#region.blocks[header].instructions);
    if (isOwn) {
      e.kind = this.#kinds.get(header) ?? -1;
      ownForm(e);
    }
    this.#kinds.set(header, isOwn ? Flags.OWN : -1);
    this.#loops.set(header, e.code.loop());
    this.#parts(parts);
    e.code.end();
    this.#loops.delete(header);
  }

  #block(number: number): void {
    const e = this.#e;
    const block = this.#region.blocks[number];
    const { instructions } = block;
    const needed = neededFlags(instructions);
    e.kind = this.#kinds.get(number) ?? -1;
    e.done = 0;
    for (let k = 0; k < instructions.length; k++) {
      const i = instructions[k];
      e.flagsNeeded = needed[k];
      e.hasHighBytes = i.rex === 0;
      if (k === instructions.length - 1 && isJump(i.opcode, i.modrm)) break;
      if (i.handling === Handling.CALL || !translate(e, i)) this.#interpret(i);
      else if (i.isOfDevice) endAtDevice(e, i);
      e.done++;
    }
    this.#end(number, block);
  }

  /** Has the interpreter execute an instruction in the midst of the unit. */
  #interpret(i: Instruction): void {
    const e = this.#e;
    const { left } = e.locals;
    e.showState(i.at);
    if (isCalm(i, e.isLong)) e.code.call(Imports.CALM);
    else {
      e.number(i.next);
      e.code.call(Imports.INTERPRET);
    }
    stopIf(e);
    e.load();
    e.loadState(StateLayout.left);
    e.with(e.done + 1, Op.i32Add);
    e.set(left);
    e.kind = Flags.OWN;
  }

  // ---- the ends of blocks ---------------------------------------------------------------

  #end(number: number, block: Block): void {
    const e = this.#e;
    const last = block.instructions.at(-1);
    const count = block.instructions.length;
    switch (block.ending) {
      case Ending.LEAVE:
        leaveByStep(e, block.next, count);
        return;
      case Ending.FALL:
        this.#account(count);
        this.#goTo(number, block.successors[0], block.next);
        return;
      default:
        if (last !== undefined) this.#jump(number, block, last);
    }
  }

  #account(count: number): void {
    const e = this.#e;
    e.get(e.locals.left);
    e.with(count, Op.i32Sub);
    e.set(e.locals.left);
  }

  /** Goes on at another block, or outside. */
  #goTo(from: number, to: number, linear: number): void {
    const e = this.#e;
    const { code } = e;
    if (to < 0 || this.#structure.cut.has(from * this.#region.blocks.length + to)) {
      leaveTo(e, linear);
      return;
    }
    const loop = this.#loops.get(to);
    if (loop !== undefined) {
      if (this.#kinds.get(to) === Flags.OWN) ownForm(e);
      e.get(e.locals.left);
      e.with(this.#need[to], Op.i32GeS);
      code.brIf(loop);
      e.leaveAt(linear, Reason.BUDGET, 0);
      return;
    }
    const known = this.#kinds.get(to);
    this.#kinds.set(to, known === undefined || known === e.kind ? e.kind : -1);
    code.br(this.#forward.get(to) ?? e.exit);
  }

  #jump(number: number, block: Block, i: Instruction): void {
    const e = this.#e;
    const count = block.instructions.length;
    switch (block.ending) {
      case Ending.JUMP:
        this.#checkTarget(i, block.target);
        this.#account(count);
        this.#goTo(number, block.successors[0], block.target);
        return;
      case Ending.BRANCH:
        this.#branch(number, block, i);
        return;
      case Ending.CALL:
        this.#checkTarget(i, block.target);
        pushGuest(e, i, i.wide, () => e.pushIp(i.next));
        this.#account(count);
        this.#goTo(number, block.successors[0], block.target);
        return;
      default:
        this.#indirect(number, block, i);
    }
  }

  /** Leaves before the jump if its target is beyond the code segment's limit, or wraps. */
  #checkTarget(i: Instruction, target: number): void {
    const e = this.#e;
    if (e.mode.flatCode || (target & -4096) === (i.at & -4096)) return;
    e.eipOf(target);
    this.#checkEip(i);
  }
  /** Checks the EIP on the stack. */
  #checkEip(i: Instruction): void {
    const e = this.#e;
    e.tee(e.locals.address);
    e.loadState(StateLayout.limits + 4 * CS);
    e.op(Op.i32GtU);
    if (!e.mode.code32) {
      e.get(e.locals.address);
      e.with(0xffff, Op.i32GtU);
      e.op(Op.i32Or);
    }
    e.leaveBeforeIf(i);
  }

  #branch(number: number, block: Block, i: Instruction): void {
    const e = this.#e;
    const [falls, jumps] = block.successors;
    const isFar = !e.mode.flatCode && (block.target & -4096) !== (i.at & -4096);
    if (isFar) this.#checkTarget(i, block.target);
    this.#condition(i);
    // The two ways know the flags in the same form.
    const { kind } = e;
    e.set(e.locals.value);
    this.#account(block.instructions.length);
    e.get(e.locals.value);
    e.code.if();
    this.#goTo(number, jumps, block.target);
    e.code.end();
    e.kind = kind;
    this.#goTo(number, falls, block.next);
  }

  /** Pushes whether a conditional jump is taken. */
  #condition(i: Instruction): void {
    const e = this.#e;
    if (i.opcode < 0xe0 || i.opcode > 0xe3) {
      pushCondition(e, i.opcode & 15);
      return;
    }
    if (i.opcode !== 0xe3) {
      e.get(e.registers[ECX]);
      e.withWide(-1, e.wordWidth, "add");
      e.setRegister(ECX, i.addressWidth);
    }
    const o = operationsOf(i.addressWidth);
    e.unsignedRegister(ECX, i.addressWidth);
    if (i.opcode === 0xe3) {
      e.op(o.eqz);
      return;
    }
    e.constant(0, i.addressWidth);
    e.op(o.ne);
    if (i.opcode === 0xe2) return;
    pushCondition(e, i.opcode === 0xe1 ? 4 : 5);
    e.op(Op.i32And);
  }

  /** Returns, and jumps and calls by a register or memory. */
  #indirect(number: number, block: Block, i: Instruction): void {
    const e = this.#e;
    const count = block.instructions.length;
    const { value } = e.operands(e.wordWidth);
    const isReturn = i.opcode === 0xc2 || i.opcode === 0xc3;
    const isUsual = e.isLong ? i.wide === 8 : (i.wide === 4) === e.mode.code32;
    if ((!isReturn && i.opcode !== 0xff) || !isUsual) {
      leaveByStep(e, i.at, e.done);
      return;
    }
    if (isReturn) {
      stackAddress(e, i, 0, i.wide, false);
      loadHost(e, i.wide);
    } else pushRm(e, i, i.wide);
    extendUnsigned(e, i.wide);
    e.set(value);
    if (!e.mode.flatCode) {
      e.get(value);
      this.#checkEip(i);
    }
    if (e.isLong) checkCanonical(e, i, value);
    if (isReturn) moveStack(e, i.wide + (i.opcode === 0xc2 ? i.immediate : 0));
    else if (groupField(i) === 2) pushGuest(e, i, i.wide, () => e.pushIp(i.next));
    this.#account(count);
    if (!e.mode.flatCode) {
      e.get(value);
      e.loadState(StateLayout.bases + 4 * CS);
      e.op(Op.i32Add);
      e.set(value);
    }
    this.#tryReturns(number, block, value);
    leaveToLocal(e, value);
  }

  /** Goes on in the region if the linear address in a local is behind one of the calls of the function. */
  #tryReturns(number: number, { successors }: Block, value: number): void {
    const e = this.#e;
    const { kind } = e;
    const { blocks } = this.#region;
    for (const to of successors) {
      if (this.#structure.cut.has(number * blocks.length + to)) continue;
      const { start } = blocks[to];
      e.get(value);
      e.constant(e.isLong ? e.full(start) : start, e.wordWidth);
      e.op(operationsOf(e.wordWidth).eq);
      e.code.if();
      this.#goTo(number, to, start);
      e.code.end();
      e.kind = kind;
    }
  }
}

/** Leaves before the jump if its target in a local is not canonical. */
function checkCanonical(e: Emitter, i: Instruction, target: number): void {
  e.get(target);
  e.withWide(16, 8, "shl");
  e.withWide(16, 8, "shrS");
  e.get(target);
  e.op(Op.i64Ne);
  e.leaveBeforeIf(i);
}

/** From each block, the most instructions until a loop begins anew or the region ends. */
function longestPaths(region: Region, { parts, cut }: Structure): number[] {
  const order: number[] = [];
  const flatten = (part: Part): void => {
    if ("block" in part) order.push(part.block);
    else part.parts.forEach(flatten);
  };
  parts.forEach(flatten);
  const place = new Map(order.map((block, k) => [block, k]));
  const longest: number[] = [];
  for (let k = order.length - 1; k >= 0; k--) {
    const block = order[k];
    const { ending, instructions, successors } = region.blocks[block];
    let after = 0;
    for (const to of successors) {
      const at = place.get(to);
      if (at === undefined || at <= k || cut.has(block * region.blocks.length + to)) continue;
      after = Math.max(after, longest[to]);
    }
    longest[block] = instructions.length + after + (ending === Ending.LEAVE ? 1 : 0);
  }
  return longest;
}
