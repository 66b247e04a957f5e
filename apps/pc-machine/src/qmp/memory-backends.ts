/** Memory that programs add to the machine by `object-add`: QEMU's `memory-backend-ram`. */
import type { MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";
import type { QomObject } from "@mem/qom";

import { QmpError } from "./qmp-error.js";

/** The type of memory of the machine's own. */
export const MEMORY_BACKEND_RAM = "memory-backend-ram";
/** Bytes of a backend at most: what an address space of a process can be asked for. */
const MOST_BYTES = 2 ** 32;

/** One piece of memory. */
export interface MemoryBackend {
  readonly id: string;
  readonly size: number;
  readonly region: MemoryRegion;
  readonly object: QomObject;
  readonly share: boolean;
}

/** The pieces of memory below `/objects`. */
export class MemoryBackends {
  readonly #machine: Machine;
  readonly #byId = new Map<string, MemoryBackend>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** All of them, the newest first. */
  get all(): readonly MemoryBackend[] {
    return [...this.#byId.values()].reverse();
  }

  /** Add one. @throws QmpError when the name is taken, or it cannot be had */
  add(id: string, size: number, share: boolean): void {
    const { objects } = this.#machine;
    const parent = objects.container("/objects");
    if (parent.findProperty(id) !== null) {
      throw new QmpError(`attempt to add duplicate property '${id}' to object (type 'container')`);
    }
    if (size <= 0) {
      throw new QmpError(`property 'size' of ${MEMORY_BACKEND_RAM} doesn't take value '${size}'`);
    }
    if (size > MOST_BYTES) throw new QmpError("cannot set up guest memory: Cannot allocate memory");
    objects.types.register({ name: MEMORY_BACKEND_RAM });
    const object = objects.create(MEMORY_BACKEND_RAM, { parent, name: id });
    object.unref();
    try {
      const region = this.#machine.ram({ name: id, size, owner: object });
      this.#byId.set(id, { id, size, region, object, share });
    } catch (error) {
      object.unparent();
      if (!(error instanceof RangeError)) throw error;
      throw new QmpError("cannot set up guest memory: Cannot allocate memory");
    }
  }

  /** Take one out. @throws QmpError when there is none */
  remove(id: string): void {
    const backend = this.#byId.get(id);
    if (backend === undefined) throw new QmpError(`object '${id}' not found`);
    this.#byId.delete(id);
    backend.object.unparent();
  }
}
