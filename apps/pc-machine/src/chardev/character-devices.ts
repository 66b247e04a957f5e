/** The character devices of a machine, by label. */
import { MemError } from "@mem/qom";

import type { CharacterBackend } from "./character-backend.js";

/** A character device that is not there, or is in use. Rule `character-device`. */
export class CharacterDeviceError extends MemError {
  static override readonly name: string = "CharacterDeviceError";

  constructor(message: string) {
    super(message, { rule: "character-device" });
  }
}

/** One of them. */
export interface CharacterDevice {
  readonly label: string;
  readonly backend: CharacterBackend;
  /** True if a front end holds it. */
  inUse: boolean;
}

/** The list that `query-chardev` shows. */
export class CharacterDevices {
  readonly #byLabel = new Map<string, CharacterDevice>();

  /** All of them, in the order in which they came. */
  get all(): readonly CharacterDevice[] {
    return [...this.#byLabel.values()];
  }

  /** The device of a label, `null` when there is none. */
  get(label: string): CharacterDevice | null {
    return this.#byLabel.get(label) ?? null;
  }

  /** A further one. @throws CharacterDeviceError when the label is taken */
  add(label: string, backend: CharacterBackend): CharacterDevice {
    if (this.#byLabel.has(label)) {
      throw new CharacterDeviceError(`Chardev with id '${label}' already exists`);
    }
    const device: CharacterDevice = { label, backend, inUse: false };
    this.#byLabel.set(label, device);
    return device;
  }

  /** Take one away. @throws CharacterDeviceError when there is none, or a front end holds it */
  remove(label: string): void {
    const device = this.#byLabel.get(label);
    if (device === undefined) throw new CharacterDeviceError(`Chardev '${label}' not found`);
    if (device.inUse) throw new CharacterDeviceError(`Chardev '${label}' is busy`);
    this.#byLabel.delete(label);
    void device.backend.close();
  }

  /** Close all. Settles when what was written has gone. */
  async close(): Promise<void> {
    const devices = this.all;
    this.#byLabel.clear();
    await Promise.all(devices.map(({ backend }) => backend.close()));
  }
}
