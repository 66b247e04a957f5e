/** The instructions of one function. */
import { ByteWriter } from "./byte-writer.js";
import { EmitError } from "./emit-error.js";
import type { MemoryOp, Op } from "./operations.js";
import type { SimdLaneOp, SimdMemoryOp, SimdOp } from "./simd-operations.js";
import type { BlockType, ValueType } from "./types.js";
import { EMPTY_BLOCK } from "./types.js";

/**
 * A place that a branch may go to: what {@link CodeWriter.block}, {@link CodeWriter.loop} and
 * {@link CodeWriter.if} answer. Depths count from the outside in, so a label stays valid however
 * deep the branch lies within its block.
 * @see {@link CodeWriter}
 */
export type Label = number;

type Values<T> = T[keyof T];

/**
 * Writes instructions, one method each, into a buffer that serves for one function after the
 * other. Locals are numbered as they are asked for, after the parameters.
 *
 * @example
 * const code = new CodeWriter();
 * code.begin(1); // one parameter
 * code.localGet(0);
 * code.i32Const(1);
 * code.op(Op.i32Add);
 * const body = code.finish(); // a function that adds 1: see ModuleWriter.addFunction
 * console.log(body instanceof Uint8Array); // prints: true
 */
export class CodeWriter {
  readonly #code: ByteWriter;
  readonly #head = new ByteWriter(64);
  readonly #locals: ValueType[] = [];
  #parameters = 0;
  #depth = 0;

  /** @param capacity bytes of code to have at hand from the start */
  constructor(capacity = 16384) {
    this.#code = new ByteWriter(capacity);
  }

  /** Begins a function with that many parameters; what was written before is forgotten. */
  begin(parameters: number): void {
    this.#code.clear();
    this.#locals.length = 0;
    this.#parameters = parameters;
    this.#depth = 0;
  }
  /** Bytes of instructions so far. */
  get length(): number {
    return this.#code.length;
  }
  /** A new local; it holds zero at first. */
  local(type: ValueType): number {
    return this.#parameters + this.#locals.push(type) - 1;
  }
  /**
   * Ends the function.
   * @returns its body, locals first, as {@link ModuleWriter.addFunction} takes it
   * @throws EmitError when blocks are still open
   */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#depth !== 0)
      throw new EmitError(`${this.#depth} blocks are still open`, { rule: "open-blocks" });
    this.#code.byte(END);
    const head = this.#head;
    head.clear();
    writeLocals(head, this.#locals);
    const body = new Uint8Array(head.length + this.#code.length);
    body.set(head.view());
    body.set(this.#code.view(), head.length);
    return body;
  }

  // ---- control flow ---------------------------------------------------------------------

  #open(opcode: number, type: BlockType): Label {
    this.#code.byte(opcode);
    this.#code.byte(type);
    return ++this.#depth;
  }
  /** Opens a block; branches to it go to its end. */
  block(type: BlockType = EMPTY_BLOCK): Label {
    return this.#open(0x02, type);
  }
  /** Opens a loop; branches to it go to its beginning. */
  loop(type: BlockType = EMPTY_BLOCK): Label {
    return this.#open(0x03, type);
  }
  /** Opens a block that is entered if the value on the stack is not zero. */
  if(type: BlockType = EMPTY_BLOCK): Label {
    return this.#open(0x04, type);
  }
  /** The other half of the innermost {@link if}. */
  else(): void {
    this.#code.byte(0x05);
  }
  /** Closes the innermost block. */
  end(): void {
    this.#depth--;
    this.#code.byte(END);
  }
  /** Branches to a label. */
  br(label: Label): void {
    this.#indexed(0x0c, this.#depth - label);
  }
  /** Branches to a label if the value on the stack is not zero. */
  brIf(label: Label): void {
    this.#indexed(0x0d, this.#depth - label);
  }
  /** Branches to the label that the value on the stack picks, or to the last resort. */
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#indexed(0x0e, labels.length);
    for (const label of labels) this.#code.u32(this.#depth - label);
    this.#code.u32(this.#depth - otherwise);
  }
  /** Calls function `index`. */
  call(index: number): void {
    this.#indexed(0x10, index);
  }
  /** Calls the function of `type` that the table holds at the index on the stack. */
  callIndirect(type: number, table = 0): void {
    this.#indexed(0x11, type);
    this.#code.u32(table);
  }
  /**
   * {@link call} in place of returning: the caller's frame is gone.
   * @param index number of the function, from 0
   */
  returnCall(index: number): void {
    this.#indexed(0x12, index);
  }
  /** {@link callIndirect} in place of returning. */
  returnCallIndirect(type: number, table = 0): void {
    this.#indexed(0x13, type);
    this.#code.u32(table);
  }

