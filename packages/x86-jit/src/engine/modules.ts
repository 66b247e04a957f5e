/** Modules made at run time: which units live in which, and how few there are kept. */
import { CodeWriter, ModuleWriter, ValueType } from "@mem/wasm-emit";
import { Imports } from "../emit/emitter.js";

/** The function type of units, `() -> reason`, is the first of every module. */
export const UNIT_TYPE = 0;

/** Functions that units call. */
export interface UnitCalls {
  /** Enters the page of a linear address in the TLB: 1 if that could be done. */
  miss(linear: number, access: number): number;
  /** Has one instruction interpreted: 0 if the unit may go on at the linear address `next`. */
  interpret(next: number): number;
  flagResult(kind: number, a: number, b: number): number;
  flagRest(kind: number, a: number, b: number): number;
  /** A unit whose runs are counted was entered. */
  entered(number: number): void;
}

/** A unit's code and where it hangs in the table. */
export interface UnitCode {
  readonly body: Uint8Array;
  readonly slot: number;
  /** False as soon as it was dropped: the next merge leaves it out. */
  readonly live: boolean;
}

/** Slots of the table at first: each instance has a copy of the whole, so it grows by need. */
const FEW = 256;

/** Modules of a level that are merged into one of the next. */
const MERGED = 12;

/**
 * The modules of one translator. Units come in batches, one module each; a dozen modules are merged
 * into one, for jumps between many small modules are slow and each takes a mapping of the process.
 */
export class Modules {
  readonly #slots: number;
  readonly #memory: WebAssembly.Memory;
  readonly #table: WebAssembly.Table;
  readonly #imports: WebAssembly.Imports;
  /** For each level, the units of each module. */
  readonly #levels: UnitCode[][][] = [];
  #made = 0;
  /** Runs the unit in a slot of the table. */
  readonly enter: (slot: number) => number;

  /**
   * @param slots units at most
   * @param kernels the table of kernels that units call
   */
  constructor(
    memory: WebAssembly.Memory,
    slots: number,
    calls: UnitCalls,
    kernels: WebAssembly.Table,
  ) {
    this.#memory = memory;
    this.#slots = slots;
    this.#table = new WebAssembly.Table({ element: "anyfunc", initial: Math.min(slots, FEW) });
    this.#imports = { e: { ...calls, memory, table: this.#table, kernels } };
    this.enter = this.#trampoline();
  }

  /** Modules that have been made. */
  get made(): number {
    return this.#made;
  }
  /** Modules alive. */
  get count(): number {
    return this.#levels.reduce((sum, level) => sum + level.length, 0);
  }

  /** Compiles units and puts them into the table. */
  add(units: readonly UnitCode[]): void {
    this.#place(0, [...units]);
  }
  /** Empties a slot. */
  drop(slot: number): void {
    this.#table.set(slot, null);
  }
  /** Forgets all modules; the slots are the caller's to empty. */
  clear(): void {
    this.#levels.length = 0;
  }

  #place(level: number, units: UnitCode[]): void {
    if (units.length === 0) return;
    this.#compile(units);
    const modules = (this.#levels[level] ??= []);
    modules.push(units);
    if (modules.length < MERGED) return;
    this.#levels[level] = [];
    this.#place(
      level + 1,
      modules.flat().filter((unit) => unit.live),
    );
  }

  #compile(units: readonly UnitCode[]): void {
    this.#grow(units.reduce((most, { slot }) => Math.max(most, slot), 0));
    const module = beginModule(this.#memory);
    for (const { body, slot } of units) {
      module.addElements(0, slot, [module.addFunction(UNIT_TYPE, body)]);
    }
    this.#instantiate(module);
  }
  /** Makes room for a slot. */
  #grow(slot: number): void {
    const { length } = this.#table;
    if (slot < length) return;
    this.#table.grow(Math.min(this.#slots, Math.max(2 * length, slot + 1)) - length);
  }
  #instantiate(module: ModuleWriter): WebAssembly.Instance {
    this.#made++;
    return new WebAssembly.Instance(new WebAssembly.Module(module.finish()), this.#imports);
  }
  #trampoline(): (slot: number) => number {
    const module = beginModule(this.#memory);
    const type = module.type([ValueType.i32], [ValueType.i32]);
    const code = new CodeWriter(64);
    code.begin(1);
    code.localGet(0);
    code.callIndirect(UNIT_TYPE);
    module.export("enter", "function", module.addFunction(type, code.finish()));
    return this.#instantiate(module).exports["enter"] as (slot: number) => number;
  }
}

/** Begins a module of units: its types and imports. */
export function beginModule(memory: WebAssembly.Memory): ModuleWriter {
  const { i32 } = ValueType;
  const module = new ModuleWriter();
  module.type([], [i32]);
  const two = module.type([i32, i32], [i32]);
  const one = module.type([i32], [i32]);
  const three = module.type([i32, i32, i32], [i32]);
  const told = module.type([i32], []);
  const names = [
    [Imports.MISS, "miss", two],
    [Imports.INTERPRET, "interpret", one],
    [Imports.FLAG_RESULT, "flagResult", three],
    [Imports.FLAG_REST, "flagRest", three],
    [Imports.ENTERED, "entered", told],
  ] as const;
  for (const [, name, type] of names) module.importFunction("e", name, type);
  const pages = memory.buffer.byteLength / 65536;
  module.importMemory("e", "memory", { initial: pages });
  module.importTable("e", "table", { initial: 0 });
  module.importTable("e", "kernels", { initial: 0 });
  return module;
}
