/** A stream of JSON values, each told of when its last bracket has come. */
import { JsonLexer, type JsonToken } from "./json-lexer.js";
import { JsonSyntax, parseTokens } from "./json-parser.js";
import type { JsonValue } from "./json-value.js";

/** QEMU's limits. */
const MOST_TOKENS = 2 ** 21;
const MOST_BYTES = 2 ** 26;
const DEEPEST = 1024;

/** A value, or why there is none. */
export type JsonMessage = { readonly value: JsonValue } | { readonly problem: string };

/** Takes bytes, tells of values. What is no JSON is told of once, and the stream goes on. */
export class JsonStream {
  readonly #lexer: JsonLexer;
  readonly #tell: (message: JsonMessage) => void;
  #tokens: JsonToken[] = [];
  #bytes = 0;
  #braces = 0;
  #brackets = 0;

  constructor(tell: (message: JsonMessage) => void) {
    this.#tell = tell;
    this.#lexer = new JsonLexer((token) => this.#take(token));
  }

  /** The next byte. */
  feed(byte: number): void {
    this.#lexer.feed(byte);
  }

  /** Forget what has not ended. */
  reset(): void {
    this.#lexer.reset();
    this.#forget();
  }

  #forget(): void {
    this.#tokens = [];
    this.#bytes = 0;
    this.#braces = 0;
    this.#brackets = 0;
  }

  #take(token: JsonToken): void {
    if (token.kind === "error") {
      this.#fail(`JSON parse error, stray '${new TextDecoder().decode(token.bytes)}'`);
      return;
    }
    if (token.kind === "structure") this.#count(String.fromCharCode(token.bytes[0] ?? 0));
    this.#bytes += token.bytes.length;
    if (this.#bytes > MOST_BYTES) {
      this.#fail("JSON token size limit exceeded");
    } else if (this.#tokens.length >= MOST_TOKENS) {
      this.#fail("JSON token count limit exceeded");
    } else if (this.#braces + this.#brackets > DEEPEST) {
      this.#fail("JSON nesting depth limit exceeded");
    } else {
      this.#tokens.push(token);
      const open = this.#braces > 0 || this.#brackets > 0;
      if (!open || this.#braces < 0 || this.#brackets < 0) this.#finish();
    }
  }

  #count(letter: string): void {
    if (letter === "{") this.#braces++;
    else if (letter === "}") this.#braces--;
    else if (letter === "[") this.#brackets++;
    else if (letter === "]") this.#brackets--;
  }

  #fail(problem: string): void {
    this.#forget();
    this.#tell({ problem });
  }

  #finish(): void {
    const tokens = this.#tokens;
    this.#forget();
    let message: JsonMessage;
    try {
      message = { value: parseTokens(tokens) };
    } catch (error) {
      if (!(error instanceof JsonSyntax)) throw error;
      message = { problem: error.message };
    }
    this.#tell(message);
  }
}
