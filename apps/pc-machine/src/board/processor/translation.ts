/** Execution of guest code: translated, in one memory with the RAM, or interpreted. */
import { type CpuModel, X86Cpu } from "@mem/x86";
import {
  type Translator,
  translator,
  TRANSLATOR_BYTES,
  TranslatorGroup,
  whyNotTranslate,
} from "@mem/x86-jit";

import type { RamStorage } from "../memory/address-map.js";
import type { CreateCpu } from "./cpu.js";
import type { JitSettings } from "../options/options.js";

const WASM_PAGE = 65536;
/** Bytes at most in a memory with 32-bit addresses, as V8 gives it. */
const MOST_BYTES = 65536 * WASM_PAGE - WASM_PAGE;

type Made = ReturnType<typeof translator>;

/** A memory for the processor's state, the translator's tables and the RAM. */
export class Translation {
  readonly ram: RamStorage;
  readonly createCpu: CreateCpu;
  readonly #first: Made;
  readonly #made: Made[] = [];
  readonly #group = new TranslatorGroup();

  private constructor(
    memory: WebAssembly.Memory,
    memoryOffset: number,
    model: CpuModel | undefined,
    cpus: number,
    settings: JitSettings,
  ) {
    this.ram = { memory, memoryOffset };
    const group = this.#group;
    this.#first = translator({ ...settings, memory, group });
    // A translation for each processor; board and options agree on how many there are.
    this.createCpu = (wiring) => {
      const number = this.#made.length;
      const offset = Math.min(number, cpus - 1) * TRANSLATOR_BYTES;
      const made = number === 0 ? this.#first : translator({ ...settings, memory, offset, group });
      this.#made.push(made);
      return new X86Cpu({ ...wiring, ...made, ...(model === undefined ? {} : { model }) });
    };
  }

  /** Makes one for so many bytes of RAM, or says why there is none. */
  static make(
    ramSize: number,
    model: CpuModel | undefined,
    cpus: number,
    settings: JitSettings,
  ): Translation | string {
    const reason = whyNotTranslate();
    if (reason !== null) return reason;
    const memoryOffset = Math.ceil((cpus * TRANSLATOR_BYTES) / WASM_PAGE) * WASM_PAGE;
    const pages = Math.ceil((memoryOffset + ramSize) / WASM_PAGE);
    if (pages * WASM_PAGE > MOST_BYTES) return "there is too much RAM for a WebAssembly memory";
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
      return new Translation(memory, memoryOffset, model, cpus, settings);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Translator of the first processor, once that has been made. Stores are told to all. */
  get translator(): Translator {
    return this.#first.translator;
  }

  /** Bytes of WebAssembly that all processors' translators have compiled so far. */
  get compiledBytes(): number {
    return this.#made.reduce((sum, made) => sum + made.translator.counters.compiled, 0);
  }

  /** Ends the watches of code. */
  dispose(): void {
    this.#group[Symbol.dispose]();
  }
}
