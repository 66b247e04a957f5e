/** The items fw_cfg offers: numbered ones, and files with a directory of their own. */
import { MemError } from "@mem/qom";
import { FW_CFG_FILE_FIRST, FW_CFG_FILE_SLOTS, FwCfgKey } from "./keys.js";

/** Raised when a board asks fw_cfg for what it cannot hold. Never caused by a guest. */
export class FwCfgError extends MemError {
  static override readonly name: string = "FwCfgError";
}

/** One item: bytes under a key. */
export interface FwCfgItem {
  readonly bytes: Uint8Array;
  /** True if the guest may write it, through DMA. */
  readonly writable: boolean;
}

const NAME_BYTES = 56;
const ENTRY_BYTES = 64;
const COUNT_BYTES = 4;

function littleEndian(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let i = 0; i < length; i++) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** Everything firmware may ask for. */
export class FwCfgItems {
  readonly #numbered = new Map<number, FwCfgItem>();
  readonly #files = new Map<string, FwCfgItem>();
  #names: readonly string[] = [];

  constructor() {
    this.#buildDirectory();
  }

  /** Put bytes under `key`, in place of what was there. The array is kept, not copied. */
  set(key: number, bytes: Uint8Array): void {
    this.#numbered.set(key, { bytes, writable: false });
  }

  /** Put a little-endian number of `length` (2, 4 or 8) bytes under `key`. */
  setNumber(key: number, value: number, length: 2 | 4 | 8): void {
    this.set(key, littleEndian(value, length));
  }

  /**
   * Offer a file. The array is kept, not copied. Keys of files follow the order of their names, so
   * offer all of them before the guest runs.
   * @throws FwCfgError when the name is empty, too long or taken, or all slots are
   */
  addFile(name: string, bytes: Uint8Array, options?: { writable?: boolean }): void {
    const length = new TextEncoder().encode(name).length;
    if (length === 0 || length >= NAME_BYTES) {
      throw new FwCfgError(
        `fw_cfg file "${name}": a name has 1 to ${NAME_BYTES - 1} bytes, not ${length}`,
        { rule: "file-name" },
      );
    }
    if (this.#files.has(name)) {
      throw new FwCfgError(`fw_cfg has a file "${name}" already`, { rule: "file-exists" });
    }
    if (this.#files.size >= FW_CFG_FILE_SLOTS) {
      throw new FwCfgError(`fw_cfg file "${name}": all ${FW_CFG_FILE_SLOTS} slots are taken`, {
        rule: "file-slots",
      });
    }
    this.#files.set(name, { bytes, writable: options?.writable ?? false });
    this.#buildDirectory();
  }

  /**
   * Give the file `name` other contents, and keep its key. The array is kept, not copied.
   * @throws FwCfgError when there is no such file
   */
  replaceFile(name: string, bytes: Uint8Array): void {
    const file = this.#files.get(name);
    if (file === undefined) {
      throw new FwCfgError(`fw_cfg has no file "${name}"`, { rule: "file-is-there" });
    }
    this.#files.set(name, { ...file, bytes });
    this.#buildDirectory();
  }

  /** The names of the files, in the order of their keys. */
  get fileNames(): readonly string[] {
    return this.#names;
  }

  /** Item under `key`, `null` where there is none. */
  get(key: number): FwCfgItem | null {
    const name = this.#names[key - FW_CFG_FILE_FIRST];
    const item = name === undefined ? this.#numbered.get(key) : this.#files.get(name);
    return item ?? null;
  }

  /** The file `name`, `null` when it is not offered. */
  file(name: string): FwCfgItem | null {
    return this.#files.get(name) ?? null;
  }

  #buildDirectory(): void {
    this.#names = [...this.#files.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const directory = new Uint8Array(COUNT_BYTES + this.#names.length * ENTRY_BYTES);
    const view = new DataView(directory.buffer);
    view.setUint32(0, this.#names.length);
    for (const [index, name] of this.#names.entries()) {
      const entry = COUNT_BYTES + index * ENTRY_BYTES;
      view.setUint32(entry, this.#files.get(name)?.bytes.length ?? 0);
      view.setUint16(entry + 4, FW_CFG_FILE_FIRST + index);
      directory.set(new TextEncoder().encode(name), entry + 8);
    }
    this.set(FwCfgKey.FILE_DIRECTORY, directory);
  }
}
