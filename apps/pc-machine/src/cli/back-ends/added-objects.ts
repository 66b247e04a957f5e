/** Objects of `-object`, which are there before any device. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

import type { Machine } from "@mem/flat";

import type { MemoryBackend } from "../../objects/memory-backend.js";
import type { RandomSource } from "../../objects/random-source.js";
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
      random: (path) => openedAs(path, () => randomFile(path)),
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

  /** The source of random bytes of a name, for `device`. @throws CliError when there is none */
  random(device: DeviceLine, id: string): RandomSource {
    return tried(device.option, () => {
      if (this.#objects === null) throw new UserObjectError(`Device '${id}' not found`);
      return this.#objects.randomFor(id, "rng");
    });
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
  }
}

/** The file as a source of random bytes, opened each time: it is seldom read, and may be a device. */
function randomFile(path: string): RandomSource {
  closeSync(openSync(path, "r"));
  return {
    read: (count) => {
      const bytes = new Uint8Array(count);
      let file: number | null = null;
      try {
        file = openSync(path, "r");
        return bytes.subarray(0, readSync(file, bytes));
      } catch {
        // Gone since it was opened first: the guest gets nothing.
        return bytes.subarray(0, 0);
      } finally {
        if (file !== null) closeSync(file);
      }
    },
  };
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
