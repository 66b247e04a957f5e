/** The host's end of a stream of bytes, with whoever may be at its other end. */
import type { CharacterEvent, CharBackend } from "../host/chardev.js";

/** A character device's back end. */
export interface CharacterBackend extends CharBackend {
  /** Name that `query-chardev` shows, such as `unix:/tmp/serial,server=on`. */
  readonly filename: string;
  /** True if somebody is at the other end. */
  readonly connected: boolean;
  /** True if input may still come, now or later. */
  readonly alive: boolean;
  /** Bytes that wait for a slow reader. */
  readonly pending: number;
  /** Told of events; those of before are not repeated. */
  onEvent: ((event: CharacterEvent) => void) | null;
  /** Told when nothing waits for the reader any more. */
  onDrain: (() => void) | null;
  /** Settles when the machine may start; rejects when the back end cannot be had. */
  readonly ready: Promise<void>;
  /** Send several bytes, however many wait already: see `pending`. `write` may drop its byte. */
  writeBytes(bytes: Uint8Array): void;
  /** Stop handing over input, or go on; the host's buffers hold back whoever writes. */
  setPaused?(paused: boolean): void;
  /** Let go of everything. Settles when what was written has gone, or cannot go. */
  close(): Promise<void>;
}

const DONE: Promise<void> = Promise.resolve();

/** The base of back ends that are there at once, and stay. */
export abstract class LocalBackend implements CharacterBackend {
  receive: ((byte: number) => void) | null = null;
  onEvent: ((event: CharacterEvent) => void) | null = null;
  onDrain: (() => void) | null = null;
  readonly pending = 0;
  readonly ready = DONE;
  abstract readonly filename: string;

  get connected(): boolean {
    return true;
  }

  get alive(): boolean {
    return true;
  }

  abstract write(byte: number): void;

  writeBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.write(byte);
  }

  close(): Promise<void> {
    return DONE;
  }
}

/** A plain {@link CharBackend}, such as the terminal's, under a name. */
export class NamedBackend extends LocalBackend {
  readonly filename: string;
  readonly #inner: CharBackend;
  readonly #isAlive: () => boolean;

  /** @param isAlive whether input may still come from it */
  constructor(filename: string, inner: CharBackend, isAlive: () => boolean = () => false) {
    super();
    this.filename = filename;
    this.#inner = inner;
    this.#isAlive = isAlive;
    inner.receive = (byte) => this.receive?.(byte);
  }

  override get alive(): boolean {
    return this.#isAlive();
  }

  write(byte: number): void {
    this.#inner.write(byte);
  }

  accept(): void {
    this.#inner.accept?.();
  }
}
