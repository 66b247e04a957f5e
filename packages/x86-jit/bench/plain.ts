/** The same work as some of the loops in plain WebAssembly: what a translation can reach at best. */
import { CodeWriter, MemoryOp, ModuleWriter, Op, ValueType } from "@mem/wasm-emit";

const { i32 } = ValueType;

/** A function that runs rounds of a loop, and how many guest instructions a round stands for. */
export interface PlainLoop {
  readonly instructions: number;
  run(rounds: number): unknown;
}

/** Makes a function of one parameter, the number of rounds. */
function make(instructions: number, write: (c: CodeWriter) => void): PlainLoop {
  const module = new ModuleWriter();
  const type = module.type([i32], [i32]);
  module.addMemory({ initial: 16 });
  const code = new CodeWriter();
  code.begin(1);
  write(code);
  module.export("run", "function", module.addFunction(type, code.finish()));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()));
  return { instructions, run: exports["run"] as (rounds: number) => unknown };
}

/** Pushes locals and constants, and applies operations. */
function emit(
  c: CodeWriter,
  ...parts: (number | { k: number } | { set: number } | { op: number })[]
): void {
  for (const part of parts) {
    if (typeof part === "number") c.localGet(part);
    else if ("k" in part) c.i32Const(part.k);
    else if ("set" in part) c.localSet(part.set);
    else c.op(part.op as typeof Op.i32Add);
  }
}

const op = (operation: number): { op: number } => ({ op: operation });
const set = (local: number): { set: number } => ({ set: local });
const k = (value: number): { k: number } => ({ k: value });

/** Ends a round: counts the parameter down, and goes on while it is not 0. */
function again(c: CodeWriter, loop: number): void {
  emit(c, 0, k(1), op(Op.i32Sub));
  c.localTee(0);
  c.brIf(loop);
}

/** The loop "alu". */
export function plainAlu(): PlainLoop {
  return make(9, (c) => {
    const [a, b, d, s] = [c.local(i32), c.local(i32), c.local(i32), c.local(i32)] as const;
    const loop = c.loop();
    emit(c, a, b, op(Op.i32Add), set(a), d, a, op(Op.i32Xor), set(d));
    emit(c, s, d, k(1), op(Op.i32Shl), op(Op.i32Add), k(5), op(Op.i32Add), set(s));
    emit(c, b, s, op(Op.i32Sub), set(b), a, k(3), op(Op.i32Rotl), set(a));
    emit(c, d, k(0x7fffffff), op(Op.i32And), k(1), op(Op.i32Or), set(d));
    again(c, loop);
    c.end();
    emit(c, a, d, op(Op.i32Add));
  });
}

/** The inner loop of "loadstore", over and over the same 8 bytes further on, modulo 64 KiB. */
export function plainLoadStore(): PlainLoop {
  return make(10, (c) => {
    const [a, d, s] = [c.local(i32), c.local(i32), c.local(i32)] as const;
    const loop = c.loop();
    emit(c, s);
    c.memory(MemoryOp.i32Load, 0x20000);
    emit(c, 0, op(Op.i32Add), set(a), s, a);
    c.memory(MemoryOp.i32Store, 0x40000);
    emit(c, s);
    c.memory(MemoryOp.i32Load, 0x20004);
    emit(c, a, op(Op.i32Xor), set(d), s, d);
    c.memory(MemoryOp.i32Store, 0x40004);
    emit(c, s, k(8), op(Op.i32Add), k(0xffff), op(Op.i32And), set(s));
    again(c, loop);
    c.end();
    emit(c, a);
  });
}

/** The inner loop of "crc". */
export function plainCrc(): PlainLoop {
  return make(7, (c) => {
    const [a, s] = [c.local(i32), c.local(i32)] as const;
    const loop = c.loop();
    emit(c, s);
    c.memory(MemoryOp.i32Load8U, 0x30000);
    emit(c, a, k(0xff), op(Op.i32And), op(Op.i32Xor), k(2), op(Op.i32Shl));
    c.memory(MemoryOp.i32Load, 0x20000);
    emit(c, a, k(8), op(Op.i32ShrU), op(Op.i32Xor), set(a));
    emit(c, s, k(1), op(Op.i32Add), k(0x3fff), op(Op.i32And), set(s));
    again(c, loop);
    c.end();
    emit(c, a);
  });
}
