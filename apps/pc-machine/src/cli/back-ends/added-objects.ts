/** Objects of `-object`, which are there before any device. */
import { closeSync, openSync, readFileSync } from "node:fs";

import type { Machine } from "@mem/flat";

import type { MemoryBackend } from "../../objects/memory-backend.js";
import { UserObjectError, UserObjects } from "../../objects/user-objects.js";
import { optionError } from "../cli-error.js";
import type { CommandLine, DeviceLine } from "../command-line.js";
import { hostErrorText } from "../host-error.js";
import { FileMemories } from "./file-memory.js";

/** The objects, and the files that their memory is in. */
export class AddedObjects implements Disposable {
  readonly #line: CommandLine;
  readonly #files = new FileMemories();
  #objects: UserObjects | null = null;

  constructor(line: CommandLine) {
    this.#line = line;
  }

  /** All of them, `null` before {@link prepare}. */
  get objects(): UserObjects | null {
    return this.#objects;
  }

  /** Add them to a machine that has no devices yet. @throws CliError when one cannot be had */
  prepare(machine: Machine): void {
    const objects = new UserObjects(machine, {
      memory: (system, file) => this.#files.make(system, file),
      read: (path) => openedAs(path, () => new Uint8Array(readFileSync(path))),
      open: (path) => openedAs(path, () => closeSync(openSync(path, "r"))),
    });
    this.#objects = objects;
    for (const { values, form, option } of this.#line.objects) {
      tried(option, () => objects.add(values, form));
    }
  }

  /** The memory of a name, for `device`. @throws CliError when there is none, or it is taken */
  memory(device: DeviceLine, id: string): MemoryBackend {
    return tried(device.option, () => {
      if (this.#objects === null) throw new UserObjectError(`Device '${id}' not found`);
      return this.#objects.memoryFor(id, "memdev");
    });
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
  }
}

/** @throws UserObjectError in QEMU's words where the host refuses */
function openedAs<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new UserObjectError(`Could not open '${path}': ${hostErrorText(error)}`);
  }
}

function tried<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserObjectError)) throw error;
    throw optionError(option, error.message);
  }
}
