/** `-chardev pipe`: named pipes that somebody made: PATH.in and PATH.out, or one for both. */
import { constants, openSync } from "node:fs";
import { Socket } from "node:net";

import type { CharacterEvent } from "../../host/chardev.js";
import type { CharacterBackend } from "../character-backend.js";
import { CharacterDeviceError } from "../character-devices.js";
import { reasonOf } from "./errors.js";
import { StreamEnd } from "./stream-end.js";

/** A pair of named pipes. */
export class PipeBackend implements CharacterBackend {
  receive: ((byte: number) => void) | null = null;
  onEvent: ((event: CharacterEvent) => void) | null = null;
  onDrain: (() => void) | null = null;
  readonly ready: Promise<void>;
  readonly filename = "pipe";
  readonly #end: StreamEnd;
  readonly #input: { destroy(): unknown };
  #closed = false;

  /** @throws CharacterDeviceError when they cannot be opened */
  constructor(path: string) {
    const { input, output } = openPipes(path);
    // Sockets of Node poll the pipes; its file streams would keep a thread waiting in each read.
    const reader = new Socket({ fd: input, readable: true, writable: false });
    const writer = new Socket({ fd: output, readable: false, writable: true });
    reader.on("data", (chunk: Uint8Array) => {
      for (const byte of chunk) this.receive?.(byte);
    });
    reader.on("error", () => undefined);
    writer.on("error", () => undefined);
    this.#input = reader;
    this.#end = new StreamEnd(writer, () => this.onDrain?.());
    this.ready = Promise.resolve();
  }

  get connected(): boolean {
    return !this.#closed;
  }

  get alive(): boolean {
    return !this.#closed;
  }

  get pending(): number {
    return this.#end.pending;
  }

  write(byte: number): void {
    this.#end.write(byte);
  }

  writeBytes(bytes: Uint8Array): void {
    this.#end.writeBytes(bytes);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.destroy();
    await this.#end.end();
  }
}

/** Both ways open both ends, so that no side waits for another to come. */
function openPipes(path: string): { readonly input: number; readonly output: number } {
  const both = constants.O_RDWR | constants.O_NONBLOCK;
  try {
    return { input: openSync(`${path}.in`, both), output: openSync(`${path}.out`, both) };
  } catch {
    // QEMU, too, then takes one pipe for both.
  }
  try {
    return { input: openSync(path, both), output: openSync(path, both) };
  } catch (error) {
    throw new CharacterDeviceError(`Could not open '${path}': ${reasonOf(error)}`);
  }
}
