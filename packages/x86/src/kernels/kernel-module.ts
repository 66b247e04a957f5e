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

const { i32 } = ValueType;

/** Gathers functions, and makes the module of them. */
export class KernelModule {
  readonly #writer = new ModuleWriter();
  readonly #code = new CodeWriter(4096);
  readonly #names: string[] = [];

  /** @param shared true if the memory is shared among threads */
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
   * is the kernel's to say; it answers 0 if the body has no results at its end.
   */
  kernel(name: string, body: (f: KernelFunction, state: Local, operand: Local) => void): void {
    const { index } = this.function([i32, i32], [i32], (f, state, operand) => {
      body(f, state, operand);
      if (!f.isAnswered) f.results(0);
    });
    this.#writer.export(name, "function", index);
    this.#names.push(name);
  }

  /** The names of the kernels so far. */
  get names(): readonly string[] {
    return this.#names;
  }
  /** The module's bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#writer.finish();
  }
}
