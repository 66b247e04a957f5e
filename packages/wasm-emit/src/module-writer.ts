/** A module: what it imports, its functions, and what it shows. */
import { ByteWriter } from "./byte-writer.js";
import {
  checkBody,
  checkFlag,
  checkIndex,
  checkLimits,
  checkList,
  checkText,
  checkWord,
} from "./arguments.js";
import { EmitError } from "./emit-error.js";
import type { Limits, ValueType } from "./types.js";

/** Kinds of imports and exports, by code. */
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

interface Export {
  readonly name: string;
  readonly kind: keyof typeof KIND;
  readonly index: number;
}
interface Elements {
  readonly table: number;
  readonly offset: number;
  readonly functions: readonly number[];
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
  readonly #types: Uint8Array[] = [];
  readonly #typeNumbers = new Map<string, number>();
  readonly #imports = new ByteWriter(256);
  readonly #counts = { imports: 0, function: 0, table: 0, memory: 0, global: 0 };
  readonly #functionTypes: number[] = [];
  readonly #bodies: Uint8Array[] = [];
  readonly #tables = new ByteWriter(16);
  readonly #memories = new ByteWriter(16);
  readonly #globals = new ByteWriter(64);
  readonly #own = { table: 0, memory: 0, global: 0 };
  readonly #exports: Export[] = [];
  readonly #elements: Elements[] = [];

  /** Number of a function type; equal types have one number. */
  type(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    checkList(parameters, "type", "the parameters");
    checkList(results, "type", "the results");
    const key = `${parameters.join()}:${results.join()}`;
    const known = this.#typeNumbers.get(key);
    if (known !== undefined) return known;
    const bytes = Uint8Array.of(0x60, parameters.length, ...parameters, results.length, ...results);
    this.#typeNumbers.set(key, this.#types.length);
    return this.#types.push(bytes) - 1;
  }

  #import(module: string, name: string, kind: keyof typeof KIND): number {
    checkText(module, "import", "the module");
    checkText(name, "import", "the name");
    if (this.#bodies.length > 0 || this.#own[kind as "table"] > 0) {
      throw new EmitError(
        `the import ${module}.${name} comes after what it must be numbered before`,
        { rule: "late-import" },
      );
    }
    this.#imports.name(module);
    this.#imports.name(name);
    this.#imports.byte(KIND[kind]);
    this.#counts.imports++;
    return this.#counts[kind]++;
  }
  /** Imports a function of a type; answers its number. */
  importFunction(module: string, name: string, type: number): number {
    checkIndex(type, "importFunction", "the type");
    const index = this.#import(module, name, "function");
    this.#imports.u32(type);
    return index;
  }
  /** Imports a memory; answers its number. */
  importMemory(module: string, name: string, limits: Limits): number {
    checkLimits(limits, "importMemory");
    const index = this.#import(module, name, "memory");
    writeLimits(this.#imports, limits);
    return index;
  }
  /** Imports a table of functions; answers its number. */
  importTable(module: string, name: string, limits: Limits): number {
    checkLimits(limits, "importTable");
    const index = this.#import(module, name, "table");
    this.#imports.byte(0x70);
    writeLimits(this.#imports, limits);
    return index;
  }
  /** Imports a global; answers its number. */
  importGlobal(module: string, name: string, type: ValueType, mutable: boolean): number {
    checkIndex(type, "importGlobal", "the type");
    checkFlag(mutable, "importGlobal", "mutable");
    const index = this.#import(module, name, "global");
    this.#imports.byte(type);
    this.#imports.byte(mutable ? 1 : 0);
    return index;
  }

  /** Adds a memory of the module's own; answers its number. */
  addMemory(limits: Limits): number {
    checkLimits(limits, "addMemory");
    writeLimits(this.#memories, limits);
    this.#own.memory++;
    return this.#counts.memory++;
  }
  /** Adds a table of functions; answers its number. */
  addTable(limits: Limits): number {
    checkLimits(limits, "addTable");
    this.#tables.byte(0x70);
    writeLimits(this.#tables, limits);
    this.#own.table++;
    return this.#counts.table++;
  }
  /** Adds a global of 32 bits; answers its number. */
  addGlobal(value: number, mutable: boolean): number {
    checkWord(value, "addGlobal", "the value");
    checkFlag(mutable, "addGlobal", "mutable");
    this.#globals.raw([0x7f, mutable ? 1 : 0, 0x41]);
    this.#globals.s32(value);
    this.#globals.byte(0x0b);
    this.#own.global++;
    return this.#counts.global++;
  }
  /** Adds a function, its body as {@link CodeWriter.finish} makes it; answers its number. */
  addFunction(type: number, body: Uint8Array): number {
    checkIndex(type, "addFunction", "the type");
    checkBody(body, "addFunction", "the body");
    this.#functionTypes.push(type);
    this.#bodies.push(body);
    return this.#counts.function++;
  }
  /**
   * Shows something under a name.
   * @param index its number among those of its kind, from 0
   * @throws EmitError for a kind that there is not, and what is no name or number
   */
  export(name: string, kind: keyof typeof KIND, index: number): void {
    checkText(name, "export", "the name");
    if (!Object.hasOwn(KIND, kind)) {
      throw new EmitError(
        `export: the kind is ${String(kind)}, but must be ${Object.keys(KIND).join(", ")}`,
        { rule: "argument" },
      );
    }
    checkIndex(index, "export", "the index");
    this.#exports.push({ name, kind, index });
  }
  /**
   * Has functions put into a table as the module is instantiated.
   * @param offset index of the first element
   */
  addElements(table: number, offset: number, functions: readonly number[]): void {
    checkIndex(table, "addElements", "the table");
    checkIndex(offset, "addElements", "the offset");
    checkList(functions, "addElements", "the functions");
    this.#elements.push({ table, offset, functions });
  }

  /** The module's bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    const size = this.#bodies.reduce((sum, body) => sum + body.length + 8, 1024);
    const out = new ByteWriter(size);
    out.raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    section(out, 1, this.#types.length, (part) => this.#types.forEach((type) => part.raw(type)));
    section(out, 2, this.#counts.imports, (part) => part.raw(this.#imports.view()));
    section(out, 3, this.#bodies.length, (part) => this.#functionTypes.forEach((t) => part.u32(t)));
    section(out, 4, this.#own.table, (part) => part.raw(this.#tables.view()));
    section(out, 5, this.#own.memory, (part) => part.raw(this.#memories.view()));
    section(out, 6, this.#own.global, (part) => part.raw(this.#globals.view()));
    section(out, 7, this.#exports.length, (part) => {
      for (const { name, kind, index } of this.#exports) {
        part.name(name);
        part.byte(KIND[kind]);
        part.u32(index);
      }
    });
    section(out, 9, this.#elements.length, (part) => {
      for (const { table, offset, functions } of this.#elements)
        writeElements(part, table, offset, functions);
    });
    section(out, 10, this.#bodies.length, (part) => {
      for (const body of this.#bodies) {
        part.u32(body.length);
        part.raw(body);
      }
    });
    return out.take();
  }
}

function section(
  out: ByteWriter,
  id: number,
  count: number,
  write: (part: ByteWriter) => void,
): void {
  if (count === 0) return;
  const part = new ByteWriter(4096);
  part.u32(count);
  write(part);
  out.byte(id);
  out.u32(part.length);
  out.raw(part.view());
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
