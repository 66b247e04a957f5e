/** The kernels of one processor, compiled when they are first needed. */
import { UnknownKernelError } from "./unknown-kernel-error.js";
import type { StateStorage } from "../state/layout.js";
import { addFpuKernels } from "./fpu/index.js";
import type { Kernel } from "./kernel-module.js";
import { KernelModule } from "./kernel-module.js";

/** The kernels of one processor. */
export class Kernels {
  /** Address of the processor's storage in the memory. */
  readonly state: number;
  readonly #memory: WebAssembly.Memory;
  #compiled: ReadonlyMap<string, Kernel> | null = null;

  constructor(memory: WebAssembly.Memory, state: number) {
    this.#memory = memory;
    this.state = state;
  }

  /**
   * A kernel by its name. The first call compiles them all.
   * @throws UnknownKernelError when there is none of that name
   */
  kernel(name: string): Kernel {
    const kernel = (this.#compiled ??= compile(this.#memory)).get(name);
    if (kernel === undefined)
      throw new UnknownKernelError(`there is no kernel ${name}`, { rule: "kernel-exists" });
    return kernel;
  }
}

function compile(memory: WebAssembly.Memory): ReadonlyMap<string, Kernel> {
  const shared =
    typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const module = new KernelModule(shared);
  addFpuKernels(module);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    e: { memory },
  });
  return new Map(module.names.map((name) => [name, exports[name] as Kernel]));
}

/** The memory that a processor's storage lies in, where none is given; none without WebAssembly. */
export function memoryOfItsOwn(): WebAssembly.Memory | undefined {
  try {
    return typeof WebAssembly === "undefined" ? undefined : new WebAssembly.Memory({ initial: 1 });
  } catch {
    // Hosts that bound address space refuse it.
    return undefined;
  }
}

/** The kernels for a storage that lies in a memory; null where there are none. */
export function kernelsFor({ memory, offset }: StateStorage): Kernels | null {
  return memory === undefined ? null : new Kernels(memory, offset);
}
