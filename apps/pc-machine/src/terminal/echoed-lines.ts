/** Lines that are shown as they come. */
import type { LineHandler, LineInput } from "./line-input.js";

const LF = 0x0a;
const CR = 0x0d;

/** Ends a line: CR, LF, or both. */
export function isLineEnd(byte: number): boolean {
  return byte === CR || byte === LF;
}

/** A {@link LineInput} that shows what it is given. */
export abstract class EchoedLines implements LineInput {
  protected readonly handler: LineHandler;
  /** Characters of the line so far. */
  protected line: string[] = [];
  readonly #print: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #afterCr = false;
  #ended = false;

  /** @param print shows what came, and the prompts */
  constructor(handler: LineHandler, print: (text: string) => void) {
    this.handler = handler;
    this.#print = print;
  }

  /** A byte; of the two that end a line it is the first. */
  protected abstract take(byte: number): void;

  feed(byte: number): void {
    const afterCr = this.#afterCr;
    this.#afterCr = byte === CR;
    if (!this.#ended && !(byte === LF && afterCr)) this.take(byte);
  }

  prompt(): void {
    this.print(this.handler.prompt + this.line.join(""));
  }

  leave(): void {
    // What comes is for this one, or for nobody.
  }

  print(text: string): void {
    this.#print(text);
  }

  /** Adds a byte of a character to the line. */
  protected insertByte(byte: number): void {
    this.insert(this.#decoder.decode(Uint8Array.of(byte), { stream: true }));
  }

  /** Adds text to the line. */
  protected insert(text: string): void {
    this.line.push(...text);
    this.print(text);
  }

  /** Hands the line over, and asks for the next one. */
  protected enter(): void {
    const line = this.line.join("");
    this.line = [];
    this.print("\n");
    this.#ended = !this.handler.line(line);
    if (!this.#ended) this.prompt();
  }
}
