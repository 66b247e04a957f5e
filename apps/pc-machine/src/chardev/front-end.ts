/** The end of a character device that a device of the machine holds. */
import { type CharacterEvent, type CharBackend, writeAll } from "../host/chardev.js";

/** A back end as a device sees it: what it writes is noted, and another one may take its place. */
export class FrontEnd implements CharBackend {
  /** Told of what happens at the other end, also when another back end takes the place of one. */
  onEvent: ((event: CharacterEvent) => void) | null = null;
  onDrain: (() => void) | null = null;
  #backend: CharBackend;
  #receive: ((byte: number) => void) | null = null;
  #paused = false;
  readonly #note: () => void;

  /** @param note called each time that the guest writes */
  constructor(backend: CharBackend, note: () => void) {
    this.#backend = backend;
    this.#note = note;
    this.#listen();
  }

  get receive(): ((byte: number) => void) | null {
    return this.#receive;
  }

  set receive(listener: ((byte: number) => void) | null) {
    this.#receive = listener;
    this.#backend.receive = listener;
  }

  get connected(): boolean {
    return this.#backend.connected ?? true;
  }

  get pending(): number {
    return this.#backend.pending ?? 0;
  }

  write(byte: number): void {
    this.#note();
    this.#backend.write(byte);
  }

  writeBytes(bytes: Uint8Array): void {
    this.#note();
    writeAll(this.#backend, bytes);
  }

  accept(): void {
    this.#backend.accept?.();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#backend.setPaused?.(paused);
  }

  /** Write to another back end from now on, and hear no other. */
  change(backend: CharBackend): void {
    const wasConnected = this.connected;
    this.release();
    this.#backend = backend;
    this.#listen();
    backend.receive = this.#receive;
    if (this.#paused) backend.setPaused?.(true);
    if (this.connected !== wasConnected) this.onEvent?.(wasConnected ? "closed" : "opened");
    this.onDrain?.();
    backend.accept?.();
  }

  /** Let go of the back end, which another may have now. */
  release(): void {
    this.#backend.receive = null;
    if (this.#paused) this.#backend.setPaused?.(false);
    if ("onEvent" in this.#backend) this.#backend.onEvent = null;
    if ("onDrain" in this.#backend) this.#backend.onDrain = null;
  }

  /** Some back ends tell of nothing, and have no place for listeners. */
  #listen(): void {
    if ("onEvent" in this.#backend) this.#backend.onEvent = (event) => this.onEvent?.(event);
    if ("onDrain" in this.#backend) this.#backend.onDrain = () => this.onDrain?.();
  }
}
