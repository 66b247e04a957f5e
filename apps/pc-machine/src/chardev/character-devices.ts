/** The character devices of a machine, by label. */
import { MemError } from "@mem/qom";

import type { CharacterBackend } from "./character-backend.js";
import { FrontEnd } from "./front-end.js";

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
  /** Gives the front end that holds it another back end; absent where that cannot be. */
  exchange?: (backend: CharacterBackend) => void;
  /** The end that a device holds, which may let go of it; absent where none does. */
  frontEnd?: FrontEnd;
}

/**
 * Makes back ends while the machine runs.
 * @param text what `-chardev` takes, without the label unless `label` is `null`
 * @returns with the label
 * @throws CharacterDeviceError when there is no such back end, or it cannot be had
 */
export type MakeBackend = (
  label: string | null,
  text: string,
) => { readonly label: string; readonly backend: CharacterBackend };

/** The list that `query-chardev` shows. */
export class CharacterDevices {
  readonly #byLabel = new Map<string, CharacterDevice>();
  readonly #make: MakeBackend | null;
  readonly #note: () => void;

  /**
   * @param make `null` where none can be added while the machine runs
   * @param note called each time that a device writes
   */
  constructor(make: MakeBackend | null = null, note: () => void = () => undefined) {
    this.#make = make;
    this.#note = note;
  }

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

  /**
   * The end of a character device for a device that names it.
   * @param property for messages, such as `virtserialport.chardev`
   * @throws CharacterDeviceError when there is none, or another holds it
   */
  take(label: string, property: string): FrontEnd {
    const device = this.#byLabel.get(label);
    if (device === undefined) {
      throw new CharacterDeviceError(`Property '${property}' can't find value '${label}'`);
    }
    if (device.inUse) {
      throw new CharacterDeviceError(
        `Property '${property}' can't take value '${label}': Device '${label}' is in use`,
      );
    }
    const frontEnd = new FrontEnd(device.backend, this.#note);
    this.hold(device, frontEnd);
    return frontEnd;
  }

  /** A device holds `frontEnd`, behind which the back end may be exchanged. */
  hold(device: CharacterDevice, frontEnd: FrontEnd): void {
    device.inUse = true;
    device.frontEnd = frontEnd;
    device.exchange = (backend) => frontEnd.change(backend);
  }

  /** A device is gone: the character device whose end it held, if it did, is free for another. */
  release(end: unknown): void {
    const device = this.all.find(({ frontEnd }) => frontEnd !== undefined && frontEnd === end);
    if (device === undefined) return;
    device.frontEnd?.release();
    device.inUse = false;
    delete device.frontEnd;
    delete device.exchange;
  }

  /**
   * Make one, as `chardev-add` does.
   * @param label `null` when it is in `text`
   * @returns the back end, which is taken away again if it cannot be used after all
   * @throws CharacterDeviceError when there is no such back end, or the label is taken
   */
  create(label: string | null, text: string): CharacterBackend {
    return this.#add(this.#made(label, text));
  }

  /**
   * Put another back end in place of one, as `chardev-change` does.
   * @returns settles when the new one is there; rejects when it cannot be had, and the old one stays
   * @throws CharacterDeviceError when there is none, or a front end holds it that knows no other
   */
  exchange(label: string, text: string): Promise<void> {
    const device = this.#byLabel.get(label);
    if (device === undefined) {
      throw new CharacterDeviceError(`Chardev '${label}' does not exist`);
    }
    if (device.inUse && device.exchange === undefined) {
      throw new CharacterDeviceError("Chardev user does not support chardev hotswap");
    }
    const { backend } = this.#made(label, text);
    return backend.ready.then(
      () => this.#replace(device, backend),
      (error: unknown) => {
        void backend.close();
        throw error;
      },
    );
  }

  #replace(old: CharacterDevice, backend: CharacterBackend): void {
    const { label, inUse, exchange } = old;
    if (this.#byLabel.get(label) !== old) {
      void backend.close();
      throw new CharacterDeviceError(`Chardev '${label}' does not exist`);
    }
    this.#byLabel.set(label, { ...old, backend });
    if (inUse) exchange?.(backend);
    void old.backend.close();
  }

  /** A break on the line, for whoever is at this end. @throws CharacterDeviceError when there is none */
  sendBreak(label: string): void {
    const device = this.#byLabel.get(label);
    if (device === undefined) throw new CharacterDeviceError(`Chardev '${label}' not found`);
    device.backend.onEvent?.("break");
  }

  #made(label: string | null, text: string): ReturnType<MakeBackend> {
    if (this.#make === null) {
      throw new CharacterDeviceError("Character devices cannot be added here");
    }
    return this.#make(label, text);
  }

  #add({ label, backend }: ReturnType<MakeBackend>): CharacterBackend {
    try {
      this.add(label, backend);
    } catch (error) {
      void backend.close();
      throw error;
    }
    backend.ready.catch(() => {
      if (this.#byLabel.get(label)?.backend === backend) this.#byLabel.delete(label);
      void backend.close();
    });
    return backend;
  }

  /** Close all. Settles when what was written has gone. */
  async close(): Promise<void> {
    const devices = this.all;
    this.#byLabel.clear();
    await Promise.all(devices.map(({ backend }) => backend.close()));
  }
}
