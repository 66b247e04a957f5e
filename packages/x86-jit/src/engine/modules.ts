/** Modules made at run time: which units live in which, and how few there are kept. */
import { CodeWriter, ModuleWriter, ValueType } from "@mem/wasm-emit";
import { Imports } from "../emit/unit-mode.js";
import type { KernelTable } from "./kernel-table.js";
import type { UnitCalls } from "./unit-calls.js";
import { wideDivision } from "./wide-division.js";

/** The function type of units, `() -> reason`, is the first of every module. */
export const UNIT_TYPE = 0;

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

/** Instances that are given the same tables, see {@link Modules}. */
const SHARING = 48;

/** A module, and the units that were put into it. */
interface UnitModule {
  readonly module: WebAssembly.Module;
  readonly units: readonly UnitCode[];
}

/**
 * The modules of one translator. Units come in batches, one module each; a dozen modules are merged
 * into one, for jumps between many small modules are slow and each takes a mapping of the process.
 *
 * Some engines keep each instance for as long as the tables that it imports, and tell all of them of
 * each change to those. So after some instances tables are made anew, and of the modules only those that
 * still hold units are instantiated again; their compiled code stays, unless more than half of it is dead.
 */
export class Modules {
  readonly #slots: number;
  readonly #memory: WebAssembly.Memory;
  readonly #calls: UnitCalls;
  readonly #kernels: KernelTable;
  #table: WebAssembly.Table;
  #imports: WebAssembly.Imports;
  #enter: (slot: number) => number;
  /** For each level, its modules. */
  readonly #levels: UnitModule[][] = [];
  /** Instances that were given the tables. */
  #sharing = 0;
  #compiled = 0;
  readonly #trampoline: WebAssembly.Module;
  readonly #divide = wideDivision();

  /** @param slots units at most */
  constructor(memory: WebAssembly.Memory, slots: number, calls: UnitCalls, kernels: KernelTable) {
    this.#memory = memory;
    this.#slots = slots;
    this.#calls = calls;
    this.#kernels = kernels;
    this.#trampoline = trampoline(memory);
    this.#table = newTable(Math.min(slots, FEW));
    this.#imports = this.#importsOf();
    this.#enter = this.#instantiateTrampoline();
  }

  /** Modules alive. */
  get count(): number {
    return this.#levels.reduce((sum, level) => sum + level.length, 0);
  }

  /** Units in the modules alive, and those that were dropped and are there still. */
  get held(): number {
    return this.#levels.flat().reduce((sum, { units }) => sum + units.length, 0);
  }

  /** Bytes of all modules so far, also of those that are gone. */
  get compiled(): number {
    return this.#compiled;
  }

  /** Runs the unit in a slot of the table. */
  enter(slot: number): number {
    return this.#enter(slot);
  }
  /** Compiles units and puts them into the table. */
  add(units: readonly UnitCode[]): void {
    this.#place(0, units);
    if (this.#sharing > SHARING) this.#renew(this.#table.length);
  }
  /** Empties a slot. */
  drop(slot: number): void {
    this.#table.set(slot, null);
  }
  /** Forgets all modules. */
  clear(): void {
    this.#levels.length = 0;
    this.#renew(Math.min(this.#slots, FEW));
  }

  #place(level: number, units: readonly UnitCode[]): void {
    if (units.length === 0) return;
    const modules = (this.#levels[level] ??= []);
    modules.push(this.#compile(units));
    if (modules.length < MERGED) return;
    this.#levels[level] = [];
    this.#place(level + 1, modules.flatMap((module) => module.units).filter(isLive));
  }

  #compile(units: readonly UnitCode[]): UnitModule {
    this.#grow(units.reduce((most, { slot }) => Math.max(most, slot), 0));
    const writer = beginModule(this.#memory);
    for (const { body, slot } of units) {
      writer.addElements(0, slot, [writer.addFunction(UNIT_TYPE, body)]);
    }
    const bytes = writer.finish();
    this.#compiled += bytes.length;
    const module = new WebAssembly.Module(bytes);
    this.#instantiate(module);
    return { module, units };
  }
  /** Makes room for a slot. */
  #grow(slot: number): void {
    const { length } = this.#table;
    if (slot < length) return;
    this.#table.grow(Math.min(this.#slots, Math.max(2 * length, slot + 1)) - length);
  }
  #instantiate(module: WebAssembly.Module): WebAssembly.Instance {
    this.#sharing++;
    return new WebAssembly.Instance(module, this.#imports);
  }
  #instantiateTrampoline(): (slot: number) => number {
    return this.#instantiate(this.#trampoline).exports["enter"] as (slot: number) => number;
  }
  #importsOf(): WebAssembly.Imports {
    const { table: kernels } = this.#kernels;
    const divide = this.#divide;
    return { e: { ...this.#calls, divide, memory: this.#memory, table: this.#table, kernels } };
  }

  /** Makes the tables anew, with the units that are alive. */
  #renew(slots: number): void {
    this.#table = newTable(slots);
    this.#kernels.renew();
    this.#imports = this.#importsOf();
    this.#sharing = 0;
    this.#enter = this.#instantiateTrampoline();
    // Modules of a higher level are older, and so are the first of a level: where a slot has been taken
    // anew meanwhile, the unit that is alive comes last.
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      this.#levels[level] = this.#levels[level].flatMap((module) => this.#instantiateAnew(module));
    }
  }
  /** Instantiates a module anew, without what is dead when that is more than what lives, or not at all. */
  #instantiateAnew(module: UnitModule): UnitModule[] {
    const live = module.units.filter(isLive);
    if (live.length === 0) return [];
    if (2 * live.length < module.units.length) return [this.#compile(live)];
    this.#instantiate(module.module);
    return [module];
  }
}

function isLive(unit: UnitCode): boolean {
  return unit.live;
}

function newTable(slots: number): WebAssembly.Table {
  return new WebAssembly.Table({ element: "anyfunc", initial: slots });
}

/** A module whose function `enter` calls the unit in a slot. */
function trampoline(memory: WebAssembly.Memory): WebAssembly.Module {
  const module = beginModule(memory);
  const type = module.type([ValueType.i32], [ValueType.i32]);
  const code = new CodeWriter(64);
  code.begin(1);
  code.localGet(0);
  code.callIndirect(UNIT_TYPE);
  module.export("enter", "function", module.addFunction(type, code.finish()));
  return new WebAssembly.Module(module.finish());
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
  const { i64 } = ValueType;
  const division = module.type([i64, i64, i64], [i64]);
  const names = [
    [Imports.MISS, "miss", two],
    [Imports.INTERPRET, "interpret", one],
    [Imports.FLAG_RESULT, "flagResult", three],
    [Imports.FLAG_REST, "flagRest", three],
    [Imports.ENTERED, "entered", told],
    [Imports.STEP, "step", UNIT_TYPE],
    [Imports.LONG_MISS, "longMiss", three],
    [Imports.OWN_FLAGS, "ownFlags", UNIT_TYPE],
    [Imports.INPUT, "input", two],
    [Imports.OUTPUT, "output", three],
    [Imports.LOAD, "load", three],
    [Imports.STORE, "store", three],
    [Imports.CALM, "calm", UNIT_TYPE],
    [Imports.DIVIDE, "divide", division],
    [Imports.SEGMENT, "segment", two],
  ] as const;
  for (const [, name, type] of names) module.importFunction("e", name, type);
  const pages = memory.buffer.byteLength / 65536;
  module.importMemory("e", "memory", { initial: pages });
  module.importTable("e", "table", { initial: 0 });
  module.importTable("e", "kernels", { initial: 0 });
  return module;
}
