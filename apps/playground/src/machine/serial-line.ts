/** The serial console: what the guest writes is gathered, and told in one piece. */
import type { CharBackend } from "@mem/pc-machine";

/** Output after silence, such as an echo, is told so soon. */
const SOON_MS = 4;
/** Between two pieces of a flood, in milliseconds: the browser draws each. */
const GATHER_MS = 40;

/** The host's end of the line. */
export class SerialLine implements CharBackend {
  receive: ((byte: number) => void) | null = null;
  readonly #tell: (bytes: Uint8Array<ArrayBuffer>) => void;
  #bytes = new Uint8Array(4096);
  #length = 0;
  #isDue = false;
  #lastMs = -Infinity;

  constructor(tell: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#tell = tell;
  }

  write(byte: number): void {
    if (this.#length === this.#bytes.length) this.flush();
    this.#bytes[this.#length++] = byte;
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => this.flush(), Math.max(SOON_MS, this.#lastMs + GATHER_MS - performance.now()));
  }

  /** Tell now what was gathered. */
  flush(): void {
    this.#isDue = false;
    if (this.#length === 0) return;
    this.#tell(this.#bytes.slice(0, this.#length));
    this.#length = 0;
    this.#lastMs = performance.now();
  }

  /** Sends what was typed to the machine. */
  type(bytes: Uint8Array): void {
    for (const byte of bytes) this.receive?.(byte);
  }
}