  // ---- variables and constants ----------------------------------------------------------

  /**
   * Pushes a local.
   * @param index number of the local, from 0
   */
  localGet(index: number): void {
    this.#indexed(0x20, index);
  }
  /**
   * Pops into a local.
   * @param index number of the local, from 0
   */
  localSet(index: number): void {
    this.#indexed(0x21, index);
  }
  /**
   * Copies the top of the stack to a local.
   * @param index number of the local, from 0
   */
  localTee(index: number): void {
    this.#indexed(0x22, index);
  }
  /**
   * Pushes a global.
   * @param index number of the global, from 0
   */
  globalGet(index: number): void {
    this.#indexed(0x23, index);
  }
  /**
   * Pops into a global.
   * @param index number of the global, from 0
   */
  globalSet(index: number): void {
    this.#indexed(0x24, index);
  }
  /** Pushes 32 bits; also of an unsigned number. */
  i32Const(value: number): void {
    this.#code.byte(0x41);
    this.#code.s32(value);
  }
  /** Pushes 64 bits. */
  i64Const(value: bigint): void {
    this.#code.byte(0x42);
    this.#code.s64(value);
  }
  /** Pushes a single. */
  f32Const(value: number): void {
    this.#code.byte(0x43);
    this.#code.f32(value);
  }
  /** Pushes a double. */
  f64Const(value: number): void {
    this.#code.byte(0x44);
    this.#code.f64(value);
  }
  /** Pushes a vector of 16 bytes. */
  v128Const(bytes: ArrayLike<number>): void {
    this.#prefixed(12);
    this.#code.raw(bytes);
  }

  #indexed(opcode: number, index: number): void {
    this.#code.byte(opcode);
    this.#code.u32(index);
  }

  // ---- operations -----------------------------------------------------------------------

  /** An operation without immediates. */
  op(operation: Values<typeof Op>): void {
    this.#code.byte(operation);
  }
  /**
   * A load or store.
   * @param offset added to the address on the stack, in bytes; beyond 2^32 in 64-bit memories alone
   * @param align power of two that the address is said to be a multiple of; 0 promises nothing
   */
  memory(operation: Values<typeof MemoryOp>, offset = 0, align = 0): void {
    this.#code.byte(operation);
    this.#memarg(offset, align);
  }
  #memarg(offset: number, align: number): void {
    this.#code.u32(align);
    if (offset <= 0xffffffff) this.#code.u32(offset);
    else this.#code.u64(BigInt(offset));
  }
  /** An operation on vectors without immediates. */
  simd(operation: Values<typeof SimdOp>): void {
    this.#prefixed(operation);
  }
  /** An operation on lane `lane` of a vector. */
  simdLane(operation: Values<typeof SimdLaneOp>, lane: number): void {
    this.#prefixed(operation);
    this.#code.byte(lane);
  }
  /**
   * A load or store of a vector; see {@link memory}.
   * @param offset added to the address, in bytes
   */
  simdMemory(operation: Values<typeof SimdMemoryOp>, offset = 0, align = 0): void {
    this.#prefixed(operation);
    this.#memarg(offset, align);
  }
  /** Picks 16 bytes of the 32 that two vectors have, by number. */
  shuffle(lanes: ArrayLike<number>): void {
    this.#prefixed(13);
    this.#code.raw(lanes);
  }
  #prefixed(operation: number): void {
    this.#indexed(0xfd, operation);
  }
  /** Pushes the size of a memory in pages of 64 KiB. */
  memorySize(memory = 0): void {
    this.#indexed(0x3f, memory);
  }
  /** Copies bytes within memory: the stack holds target, source and length. */
  memoryCopy(): void {
    this.#code.raw([0xfc, 10, 0, 0]);
  }
  /** Fills memory: the stack holds target, byte and length. */
  memoryFill(): void {
    this.#code.raw([0xfc, 11, 0]);
  }
}

const END = 0x0b;

/** Locals in runs of one type. */
function writeLocals(out: ByteWriter, types: readonly ValueType[]): void {
  const runs: [count: number, type: ValueType][] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  out.u32(runs.length);
  for (const [count, type] of runs) {
    out.u32(count);
    out.byte(type);
  }
}
