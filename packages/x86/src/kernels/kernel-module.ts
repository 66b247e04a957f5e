/**
 * The module of kernels: functions of WebAssembly over the processor's storage, which do what
 * 64-bit integers and vectors are needed for. A subject (`kernels/fpu`, `kernels/mmx`) contributes
 * with a function that takes a {@link KernelModule} and adds to it; `kernels.ts` calls them all.
 */
import { CodeWriter, ModuleWriter, ValueType } from "@mem/wasm-emit";
import { Local } from "./expression.js";
import type { Callee } from "./kernel-function.js";
import { KernelFunction } from "./kernel-function.js";

/** The first parameter of every kernel is the address of the storage. */
export type Kernel = (state: number, operand: number) => number;

/** A kernel, and the number by which the interpreter and translated code know it. */
export interface KernelEntry extends Callee {
  readonly name: string;
  readonly number: number;
}

const { i32 } = ValueType;

/** Gathers functions, and makes the module of them. */
export class KernelModule {
  readonly #writer = new ModuleWriter();
  readonly #code = new CodeWriter(4096);
  readonly #kernels: KernelEntry[] = [];

  /** @param shared whether the memory is shared among threads */
  constructor(shared: boolean) {
    this.#writer.importMemory(
      "e",
      "memory",
      shared ? { initial: 1, maximum: 65536, shared } : { initial: 1 },
    );
  }

  /** Adds a function that kernels can call; those it calls must be there already. */
  function(
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    body: (f: KernelFunction, ...parameters: Local[]) => void,
  ): Callee {
    this.#code.begin(parameters.length);
    body(new KernelFunction(this.#code, results), ...parameters.map((t, n) => new Local(t, n)));
    const type = this.#writer.type(parameters, results);
    return { index: this.#writer.addFunction(type, this.#code.finish()), parameters, results };
  }

  /**
   * Adds a kernel: `(state, operand) -> answer`, 32 bits each. What the operand and the answer mean
   * is the kernel's to say.
   */
  kernel(
    name: string,
    body: (f: KernelFunction, state: Local, operand: Local) => void,
  ): KernelEntry {
    const callee = this.function([i32, i32], [i32], body);
    const entry = { ...callee, name, number: this.#kernels.length };
    this.#writer.export(name, "function", callee.index);
    this.#kernels.push(entry);
    return entry;
  }

  /** The kernels so far, by number. */
  get kernels(): readonly KernelEntry[] {
    return this.#kernels;
  }
  /** The module's bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#writer.finish();
  }
}
