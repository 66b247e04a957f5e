/**
 * Byte streams between a device (a UART, a debug port) and the host: a terminal, a file, a test.
 */

/** Event at the other end (QEMU's `QEMUChrEvent`). */
export type CharacterEvent = "opened" | "closed" | "break";

/** The host side of a serial-like device (QEMU's chardev). */
export interface CharBackend {
  /** The device sends one byte (0..255) to the host. */
  write(byte: number): void;
  /** The device sends several; absent where it sends one after the other. */
  writeBytes?(bytes: Uint8Array): void;
  /** The device sets this to be handed the host's bytes; `null` while no device listens. */
  receive: ((byte: number) => void) | null;
  /** The device calls this when it has room for another byte again. */
  accept?(): void;
  /** True if somebody is at the other end; absent where somebody always is. */
  readonly connected?: boolean;
  /** Bytes that wait for a slow reader; absent where none ever do. */
  readonly pending?: number;
  /** Told of events at the other end; absent where there are none. */
  onEvent?: ((event: CharacterEvent) => void) | null;
  /** Told when nothing waits for the reader any more; absent where nothing ever does. */
  onDrain?: (() => void) | null;
  /** Hold back whoever writes, or let go on; absent where that cannot be. */
  setPaused?(paused: boolean): void;
}

/** Sends `bytes` to a back end, together where it takes them so. */
export function writeAll(backend: CharBackend, bytes: Uint8Array): void {
  if (backend.writeBytes !== undefined) backend.writeBytes(bytes);
  else for (const byte of bytes) backend.write(byte);
}

/** A backend that drops what is written and never sends. */
export class NullBackend implements CharBackend {
  receive: ((byte: number) => void) | null = null;

  write(): void {
    // Dropped on purpose.
  }
}

/** A backend that keeps everything the guest wrote, for tests and logs. */
export class MemoryBackend implements CharBackend {
  receive: ((byte: number) => void) | null = null;
  readonly #bytes: number[] = [];
  readonly #onLine: ((line: string) => void) | null;
  #line = "";

  /** @param onLine called with each line the guest completes with `\n`, without the line end. */
  constructor(onLine: ((line: string) => void) | null = null) {
    this.#onLine = onLine;
  }

  write(byte: number): void {
    this.#bytes.push(byte & 0xff);
    if (this.#onLine === null) {
      return;
    }
    if (byte === 0x0a) {
      this.#onLine(this.#line);
      this.#line = "";
    } else if (byte !== 0x0d) {
      this.#line += String.fromCharCode(byte & 0xff);
    }
  }

  /** Everything written so far, as Latin-1 text. */
  get text(): string {
    let text = "";
    for (const byte of this.#bytes) {
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Hand `text` (Latin-1) to the device, as if typed on the host. Dropped while none listens. */
  send(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.receive?.(text.charCodeAt(i) & 0xff);
    }
  }
}
