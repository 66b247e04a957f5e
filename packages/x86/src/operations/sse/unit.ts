/** The SSE unit of a processor: its kernels, by the rows of the table. */
import { UnknownKernelError } from "../../kernels/unknown-kernel-error.js";
import type { Kernel } from "../../kernels/kernel-module.js";
import { hasVectors, makeSseKernels } from "../../kernels/sse/sse-kernels.js";
import type { StateStorage } from "../../state/layout.js";
import type { SseRow } from "./row.js";

/** A row and its kernels on one processor. */
export interface SseForm {
  readonly row: SseRow;
  readonly register: Kernel;
  readonly memory: Kernel;
}

/** Finds forms; the kernels are compiled when the first is asked for. */
export class SseUnit {
  /** Address of the storage in the kernels' memory. */
  readonly state: number;
  readonly #storage: StateStorage;
  readonly #forms = new Map<SseRow, SseForm>();
  #kernels: ReadonlyMap<string, Kernel> | null = null;

  constructor(storage: StateStorage) {
    this.state = storage.offset;
    this.#storage = storage;
  }

  /**
   * The kernel of that name.
   * @throws UnknownKernelError when there is none
   */
  kernel(name: string): Kernel {
    this.#kernels ??= makeSseKernels(this.#storage);
    const kernel = this.#kernels.get(name);
    if (kernel === undefined)
      throw new UnknownKernelError(`SSE has no kernel ${name}`, { rule: "kernel-exists" });
    return kernel;
  }
  /**
   * A row with its kernels.
   * @throws UnknownKernelError for a row that names none
   */
  form(row: SseRow): SseForm {
    let form = this.#forms.get(row);
    if (form === undefined) {
      form = { row, register: this.kernel(row.kernel), memory: this.kernel(row.memoryKernel) };
      this.#forms.set(row, form);
    }
    return form;
  }
}

/** The unit for a storage; null where WebAssembly, or its vectors, are missing. */
export function sseUnitFor(storage: StateStorage): SseUnit | null {
  return storage.memory !== undefined && hasVectors() ? new SseUnit(storage) : null;
}
