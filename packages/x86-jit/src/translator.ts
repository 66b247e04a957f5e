/** Making a translator for a processor. */
import { ArgumentError, LifecycleError } from "@mem/core";
import {
  aFlag,
  anInstance,
  aNumber,
  checkOptions,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import type { Engine, EngineHost, StateStorage } from "@mem/x86";
import { TranslatorGroup } from "./engine/group.js";
import { DEFAULTS } from "./engine/options.js";
import type { TranslatorSettings } from "./engine/options.js";
import { Translator } from "./engine/translator.js";
import { TRANSLATOR_BYTES } from "./layout.js";

/**
 * Options that a translator is made with.
 * @see {@link translator}
 */
export interface TranslatorOptions extends Partial<TranslatorSettings> {
  /** Holds the processor's state and, for speed, its RAM; it must not be grown. */
  readonly memory: WebAssembly.Memory;
  /** First byte in it of {@link TRANSLATOR_BYTES}, a multiple of 16; default 0. */
  readonly offset?: number;
}

/**
 * The options of an `X86Cpu` that give it a translator: `new X86Cpu({ ...wiring, ...translation })`.
 * @see {@link translator}
 */
export class Translation {
  /** Place of the processor's registers. */
  readonly storage: StateStorage;
  /** Makes the translator; the processor calls it. */
  readonly engine: (host: EngineHost) => Engine;
  #made: Translator | null = null;

  /** @internal */
  constructor(options: TranslatorOptions) {
    const { memory, offset = 0, group = new TranslatorGroup() } = options;
    this.storage = { buffer: memory.buffer, memory, offset };
    this.engine = (host) => (this.#made = new Translator(host, { ...DEFAULTS, group, ...options }));
  }

  /**
   * The translator, once the processor has been made.
   * @throws LifecycleError before that
   */
  get translator(): Translator {
    if (this.#made === null) {
      throw new LifecycleError("the processor has not been made yet", { rule: "no-processor" });
    }
    return this.#made;
  }
}

const OPTIONS: OptionTable = {
  call: "translator",
  required: { memory: anInstance("a WebAssembly.Memory", () => WebAssembly.Memory) },
  optional: {
    offset: aNumber,
    group: anInstance("a TranslatorGroup", () => TranslatorGroup),
    threshold: aNumber,
    batch: aNumber,
    patience: aNumber,
    instructions: aNumber,
    units: aNumber,
    bytes: aNumber,
    links: aFlag,
    countRuns: aFlag,
  },
};

/**
 * Prepares a translator for one processor. Needs WebAssembly with tail calls.
 * @throws ArgumentError when the memory has no room for the translator's tables
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
 * const main = machine.ram({ name: "main", size: 1 << 20, memory, memoryOffset: 1 << 20 });
 * const io = machine.addressSpace(machine.container({ name: "ports", size: 0x10000 }), "I/O");
 * const bus = machine.addressSpace(main, "memory");
 * const wiring = { memory: bus, io, acknowledgeInterrupt: () => 0 };
 * const cpu = new X86Cpu({ ...wiring, ...translator({ memory }) });
 * console.log(cpu.run(0)); // prints: 0
 */
export function translator(options: TranslatorOptions): Translation {
  checkOptions(options, OPTIONS, refuseArgument);
  const { memory, offset = 0 } = options;
  if (offset % 16 !== 0 || offset + TRANSLATOR_BYTES > memory.buffer.byteLength) {
    throw new ArgumentError(`a translator needs ${TRANSLATOR_BYTES} bytes from a multiple of 16`, {
      rule: "translator-memory",
      address: offset,
    });
  }
  return new Translation(options);
}
