/** Memory whose bytes are in a file: `memory-backend-file`. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";

import type { MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import { UserObjectError, type FileMemory } from "../../objects/user-objects.js";
import { hostErrorText } from "../host-error.js";

/** Keeps a file open as long as its memory is there. */
export class FileMemories implements Disposable {
  readonly #open = new Set<number>();

  /**
   * The memory: what is shared is the file itself, so that every process sees at once what one
   * stores; what is not is a copy.
   * @throws UserObjectError when the file cannot be had
   */
  make(machine: Machine, file: FileMemory): MemoryRegion {
    const { path, size, share } = file;
    const fd = this.#openFile(file);
    if (share) return sharedRegion(machine, file, fd);
    const region = machine.ram({ name: file.id, size, owner: file.owner });
    try {
      readSync(fd, region.ramBytes(), 0, size, 0);
    } catch (error) {
      throw trouble(path, error);
    } finally {
      this.#open.delete(fd);
      closeSync(fd);
    }
    return region;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#open) closeSync(fd);
    this.#open.clear();
  }

  #openFile({ path, size, readonly, share }: FileMemory): number {
    try {
      const fd = openFile(path, readonly);
      this.#open.add(fd);
      const { size: has } = fstatSync(fd);
      if (has < size) {
        if (readonly || (has > 0 && !share)) {
          throw new UserObjectError(
            `backing store size 0x${has.toString(16)} does not match 'size'`,
          );
        }
        ftruncateSync(fd, size);
      }
      return fd;
    } catch (error) {
      if (error instanceof UserObjectError) throw error;
      throw trouble(path, error);
    }
  }
}

function openFile(path: string, readonly: boolean): number {
  if (readonly) return openSync(path, "r");
  try {
    return openSync(path, "r+");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    return openSync(path, "wx+");
  }
}

function trouble(path: string, error: unknown): UserObjectError {
  return new UserObjectError(
    `can't open backing store ${path} for guest RAM: ${hostErrorText(error)}`,
  );
}

const WORD_BYTES = 8;

/** A region whose every access is one to the file. */
function sharedRegion(
  machine: Machine,
  { id, size, owner, readonly }: FileMemory,
  fd: number,
): MemoryRegion {
  const word = new Uint8Array(WORD_BYTES);
  const view = new DataView(word.buffer);
  const load = (offset: number, bytes: number): void => {
    word.fill(0);
    readSync(fd, word, 0, bytes, offset);
  };
  const store = (offset: number, bytes: number): void => {
    if (!readonly) writeSync(fd, word, 0, bytes, offset);
  };
  const anyAccess = { minAccessSize: 1, maxAccessSize: WORD_BYTES, unaligned: true };
  return machine.mmio({
    name: id,
    size,
    owner,
    endianness: "little",
    valid: anyAccess,
    impl: anyAccess,
    read: (offset, bytes) => {
      load(offset, bytes);
      return view.getUint32(0, true);
    },
    read64: (offset) => {
      load(offset, WORD_BYTES);
      return view.getBigUint64(0, true);
    },
    write: (offset, value, bytes) => {
      view.setUint32(0, value, true);
      store(offset, bytes);
    },
    write64: (offset, value) => {
      view.setBigUint64(0, value, true);
      store(offset, WORD_BYTES);
    },
  });
}
