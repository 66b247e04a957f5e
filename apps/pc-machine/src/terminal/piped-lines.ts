/** Lines from a pipe: shown as they come, ended by CR, LF or both. */
import type { LineHandler, LineInput } from "./line-input.js";

const LF = 0x0a;
const CR = 0x0d;

/** The {@link LineInput} of what is no terminal. Nothing of it is taken for a key. */
export class PipedLines implements LineInput {
  readonly #handler: LineHandler;
  readonly #print: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #line = "";
  #afterCr = false;
  #ended = false;

  /** @param print shows what came, and the prompts */
  constructor(handler: LineHandler, print: (text: string) => void) {
    this.#handler = handler;
    this.#print = print;
  }

  feed(byte: number): void {
    const afterCr = this.#afterCr;
    this.#afterCr = byte === CR;
    if (this.#ended || (byte === LF && afterCr)) {
      return;
    }
    if (byte !== CR && byte !== LF) {
      const text = this.#decoder.decode(Uint8Array.of(byte), { stream: true });
      this.#line += text;
      this.#print(text);
      return;
    }
    const line = this.#line;
    this.#line = "";
    this.#print("\n");
    this.#ended = !this.#handler.line(line);
    if (!this.#ended) {
      this.prompt();
    }
  }

  prompt(): void {
    this.#print(this.#handler.prompt + this.#line);
  }

  leave(): void {
    // What comes is for this one, or for nobody.
  }

  print(text: string): void {
    this.#print(text);
  }
}
