import { ByteWriter, EmitError, formatBody, formatModule, ModuleWriter } from "@mem/wasm-emit";
import { expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

const CALLS: Readonly<Record<string, (value: never) => unknown>> = {
  type: (list) => new ModuleWriter().type(list, [0x7f]),
  importFunction: (type) => new ModuleWriter().importFunction("m", "f", type),
  importMemory: (limits) => new ModuleWriter().importMemory("m", "mem", limits),
  importTable: (limits) => new ModuleWriter().importTable("m", "t", limits),
  importGlobal: (flag) => new ModuleWriter().importGlobal("m", "g", 0x7f, flag),
  addMemory: (limits) => new ModuleWriter().addMemory(limits),
  addTable: (limits) => new ModuleWriter().addTable(limits),
  addGlobal: (value) => new ModuleWriter().addGlobal(value, false),
  addFunction: (body) => new ModuleWriter().addFunction(0, body),
  export: (kind) => new ModuleWriter().export("e", kind, 0),
  addElements: (list) => new ModuleWriter().addElements(0, 0, list),
  u64: (value) => new ByteWriter().u64(value),
  s64: (value) => new ByteWriter().s64(value),
  formatBody: (body) => formatBody(body),
  formatModule: (bytes) => formatModule(bytes),
};

it.each(Object.entries(CALLS))("%s takes nothing else", (name, call) => {
  for (const value of [undefined, null, NaN, 1.5, "0x10", {}, () => 0]) {
    expect(() => call(loose(value)), `${name}(${String(value)})`).toThrow(EmitError);
  }
});

it("numbers are numbers", () => {
  for (const value of [undefined, null, "0x10", {}, () => 0, 5n, Symbol("s")]) {
    const out = new ByteWriter();
    for (const call of ["byte", "u32", "s32", "f32", "f64"] as const) {
      expect(() => out[call](loose(value)), `${call}(${String(value)})`).toThrow(EmitError);
    }
    expect(out.length).toBe(0);
  }
});

it("a module that was refused something is as it was before", () => {
  const module = new ModuleWriter();
  const before = module.finish();
  expect(() => module.importMemory("m", "mem", { initial: -1 })).toThrow(/`initial` is -1/);
  expect(() => module.importFunction(loose(7), "f", 0)).toThrow(/the module is 7/);
  expect(() => module.addGlobal(1.5, true)).toThrow(EmitError);
  expect(module.finish()).toEqual(before);
});

it("what is no body ends where its bytes end", () => {
  expect(formatBody(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0x7f))).toMatch(/local/);
  expect(formatBody(Uint8Array.of(0, 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 7))).toBe("br_table 7");
});
