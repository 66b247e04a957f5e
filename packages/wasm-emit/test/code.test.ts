import { describe, expect, it } from "vitest";
import {
  EmitError,
  CodeWriter,
  formatBody,
  formatModule,
  MemoryOp,
  ModuleWriter,
  Op,
  SimdLaneOp,
  SimdMemoryOp,
  SimdOp,
  ValueType,
} from "../src/index.js";

const { i32, i64, f32, f64 } = ValueType;

/** Compiles one function, and answers it and the module's bytes. */
function build(
  parameters: ValueType[],
  results: ValueType[],
  write: (code: CodeWriter, type: number) => void,
): { call: (...values: unknown[]) => unknown; bytes: Uint8Array } {
  const module = new ModuleWriter();
  const type = module.type(parameters, results);
  module.addMemory({ initial: 1 });
  const table = module.addTable({ initial: 4 });
  const code = new CodeWriter(16);
  code.begin(parameters.length);
  write(code, type);
  const index = module.addFunction(type, code.finish());
  module.addElements(table, 1, [index]);
  module.export("f", "function", index);
  const bytes = module.finish();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { call: exports["f"] as (...values: unknown[]) => unknown, bytes };
}

describe("code", () => {
  it("has constants of every size", () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 0x7fffffff, -0x80000000]) {
      expect(build([], [i32], (c) => c.i32Const(value)).call()).toBe(value);
    }
    expect(build([], [i32], (c) => c.i32Const(0xffffffff)).call()).toBe(-1);
    for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 1n << 40n]) {
      expect(build([], [i64], (c) => c.i64Const(value)).call()).toBe(value);
    }
    expect(build([], [f32], (c) => c.f32Const(1.5)).call()).toBe(1.5);
    expect(build([], [f64], (c) => c.f64Const(Math.PI)).call()).toBe(Math.PI);
  });

  it("branches to labels from any depth", () => {
    const { call } = build([i32], [i32], (c) => {
      const outer = c.block(i32);
      const middle = c.block();
      const inner = c.block();
      c.localGet(0);
      c.brTable([inner, middle], middle);
      c.end();
      c.i32Const(10);
      c.br(outer);
      c.end();
      c.i32Const(20);
      c.end();
    });
    expect([0, 1, 7].map((v) => call(v))).toEqual([10, 20, 20]);
  });

  it("chooses by if and else", () => {
    const { call } = build([i32], [i32], (c) => {
      c.localGet(0);
      c.if(i32);
      c.i32Const(1);
      c.else();
      c.i32Const(2);
      c.end();
    });
    expect([call(5), call(0)]).toEqual([1, 2]);
  });

  it("calls in place of returning: a million deep", () => {
    const { call } = build([i32], [i32], (c, type) => {
      c.localGet(0);
      c.op(Op.i32Eqz);
      c.if();
      c.i32Const(77);
      c.op(Op.return);
      c.end();
      c.localGet(0);
      c.i32Const(1);
      c.op(Op.i32Sub);
      c.i32Const(1);
      c.returnCallIndirect(type);
    });
    expect(call(1_000_000)).toBe(77);
  });

  it("numbers locals after parameters, in runs of one type", () => {
    const code = new CodeWriter();
    code.begin(2);
    expect([code.local(i32), code.local(i32), code.local(i64)]).toEqual([2, 3, 4]);
    expect([...code.finish().subarray(0, 5)]).toEqual([2, 2, i32, 1, i64]);
  });

  it("refuses to finish with open blocks", () => {
    const code = new CodeWriter();
    code.begin(0);
    code.block();
    expect(() => code.finish()).toThrow(EmitError);
  });

  it("loads and stores with offsets", () => {
    const { call } = build([i32, i32], [i32], (c) => {
      c.localGet(0);
      c.localGet(1);
      c.memory(MemoryOp.i32Store, 200, 2);
      c.localGet(0);
      c.memory(MemoryOp.i32Load16S, 200);
    });
    expect(call(1, 0x1fffe)).toBe(-2);
  });

  it("works on vectors", () => {
    const { call } = build([i32], [i32], (c) => {
      c.localGet(0);
      c.simd(SimdOp.i32x4Splat);
      c.v128Const([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]);
      c.simd(SimdOp.i32x4Add);
      const v = c.local(ValueType.v128);
      c.localSet(v);
      c.i32Const(0);
      c.localGet(v);
      c.simdMemory(SimdMemoryOp.v128Store, 16);
      c.localGet(v);
      c.localGet(v);
      c.shuffle([12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      c.simdLane(SimdLaneOp.i32x4ExtractLane, 0);
      c.i32Const(0);
      c.memory(MemoryOp.i32Load, 20);
      c.op(Op.i32Add);
    });
    expect(call(10)).toBe(14 + 12);
  });
});

describe("modules", () => {
  it("imports before it defines", () => {
    const module = new ModuleWriter();
    const type = module.type([i32], [i32]);
    expect(module.type([i32], [i32])).toBe(type);
    const half = module.importFunction("host", "half", type);
    module.importMemory("host", "memory", { initial: 1, maximum: 1 });
    module.importTable("host", "table", { initial: 8 });
    const base = module.importGlobal("host", "base", i32, false);
    const code = new CodeWriter();
    code.begin(1);
    code.localGet(0);
    code.call(half);
    code.globalGet(base);
    code.op(Op.i32Add);
    module.addElements(0, 5, [module.addFunction(type, code.finish())]);
    expect(() => module.importFunction("host", "late", type)).toThrow(/host.late/);
    const table = new WebAssembly.Table({ initial: 8, element: "anyfunc" });
    const bytes = module.finish();
    new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      host: {
        half: (v: number) => v >> 1,
        memory: new WebAssembly.Memory({ initial: 1, maximum: 1 }),
        table,
        base: 1000,
      },
    });
    expect((table.get(5) as (v: number) => number)(84)).toBe(1042);
    expect(formatModule(bytes)).toBe(`(module
  (type (func (param i32) (result i32)))
  (import "host" "half" (func (type 0)))
  (import "host" "memory" (memory 1 1))
  (import "host" "table" (table 8))
  (import "host" "base" (global i32))
  (func 1
    local.get 0
    call 0
    global.get 0
    i32.add))`);
  });
});

describe("text", () => {
  it("names instructions as the text format does, indented by blocks", () => {
    const code = new CodeWriter();
    code.begin(0);
    const x = code.local(i32);
    const done = code.block();
    const again = code.loop();
    code.localGet(x);
    code.memory(MemoryOp.i32Load8U, 12);
    code.brIf(done);
    code.simd(SimdOp.v128AnyTrue);
    code.simd(SimdOp.i8x16NarrowI16x8S);
    code.op(Op.i32TruncF64S);
    code.op(Op.i64ExtendI32U);
    code.br(again);
    code.end();
    code.end();
    expect(formatBody(code.finish()).split("\n")).toEqual([
      "(local 1 x i32)",
      "block",
      "  loop",
      "    local.get 0",
      "    i32.load8_u offset=12",
      "    br_if 1",
      "    v128.any_true",
      "    i8x16.narrow_i16x8_s",
      "    i32.trunc_f64_s",
      "    i64.extend_i32_u",
      "    br 0",
      "  end",
      "end",
    ]);
  });
});
