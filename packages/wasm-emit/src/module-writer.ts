/** A module: what it imports, its functions, and what it shows. */
import { ByteWriter } from "./byte-writer.js";
import {
  aFlag,
  anIndex,
  aText,
  aWord,
  check,
  checkLimits,
  checkList,
  oneOf,
  someBytes,
} from "./arguments.js";
import { EmitError } from "./emit-error.js";
import type { Limits, ValueType } from "./types.js";

/** Kinds of imports and exports, by code. */
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** One section of a module: its entries, and how many they are. */
class Section {
  readonly #id: number;
  readonly #entries = new ByteWriter(64);
  count = 0;

  constructor(id: number) {
    this.#id = id;
  }

  /** Takes the next entry. */
  entry(): ByteWriter {
    this.count++;
    return this.#entries;
  }

  writeTo(out: ByteWriter): void {
    if (this.count === 0) return;
    const head = new ByteWriter();
    head.u32(this.count);
    out.byte(this.#id);
    out.u32(head.length + this.#entries.length);
    out.raw(head.view());
    out.raw(this.#entries.view());
  }
}

/**
 * Puts a module together. Imports must be declared before functions are added, since they are
 * numbered first; the writer throws otherwise.
 *
 * @example
 * const module = new ModuleWriter();
 * const type = module.type([], [ValueType.i32]);
 * const code = new CodeWriter();
 * code.begin(0);
 * code.i32Const(42);
 * module.export("answer", "function", module.addFunction(type, code.finish()));
 * console.log(WebAssembly.validate(module.finish())); // prints: true
 */
export class ModuleWriter {
  readonly #typeNumbers = new Map<string, number>();
  readonly #counts = { function: 0, table: 0, memory: 0, global: 0 };
  readonly #types = new Section(1);
  readonly #imports = new Section(2);
  readonly #own = {
    function: new Section(3),
    table: new Section(4),
    memory: new Section(5),
    global: new Section(6),
  };
  readonly #exports = new Section(7);
  readonly #elements = new Section(9);
  readonly #bodies = new Section(10);

  /** Number of a function type; equal types have one number. */
  type(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    checkList(parameters, "type", "the parameters");
    checkList(results, "type", "the results");
    const key = `${parameters.join()}:${results.join()}`;
    const known = this.#typeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#types.count;
    const entry = this.#types.entry();
    entry.byte(0x60);
    for (const list of [parameters, results]) {
      entry.u32(list.length);
      entry.raw(list);
    }
    this.#typeNumbers.set(key, number);
    return number;
  }

  /** The import's entry, to be written on. */
  #import(module: string, name: string, kind: keyof typeof KIND): ByteWriter {
    check(module, aText, "import", "the module");
    check(name, aText, "import", "the name");
    if (this.#bodies.count > 0 || this.#own[kind].count > 0) {
      throw new EmitError(
        `the import ${module}.${name} comes after what it must be numbered before`,
        { rule: "late-import" },
      );
    }
    const entry = this.#imports.entry();
    entry.name(module);
    entry.name(name);
    entry.byte(KIND[kind]);
    return entry;
  }
  /**
   * Imports a function of a type; answers its number.
   * @throws EmitError when something that is numbered after it was added
   */
  importFunction(module: string, name: string, type: number): number {
    check(type, anIndex, "importFunction", "the type");
    this.#import(module, name, "function").u32(type);
    return this.#counts.function++;
  }
  /**
   * Imports a memory; answers its number.
   * @throws EmitError when something that is numbered after it was added
   */
  importMemory(module: string, name: string, limits: Limits): number {
    checkLimits(limits, "importMemory");
    writeLimits(this.#import(module, name, "memory"), limits);
    return this.#counts.memory++;
  }
  /**
   * Imports a table of functions; answers its number.
   * @throws EmitError when something that is numbered after it was added
   */
  importTable(module: string, name: string, limits: Limits): number {
    checkLimits(limits, "importTable");
    writeTable(this.#import(module, name, "table"), limits);
    return this.#counts.table++;
  }
  /**
   * Imports a global; answers its number.
   * @throws EmitError when something that is numbered after it was added
   */
  importGlobal(module: string, name: string, type: ValueType, mutable: boolean): number {
    check(type, anIndex, "importGlobal", "the type");
    check(mutable, aFlag, "importGlobal", "mutable");
    this.#import(module, name, "global").raw([type, mutable ? 1 : 0]);
    return this.#counts.global++;
  }

  /** Adds a memory of the module's own; answers its number. */
  addMemory(limits: Limits): number {
    checkLimits(limits, "addMemory");
    writeLimits(this.#own.memory.entry(), limits);
    return this.#counts.memory++;
  }
  /** Adds a table of functions; answers its number. */
  addTable(limits: Limits): number {
    checkLimits(limits, "addTable");
    writeTable(this.#own.table.entry(), limits);
    return this.#counts.table++;
  }
  /** Adds a global of 32 bits; answers its number. */
  addGlobal(value: number, mutable: boolean): number {
    check(value, aWord, "addGlobal", "the value");
    check(mutable, aFlag, "addGlobal", "mutable");
    const entry = this.#own.global.entry();
    entry.raw([0x7f, mutable ? 1 : 0, 0x41]);
    entry.s32(value);
    entry.byte(0x0b);
    return this.#counts.global++;
  }
  /** Adds a function, its body as {@link CodeWriter.finish} makes it; answers its number. */
  addFunction(type: number, body: Uint8Array): number {
    check(type, anIndex, "addFunction", "the type");
    check(body, someBytes, "addFunction", "the body");
    this.#own.function.entry().u32(type);
    const entry = this.#bodies.entry();
    entry.u32(body.length);
    entry.raw(body);
    return this.#counts.function++;
  }
  /**
   * Shows something under a name.
   * @param index its number among those of its kind, from 0
   * @throws EmitError for a kind that there is not, and what is no name or number
   */
  export(name: string, kind: keyof typeof KIND, index: number): void {
    check(name, aText, "export", "the name");
    check(kind, oneOf(...Object.keys(KIND)), "export", "the kind");
    check(index, anIndex, "export", "the index");
    const entry = this.#exports.entry();
    entry.name(name);
    entry.byte(KIND[kind]);
    entry.u32(index);
  }
  /**
   * Has functions put into a table as the module is instantiated.
   * @param offset index of the first element
   */
  addElements(table: number, offset: number, functions: readonly number[]): void {
    check(table, anIndex, "addElements", "the table");
    check(offset, anIndex, "addElements", "the offset");
    checkList(functions, "addElements", "the functions");
    writeElements(this.#elements.entry(), table, offset, functions);
  }

  /** The module's bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    const { function: functions, table, memory, global } = this.#own;
    const out = new ByteWriter(4096);
    out.raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    for (const section of [this.#types, this.#imports, functions, table, memory, global])
      section.writeTo(out);
    for (const section of [this.#exports, this.#elements, this.#bodies]) section.writeTo(out);
    return out.take();
  }
}

/** A table holds functions. */
function writeTable(out: ByteWriter, limits: Limits): void {
  out.byte(0x70);
  writeLimits(out, limits);
}

function writeLimits(out: ByteWriter, { initial, maximum, shared, address64 }: Limits): void {
  const flags =
    (maximum === undefined ? 0 : 1) | (shared === true ? 2 : 0) | (address64 === true ? 4 : 0);
  out.byte(flags);
  out.u32(initial);
  if (maximum !== undefined) out.u32(maximum);
}

function writeElements(
  out: ByteWriter,
  table: number,
  offset: number,
  functions: readonly number[],
): void {
  if (table === 0) out.byte(0);
  else {
    out.byte(2);
    out.u32(table);
  }
  out.byte(0x41);
  out.s32(offset);
  out.byte(0x0b);
  if (table !== 0) out.byte(0);
  out.u32(functions.length);
  for (const index of functions) out.u32(index);
}
