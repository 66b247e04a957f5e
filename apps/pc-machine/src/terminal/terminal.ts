/** The standard streams: bytes in, bytes out, raw mode while the PC has the terminal. */

import type { EditorScreen } from "./editor-screen.js";

/** Standard input, as {@link Terminal} uses it. */
export interface InputStream {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Standard output, as {@link Terminal} uses it. */
export interface OutputStream {
  readonly writableLength: number;
  /** Characters in a row of a terminal. */
  readonly columns?: number;
  /** Rows of a terminal. */
  readonly rows?: number;
  write(chunk: Uint8Array, done?: () => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Whoever is told of input. */
export interface InputListener {
  /** Bytes arrived. */
  data(bytes: Uint8Array): void;
  /** No more will. */
  end(): void;
}

const BUFFER = 1 << 16;
/** Bytes that may wait for whoever reads the output before the guest is held up. */
const MOST_PENDING = 1 << 20;

/** Standard input and output. */
export class Terminal {
  readonly #input: InputStream;
  readonly #output: OutputStream;
  #buffer = new Uint8Array(BUFFER);
  #used = 0;
  #scheduled = false;
  #raw = false;
  /** The text that gives the screen back, while a picture has it. */
  #leave: string | null = null;
  #opened = false;
  #ended = false;
  #broken = false;
  #congested = false;
  #onBrokenDrain: (() => void) | null = null;
  /** Called before the first byte is written. */
  onFirstOutput: (() => void) | null = null;
  /** Called when nobody reads the output any more. */
  onBroken: (() => void) | null = null;
  /** Called when more is written than is read, with a promise that settles when it has been. */
  onCongested: ((drained: Promise<void>) => void) | null = null;

  constructor(input: InputStream, output: OutputStream) {
    this.#input = input;
    this.#output = output;
    output.on("error", () => {
      this.#broken = true;
      this.#onBrokenDrain?.();
      this.onBroken?.();
    });
  }

  /** True if a person may be typing. */
  get interactive(): boolean {
    return this.#input.isTTY === true;
  }

  /** Its size, `null` where the output is none. */
  get size(): { readonly columns: number; readonly rows: number } | null {
    const { columns, rows } = this.#output;
    return columns === undefined || rows === undefined ? null : { columns, rows };
  }

  /** Bytes that were written and have not left the process. */
  get pending(): number {
    return this.#used + this.#output.writableLength;
  }

  /** True while a picture has the whole screen. */
  get isTaken(): boolean {
    return this.#leave !== null;
  }

  /**
   * Give the whole screen to a picture.
   * @param enter what is written for that
   * @param leave what is written when it is given back
   */
  take(enter: string, leave: string): void {
    if (this.#leave !== null) return;
    this.#leave = leave;
    this.writeText(enter);
  }

  /** Take the screen back from a picture. */
  giveBack(): void {
    if (this.#leave === null) return;
    this.writeText(this.#leave);
    this.#leave = null;
    this.#send();
  }

  /** True if input was opened and has not ended. */
  get inputOpen(): boolean {
    return this.#opened && !this.#ended;
  }

  /** Screen that an editor of lines draws on. */
  get screen(): EditorScreen {
    const output = this.#output;
    return {
      write: (text) => this.writeText(text),
      get columns(): number | undefined {
        return output.columns;
      },
    };
  }

  /** Start reading; a terminal gives each key at once, and none its meaning, from now on. */
  open(listener: InputListener): void {
    const input = this.#input;
    this.#opened = true;
    const end = (): void => {
      if (!this.#ended) {
        this.#ended = true;
        listener.end();
      }
    };
    if (this.interactive && input.setRawMode !== undefined) {
      input.setRawMode(true);
      this.#raw = true;
    }
    input.on("data", (bytes) => listener.data(bytes));
    input.on("end", end);
    input.on("close", end);
    // What cannot be read has ended.
    input.on("error", end);
    input.resume();
  }

  /** Give the terminal its ordinary mode back, and its screen. May be called any number of times. */
  restore(): void {
    this.giveBack();
    if (this.#raw) {
      this.#raw = false;
      try {
        this.#input.setRawMode?.(false);
      } catch {
        // The terminal is gone: there is nothing to restore.
      }
    }
  }

  /** One byte to the output. */
  write(byte: number): void {
    if (this.#used === BUFFER) {
      this.#send();
    }
    this.#buffer[this.#used++] = byte;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#send();
      });
    }
  }

  /** Text to the output, as UTF-8. */
  writeText(text: string): void {
    for (const byte of new TextEncoder().encode(text)) {
      this.write(byte);
    }
  }

  /** Settles when everything written has left the process. */
  drain(): Promise<void> {
    this.#send();
    return this.#drained();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#broken) {
        resolve();
        return;
      }
      this.#onBrokenDrain = resolve;
      this.#output.write(new Uint8Array(0), () => resolve());
    });
  }

  #send(): void {
    if (this.#used > 0 && !this.#broken) {
      this.onFirstOutput?.();
      this.onFirstOutput = null;
      this.#output.write(this.#buffer.subarray(0, this.#used));
      this.#buffer = new Uint8Array(BUFFER);
    }
    this.#used = 0;
    if (this.#output.writableLength > MOST_PENDING && !this.#congested) {
      this.#congested = true;
      const drained = this.#drained().then(() => {
        this.#congested = false;
      });
      this.onCongested?.(drained);
    }
  }
}
