/** One end of a stream of Node's, written to without ever waiting. */
import type { Duplex } from "node:stream";

/** Bytes that may wait for whoever reads before further ones are dropped. */
const MOST_PENDING = 1 << 20;
const BUFFER = 1 << 14;
/** Time that a reader has for the last bytes, in ms. */
const PATIENCE_MS = 500;

/** Collects bytes, and sends those of one turn of the event loop together. */
export class StreamEnd {
  readonly stream: Duplex;
  readonly #onDrain: () => void;
  #buffer = new Uint8Array(BUFFER);
  #used = 0;
  #scheduled = false;

  /** @param onDrain called when nothing waits any more */
  constructor(stream: Duplex, onDrain: () => void) {
    this.stream = stream;
    this.#onDrain = onDrain;
    stream.on("drain", onDrain);
  }

  /** Bytes that wait. */
  get pending(): number {
    return this.#used + this.stream.writableLength;
  }

  /** A byte of a device, which is dropped where too many wait. */
  write(byte: number): void {
    if (this.#used === BUFFER) this.#send();
    this.#buffer[this.#used++] = byte;
    this.#schedule();
  }

  /** All of `bytes`, however many wait: whoever answers stops to take questions. */
  writeBytes(bytes: Uint8Array): void {
    this.#send();
    if (this.stream.writable && this.stream.write(bytes)) queueMicrotask(this.#onDrain);
  }

  /** Send what is collected, and end. */
  end(): Promise<void> {
    this.#send();
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.stream.destroy();
        resolve();
      }, PATIENCE_MS);
      this.stream.end(() => {
        clearTimeout(late);
        this.stream.destroy();
        resolve();
      });
      this.stream.once("error", () => undefined);
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#used > 0 && this.#fits(this.#used)) {
      const sent = this.stream.write(this.#buffer.subarray(0, this.#used));
      this.#buffer = new Uint8Array(BUFFER);
      if (sent) queueMicrotask(this.#onDrain);
    }
    this.#used = 0;
  }

  #fits(count: number): boolean {
    return this.stream.writable && this.stream.writableLength + count <= MOST_PENDING;
  }
}
