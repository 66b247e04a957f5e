/** The end of a character device that a device of the machine holds. */
import type { CharBackend } from "../../host/chardev.js";

/** A back end as a device sees it: what it writes is noted, and another one may take its place. */
export class FrontEnd implements CharBackend {
  #backend: CharBackend;
  #receive: ((byte: number) => void) | null = null;
  readonly #note: () => void;

  /** @param note called for each byte that the guest writes */
  constructor(backend: CharBackend, note: () => void) {
    this.#backend = backend;
    this.#note = note;
  }

  get receive(): ((byte: number) => void) | null {
    return this.#receive;
  }

  set receive(listener: ((byte: number) => void) | null) {
    this.#receive = listener;
    this.#backend.receive = listener;
  }

  write(byte: number): void {
    this.#note();
    this.#backend.write(byte);
  }

  accept(): void {
    this.#backend.accept?.();
  }

  /** Write to another back end from now on, and hear no other. */
  change(backend: CharBackend): void {
    this.#backend.receive = null;
    this.#backend = backend;
    backend.receive = this.#receive;
    backend.accept?.();
  }
}
